/* Prints a table of run files, for skel inspect. */
#include "inspect_files.h"

#include "skel/json.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/reader.h"
#include "skel/run_file.h"
#include "skel/traits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 64, TEXT = -1 };

/* A column: an attribute of /summary. */
typedef struct summary_column {
    const char *name;
    const char *head; /* for people; NULL: another column shows it */
    int decimals;     /* for people; TEXT for a text */
    double factor;
    int width;
} summary_column;

static const summary_column columns[] = {
    {"model", "model", TEXT, 1, 14},
    {"data", "data", TEXT, 1, 14},
    {"method", "method", TEXT, 1, 19},
    {"seed", "seed", 0, 1, 5},
    {"sparsity", "removed %", 3, 100, 16}, /* and what was reached, where it differs */
    {"sparsity_reached", NULL, 3, 100, 0},
    {"kept", "kept", 0, 1, 10},
    {"density_effective", "effective density %", 4, 100, 19},
    {"test_accuracy", "test accuracy %", 2, 100, 16},
    {"seconds", "seconds", 1, 1, 10},
};

enum { COLUMNS = sizeof columns / sizeof *columns, METHOD = 2, SPARSITY = 4, REACHED = 5 };

static void print_head(skel_inspect_format format, int width)
{
    if (format == SKEL_INSPECT_JSON) {
        return;
    }
    (void)printf(format == SKEL_INSPECT_TSV ? "%.*s" : "%-*s",
                 format == SKEL_INSPECT_TSV ? 4 : width, "file");
    for (size_t i = 0; i < COLUMNS; i++) {
        if (format == SKEL_INSPECT_TSV) {
            (void)printf("\t%s", columns[i].name);
        } else if (columns[i].head != NULL) {
            (void)printf(columns[i].decimals == TEXT ? "  %-*s" : "  %*s", columns[i].width,
                         columns[i].head);
        }
    }
    (void)printf("\n");
}

static bool prunes(const char *name)
{
    const skel_method *method = NULL;

    return skel_method_find(name, &method) == SKEL_OK && skel_method_prunes(method);
}

/* The share that was asked for, and the reached one where it is another; of a run that was not
 * pruned the reached one alone. */
static void print_removed(char cells[COLUMNS][CELL])
{
    double reached = strtod(cells[REACHED], NULL);
    double asked = prunes(cells[METHOD]) ? strtod(cells[SPARSITY], NULL) : reached;
    char text[CELL] = "-";

    if (cells[SPARSITY][0] != '\0' && cells[REACHED][0] != '\0' &&
        skel_method_misses_share(1 - reached, 1 - asked)) {
        (void)snprintf(text, sizeof text, "%.6g -> %.4g", 100 * asked, 100 * reached);
    } else if (cells[SPARSITY][0] != '\0') {
        (void)snprintf(text, sizeof text, "%.*f", columns[SPARSITY].decimals, 100 * asked);
    }
    (void)printf("  %*s", columns[SPARSITY].width, text);
}

static void print_text(const char *path, char cells[COLUMNS][CELL], int width)
{
    (void)printf("%-*s", width, path);
    for (size_t i = 0; i < COLUMNS; i++) {
        const summary_column *column = &columns[i];
        char number[CELL] = "-";

        if (column->head == NULL) {
            continue;
        }
        if (i == SPARSITY) {
            print_removed(cells);
            continue;
        }
        if (column->decimals == TEXT) {
            (void)printf("  %-*s", column->width, cells[i]);
            continue;
        }
        if (cells[i][0] != '\0') {
            (void)snprintf(number, sizeof number, "%.*f", column->decimals,
                           column->factor * strtod(cells[i], NULL));
        }
        (void)printf("  %*s", column->width, number);
    }
    (void)printf("\n");
}

static skel_status print_json(const char *path, char cells[COLUMNS][CELL])
{
    skel_json *json = NULL;
    char *text = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_json_create(&json));
    skel_json_add_text(json, "file", path);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (columns[i].decimals == TEXT) {
            skel_json_add_text(json, columns[i].name, cells[i]);
        } else if (cells[i][0] == '\0') {
            skel_json_add_null(json, columns[i].name);
        } else {
            skel_json_add_number(json, columns[i].name, strtod(cells[i], NULL));
        }
    }
    SKEL_TRY(skel_json_print(json, &text));
    (void)printf("%s\n", text);
done:
    SKEL_FREE(&text);
    skel_json_destroy(&json);
    return status;
}

static skel_status print_row(const char *path, char cells[COLUMNS][CELL],
                             skel_inspect_format format, int width)
{
    switch (format) {
    case SKEL_INSPECT_TEXT:
        print_text(path, cells, width);
        break;
    case SKEL_INSPECT_TSV:
        (void)printf("%s", path);
        for (size_t i = 0; i < COLUMNS; i++) {
            (void)printf("\t%s", cells[i]);
        }
        (void)printf("\n");
        break;
    case SKEL_INSPECT_JSON:
        return print_json(path, cells);
    }
    return SKEL_OK;
}

/* Reads the figures of a run file, which must be those that skel wrote. */
static skel_status read_row(const char *path, char cells[COLUMNS][CELL])
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    memset(cells, 0, COLUMNS * sizeof *cells);
    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_reader_check_attribute(reader, "/", "schema_name"));
    SKEL_TRY(skel_run_file_check_schema(reader));
    SKEL_TRY(skel_reader_check(reader, "/summary", NULL));
    for (size_t i = 0; i < COLUMNS; i++) {
        skel_reader_attribute(reader, "/summary", columns[i].name, CELL, cells[i]);
    }
done:
    return skel_reader_close(&reader, status);
}

skel_status skel_inspect_files(const skel_file_list *files, skel_inspect_format format)
{
    char cells[COLUMNS][CELL];
    size_t damaged = 0;
    skel_status failure = SKEL_OK;
    int width = 4;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < files->count; i++) {
        int length = (int)strlen(files->path[i]);

        width = length > width ? length : width;
    }
    print_head(format, width);
    for (size_t i = 0; i < files->count; i++) {
        status = read_row(files->path[i], cells);
        failure = skel_status_of_files(failure, status);
        if (status == SKEL_OK) {
            SKEL_TRY(print_row(files->path[i], cells, format, width));
        } else {
            SKEL_WARN("left out: %s", skel_error_message());
            skel_error_clear();
            damaged++;
        }
    }
    status = SKEL_OK;
    if (damaged > 0) {
        status = skel_error_set(failure, "%zu of %zu file%s could not be shown", damaged,
                                files->count, files->count == 1 ? "" : "s");
    }
done:
    return status;
}
