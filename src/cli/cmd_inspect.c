/* skel inspect: prints the contents of a run file, a checkpoint, a weight file or an ONNX model. */
#include "skel/memory.h"
#include "skel/reader.h"
#include "skel/run_file.h"
#include "skel/text.h"

#include "command.h"
#include "inspect.h"
#include "inspect_files.h"
#include "inspect_network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    LONG_TEXT = 1 << 18, /* bytes of the longest attribute, the resolved job */
};

static const char details[] =
    "Without an option it prints the file's origin, the summary of the run, the last value of\n"
    "every metric, and the layers. For each layer it prints the number of kept weights, the\n"
    "share of effective weights (kept, on a path from image to output, with a gradient), the\n"
    "live channels, the multiply-adds for one image, and whether the layer has collapsed.\n"
    "FILE may be any HDF5 file with /weights or /masks, a data file with /train, or an ONNX model\n"
    "(NAME.onnx): of a model it prints the operations with their shapes, parameters, prunable\n"
    "weights and multiply-adds. The tables of --layers, --metrics and\n"
    "--attributes are for other programs. Of a folder, or of several files, it prints a table "
    "with\n"
    "a line for each run file (NAME.h5). What is printed is compared with its checksums: files\n"
    "that are damaged there are named and left out, and the exit status is 65 then; it is 74 for\n"
    "those that cannot be read. Weights are not printed, and not compared: skel verify finds all\n"
    "damage. Works without MPI.\n";

static const skel_option options[] = {
    {"layers", 0, NULL, "only the layers, with all their figures, as a tab-separated table"},
    {"metrics", 0, NULL,
     "only the metrics, each group of /metrics as a tab-separated table; of RUN.h5.spectra the "
     "spectra"},
    {"job", 0, NULL, "only the resolved job of the run, as YAML"},
    {"attributes", 0, NULL, "only the attributes: object, name and value, tab-separated"},
    {"format", 0, "NAME", "of the table: text, tsv (columns for other programs) or json"},
    {NULL, 0, NULL, NULL},
};

/* A file without a schema: of skel export --compact, or of another program. */
static void print_unnamed(skel_reader *reader)
{
    char text[1024];

    skel_reader_attribute(reader, "/", "source", sizeof text, text);
    (void)printf("  %-24s %s\n", "schema",
                 skel_run_file_is_weights(reader) ? "none: a weight file" : "none");
    if (text[0] != '\0') {
        (void)printf("  %-24s %s\n", "exported from", text);
    }
}

static void print_header(skel_reader *reader)
{
    char size[SKEL_TEXT_BYTES];
    char schema[64];
    char schema_version[32];
    char software[64];
    char version[128];
    char date[64];
    struct stat info;

    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    skel_reader_attribute(reader, "/", "schema_version", sizeof schema_version, schema_version);
    skel_reader_attribute(reader, "/", "software", sizeof software, software);
    skel_reader_attribute(reader, "/", "software_version", sizeof version, version);
    skel_reader_attribute(reader, "/", "date", sizeof date, date);
    (void)printf("%s\n", skel_reader_path(reader));
    if (stat(skel_reader_path(reader), &info) == 0) {
        skel_text_bytes((double)info.st_size, size);
        (void)printf("  %-24s %s\n", "size", size);
    }
    if (schema[0] == '\0') {
        print_unnamed(reader);
        return;
    }
    (void)printf("  %-24s %s %s\n", "schema", schema, schema_version);
    (void)printf("  %-24s %s %s\n", "software", software, version);
    if (date[0] != '\0') {
        (void)printf("  %-24s %s\n", "date", date);
    }
}

/* Six digits are enough to read a number; --attributes has all of them. */
static void print_short(const char *text)
{
    char *end = NULL;
    double number = strtod(text, &end);

    if (strchr(text, '.') != NULL && end != text && *end == '\0') {
        (void)printf("%.6g\n", number);
    } else {
        (void)printf("%s\n", text);
    }
}

/* The datasets of texts in a group, such as the hosts: a line each. */
static skel_status print_texts(skel_reader *reader, const char *group)
{
    size_t count = 0;
    char **names = NULL;
    size_t rows = 0;
    char **texts = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list(reader, group, &count, &names));
    for (size_t i = 0; i < count; i++) {
        char path[SKEL_READER_PATH];

        skel_reader_member(group, names[i], path);
        if (!skel_reader_is_text(reader, path)) {
            continue;
        }
        SKEL_TRY(skel_reader_texts(reader, path, &rows, &texts));
        (void)printf("  %-24s", names[i]);
        for (size_t row = 0; row < rows; row++) {
            (void)printf(" %s", texts[row]);
        }
        (void)printf("\n");
        skel_reader_free_names(rows, &texts);
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

/* The attributes of a group, a line each; of a text with many lines only their number. */
static skel_status print_group(skel_reader *reader, const char *title, const char *group,
                               char text[LONG_TEXT])
{
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    if (!skel_reader_has(reader, group)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_check(reader, group, NULL));
    SKEL_TRY(skel_reader_list_attributes(reader, group, &count, &names));
    (void)printf("\n%s\n", title);
    for (size_t i = 0; i < count; i++) {
        size_t lines = 0;

        skel_reader_attribute(reader, group, names[i], LONG_TEXT, text);
        for (const char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
            lines++;
        }
        if (lines > 1) {
            (void)printf("  %-24s %zu lines\n", names[i], lines);
        } else {
            text[strcspn(text, "\n")] = '\0';
            (void)printf("  %-24s ", names[i]);
            print_short(text);
        }
    }
    SKEL_TRY(print_texts(reader, group));
done:
    skel_reader_free_names(count, &names);
    return status;
}

static skel_status print_overview(skel_reader *reader, char text[LONG_TEXT])
{
    static const char *const shown[] = {"schema_name",      "schema_version", "software",
                                        "software_version", "date",           "source"};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        SKEL_TRY(skel_reader_check_attribute(reader, "/", shown[i]));
    }
    print_header(reader);
    SKEL_TRY(print_group(reader, "summary", "/summary", text));
    SKEL_TRY(print_group(reader, "provenance", "/provenance", text));
    if (skel_reader_has(reader, "/metrics")) {
        (void)printf("\nmetrics\n");
        SKEL_TRY(skel_inspect_last_metrics(reader));
    }
    if (skel_inspect_is_data(reader)) {
        return skel_inspect_data(reader);
    }
    if (skel_inspect_is_spectra(reader)) {
        (void)printf("\nspectra\n");
        return skel_inspect_spectra(reader, false);
    }
    if (skel_reader_has(reader, "/masks") || skel_reader_has(reader, "/weights")) {
        (void)printf("\nlayers\n");
        SKEL_TRY(skel_inspect_layers(reader, false));
    }
done:
    return status;
}

static skel_status print_job(skel_reader *reader, char text[LONG_TEXT])
{
    skel_status status = skel_reader_check_attribute(reader, "/provenance", "job");

    if (status != SKEL_OK) {
        return status;
    }
    skel_reader_attribute(reader, "/provenance", "job", LONG_TEXT, text);
    if (text[0] == '\0') {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s holds no job (attribute job of /provenance)",
                         skel_reader_path(reader));
    }
    (void)printf("%s%s", text, text[strlen(text) - 1] == '\n' ? "" : "\n");
    return SKEL_OK;
}

/* A line break or a tab within a value would break the table. */
static void print_escaped(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n' || *text == '\t') {
            (void)printf(*text == '\n' ? "\\n" : "\\t");
        } else {
            (void)putchar(*text);
        }
    }
}

/* The attributes of an object, once; a link has none. */
static skel_status print_attributes(skel_reader *reader, const char *object, skel_object_kind kind,
                                    void *long_text)
{
    char *text = long_text;
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    if (kind == SKEL_OBJECT_LINK || kind == SKEL_OBJECT_AGAIN) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_list_attributes(reader, object, &count, &names));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(object, "/manifest") != 0) { /* which has no entry of itself */
            SKEL_TRY(skel_reader_check_attribute(reader, object, names[i]));
        }
        skel_reader_attribute(reader, object, names[i], LONG_TEXT, text);
        (void)printf("%s\t%s\t", object, names[i]);
        print_escaped(text);
        (void)printf("\n");
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

static skel_status print_model(const skel_arguments *arguments)
{
    static const char *const parts[] = {"metrics", "job", "attributes"};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (skel_arguments_has(arguments, parts[i])) {
            return SKEL_FAIL(SKEL_ERR_USAGE,
                             "skel inspect: an ONNX model has no %s; only --layers is for it",
                             parts[i]);
        }
    }
    return skel_inspect_network(arguments->word[0], skel_arguments_has(arguments, "layers"));
}

static skel_status print_file(const skel_arguments *arguments)
{
    skel_reader *reader = NULL;
    char *text = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(LONG_TEXT, 1, &text));
    SKEL_TRY(skel_reader_open(arguments->word[0], &reader));
    if (skel_arguments_has(arguments, "layers")) {
        SKEL_TRY(skel_inspect_layers(reader, true));
    } else if (skel_arguments_has(arguments, "metrics") && skel_inspect_is_spectra(reader)) {
        SKEL_TRY(skel_inspect_spectra(reader, true));
    } else if (skel_arguments_has(arguments, "metrics")) {
        SKEL_TRY(skel_inspect_metrics(reader));
    } else if (skel_arguments_has(arguments, "job")) {
        SKEL_TRY(print_job(reader, text));
    } else if (skel_arguments_has(arguments, "attributes")) {
        SKEL_TRY(skel_reader_walk(reader, "/", print_attributes, text));
    } else {
        SKEL_TRY(print_overview(reader, text));
    }
done:
    status = skel_reader_close(&reader, status);
    SKEL_FREE(&text);
    return status;
}

/* Only a table has room for many files. */
static skel_status check_options(const skel_arguments *arguments)
{
    static const char *const parts[] = {"layers", "metrics", "job", "attributes"};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (skel_arguments_has(arguments, parts[i])) {
            return SKEL_FAIL(SKEL_ERR_USAGE,
                             "skel inspect: --%s is for one file; name one file, and no --format",
                             parts[i]);
        }
    }
    return SKEL_OK;
}

static skel_status run(const skel_arguments *arguments)
{
    static const char *const formats[] = {"text", "tsv", "json"};
    size_t format = SKEL_INSPECT_TEXT;
    skel_file_list files = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_arguments_choice(arguments, "format", 3, formats, &format));
    if (arguments->count == 1 && skel_inspect_network_is(arguments->word[0]) &&
        !skel_arguments_has(arguments, "format")) {
        return print_model(arguments);
    }
    SKEL_TRY(skel_file_list_make(arguments->count, arguments->word, SKEL_FILES_FINISHED, &files));
    if (files.folders == 0 && arguments->count == 1 && !skel_arguments_has(arguments, "format")) {
        SKEL_TRY(print_file(arguments));
        goto done;
    }
    SKEL_TRY(check_options(arguments));
    SKEL_TRY(skel_inspect_files(&files, (skel_inspect_format)format));
done:
    skel_file_list_free(&files);
    return status;
}

SKEL_COMMAND(inspect, "FILE|DIR ... [--layers | --metrics | --job | --attributes] [--format NAME]",
             "print the contents of a run file, weight file or ONNX model, or a table of many", 1,
             SKEL_ANY);
