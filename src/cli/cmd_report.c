/* skel report: tables, figures and one page of many runs. It never starts MPI. */
#include "command.h"

#include "skel/folder.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/report_folder.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

static const char details[] =
    "  skel report runs/quickstart\n"
    "  skel report runs --where prune.sparsity=0.99 --by prune.method,model.width --out report\n\n"
    "Runs with equal settings but the seed are one group: its mean, standard deviation and 95 %\n"
    "interval (Student's t) are printed. Groups are made by all settings in which the runs "
    "differ.\n"
    "Settings that follow from the method and the others are not shown. Runs that differ in a\n"
    "setting that is not shown are never taken together. The same run in two files counts once.\n"
    "Runs that failed, go on, or are missing (other runs of their folder have this seed) are "
    "named\n"
    "below each table, and in absent.csv.\n"
    "Writes to --out (default: DIR/report), and replaces there only files of an earlier report.\n"
    "Formats: txt, csv, md, tex (LaTeX with booktabs), h5 (labelled arrays for xarray), figures\n"
    "(data, gnuplot's script, SVG, PDF, PNG), html (report.html, one page that can be mailed).\n"
    "The page holds the figures if both are written. Without gnuplot, figures are not drawn.\n"
    "Works without MPI. Exit status: 65 if a file is damaged (it is named, and left out), or "
    "there\n"
    "is no run; 74 if a file cannot be read (likewise).\n";

static const skel_option options[] = {
    {"by", 0, "KEYS", "group by these keys, not by all in which the runs differ"},
    {"where", 0, "CONDITION", "only runs with KEY=VALUE,KEY=VALUE"},
    {"out", 0, "DIR", "folder that the report is written to (default: DIR/report)"},
    {"format", 0, "LIST", "what is written: txt,csv,md,tex,h5,figures,html (default: all)"},
    {NULL, 0, NULL, NULL},
};

static const char *const formats[] = {"txt", "csv", "md", "tex", "h5", "figures", "html"};

enum { FORMATS = sizeof formats / sizeof *formats, MOST_ROWS = 40 };

/* What the command line asks for. `out` and `cache` are owned. */
typedef struct request {
    skel_report_options options;
    unsigned parts;
    skel_texts paths; /* of the output folder, and of the cache */
} request;

static skel_status read_formats(const char *list, unsigned *parts)
{
    skel_texts words = {0};
    size_t index = 0;
    skel_status status = SKEL_OK;

    *parts = (1U << FORMATS) - 1;
    if (list == NULL) {
        return SKEL_OK;
    }
    *parts = 0;
    SKEL_TRY(skel_texts_split(&words, list, ','));
    for (size_t i = 0; i < words.count; i++) {
        status = skel_text_find("format", words.text[i], FORMATS, formats, &index);
        if (status == SKEL_ERR_CONFIG) {
            status = SKEL_FAIL(SKEL_ERR_USAGE, "skel report: --format: %s", skel_error_message());
        }
        SKEL_TRY(status);
        *parts |= 1U << index;
    }
done:
    skel_texts_clear(&words);
    return status;
}

/* The folder of a first argument that is a file. */
static skel_status find_folder(const char *path, skel_texts *out)
{
    const char *slash = strrchr(path, '/');
    size_t length = strlen(path);

    if (skel_folder_is(path)) {
        while (length > 1 && path[length - 1] == '/') {
            length--;
        }
        return skel_texts_add(out, "%.*s", (int)length, path);
    }
    return slash == NULL ? skel_texts_add(out, ".")
                         : skel_texts_add(out, "%.*s", (int)(slash - path), path);
}

static skel_status read_request(const skel_arguments *arguments, request *out)
{
    const char *dir = skel_arguments_get(arguments, "out");
    skel_status status = SKEL_OK;

    out->options.by = skel_arguments_get(arguments, "by");
    out->options.where = skel_arguments_get(arguments, "where");
    SKEL_TRY(read_formats(skel_arguments_get(arguments, "format"), &out->parts));
    SKEL_TRY(find_folder(arguments->word[0], &out->paths));
    if (dir != NULL) {
        SKEL_TRY(skel_texts_add(&out->paths, "%s", dir));
    } else {
        SKEL_TRY(skel_texts_add(&out->paths, "%s/report", out->paths.text[0]));
    }
    if (skel_folder_is(arguments->word[0])) { /* a few files are read quickly */
        SKEL_TRY(skel_texts_add(&out->paths, "%s/.skel-report-cache", out->paths.text[0]));
        out->options.cache = out->paths.text[2];
    }
done:
    return status;
}

static void print_warnings(const skel_report *report)
{
    for (size_t i = 0; i < report->warnings.count; i++) {
        SKEL_WARN("%s", report->warnings.text[i]);
    }
}

/* Long tables are for files. */
static skel_status print_tables(const skel_report_section *section,
                                const skel_report_tables *tables, const char *dir)
{
    char title[160];
    skel_status status = SKEL_OK;

    (void)snprintf(title, sizeof title, "%s on %s", section->model, section->data);
    skel_report_table_write_title(title, SKEL_TABLE_TEXT, stdout);
    for (size_t i = 0; i < tables->tables; i++) {
        const skel_report_table *table = &tables->table[i];

        if (table->rows > MOST_ROWS) {
            printf("%s: %zu rows, see %s\n\n", table->name, table->rows, dir);
            continue;
        }
        status = skel_report_table_write(table, SKEL_TABLE_TEXT, stdout);
        if (status != SKEL_OK && ferror(stdout) != 0) {
            skel_error_clear(); /* main tells of it; the report itself is in its folder */
            return SKEL_OK;
        }
        SKEL_TRY(status);
        printf("\n");
    }
done:
    return status;
}

static skel_status write_report(const skel_report *report, const request *asked,
                                skel_status *left_out)
{
    const char *dir = asked->paths.text[1];
    skel_report_tables *tables = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(report->sections, sizeof *tables, &tables));
    for (size_t i = 0; i < report->sections; i++) {
        SKEL_TRY(skel_report_tables_make(report, &report->section[i], &tables[i]));
        SKEL_TRY(print_tables(&report->section[i], &tables[i], dir));
    }
    SKEL_TRY(skel_report_folder_write(report, tables, asked->parts, dir, left_out));
    printf("written to %s\n", dir);
done:
    for (size_t i = 0; i < report->sections && tables != NULL; i++) {
        skel_report_tables_clear(&tables[i]);
    }
    SKEL_FREE(&tables);
    return status;
}

/* The exit status of a report that lacks something; warnings have named it. */
static skel_status judge(const skel_report *report, skel_status of_figures)
{
    skel_status failure = skel_status_of_files(report->failure, of_figures);

    if (report->damaged > 0) {
        return skel_error_set(failure, "%zu file%s damaged or cannot be read, and %s left out",
                              report->damaged, report->damaged == 1 ? " is" : "s are",
                              report->damaged == 1 ? "was" : "were");
    }
    return failure == SKEL_OK
               ? SKEL_OK
               : skel_error_set(failure, "figures leave out datasets that cannot be read");
}

static skel_status run(const skel_arguments *arguments)
{
    request asked = {.parts = 0};
    skel_report *report = NULL;
    skel_status left_out = SKEL_OK;
    skel_status status = SKEL_OK;

    SKEL_TRY(read_request(arguments, &asked));
    SKEL_TRY(skel_report_open(arguments->count, (const char *const *)arguments->word,
                              &asked.options, &report));
    print_warnings(report);
    SKEL_TRY(write_report(report, &asked, &left_out));
    status = judge(report, left_out);
done:
    skel_report_close(&report);
    skel_texts_clear(&asked.paths);
    return status;
}

SKEL_COMMAND(report, "DIR|FILE... [options]", "tables of many runs: means, intervals, differences",
             1, SKEL_ANY);
