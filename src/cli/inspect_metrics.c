/* Prints a file's metrics, for skel inspect. */
#include "inspect.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

/* One column of a group: numbers or texts. */
typedef struct metric_column {
    const char *name; /* borrowed */
    char units[32];
    size_t count;
    double *numbers; /* [count], or NULL */
    char **texts;    /* [count], or NULL */
} metric_column;

/* A group of /metrics. */
typedef struct metric_table {
    size_t columns;
    char **names;          /* [columns] */
    metric_column *column; /* [columns] */
    size_t rows;           /* of the longest column */
} metric_table;

static void table_free(metric_table *table)
{
    for (size_t i = 0; table->column != NULL && i < table->columns; i++) {
        SKEL_FREE(&table->column[i].numbers);
        skel_reader_free_names(table->column[i].count, &table->column[i].texts);
    }
    SKEL_FREE(&table->column);
    skel_reader_free_names(table->columns, &table->names);
}

static skel_status read_column(skel_reader *reader, const char *group, const char *name,
                               metric_column *out)
{
    char path[SKEL_READER_PATH];
    skel_status status = SKEL_OK;

    skel_reader_member(group, name, path);
    out->name = name;
    skel_reader_attribute(reader, path, "units", sizeof out->units, out->units);
    if (skel_reader_is_text(reader, path)) {
        SKEL_TRY(skel_reader_texts(reader, path, &out->count, &out->texts));
    } else {
        SKEL_TRY(skel_reader_doubles(reader, path, &out->count, &out->numbers));
    }
done:
    return status;
}

static skel_status table_read(skel_reader *reader, const char *group, metric_table *out)
{
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    SKEL_TRY(skel_reader_list(reader, group, &out->columns, &out->names));
    SKEL_TRY(SKEL_ALLOC(out->columns, sizeof *out->column, &out->column));
    for (size_t i = 0; i < out->columns; i++) {
        SKEL_TRY(read_column(reader, group, out->names[i], &out->column[i]));
        out->rows = out->column[i].count > out->rows ? out->column[i].count : out->rows;
    }
done:
    if (status != SKEL_OK) {
        table_free(out);
    }
    return status;
}

static void print_value(const metric_column *column, size_t row)
{
    if (row >= column->count) {
        return;
    }
    if (column->texts != NULL) {
        (void)printf("%s", column->texts[row]);
    } else {
        (void)printf("%.10g", column->numbers[row]);
    }
}

static void print_last(const char *name, const metric_table *table)
{
    (void)printf("  %s: %zu row%s%s\n", name, table->rows, table->rows == 1 ? "" : "s",
                 table->rows > 0 ? ", the last:" : "");
    for (size_t i = 0; i < table->columns && table->rows > 0; i++) {
        (void)printf("    %-22s ", table->column[i].name);
        print_value(&table->column[i], table->rows - 1);
        (void)printf("%s%s\n", table->column[i].units[0] != '\0' ? " " : "",
                     table->column[i].units);
    }
}

static void print_all(const char *name, const metric_table *table)
{
    (void)printf("# /metrics/%s\n", name);
    for (size_t i = 0; i < table->columns; i++) {
        (void)printf("%s%s", i > 0 ? "\t" : "", table->column[i].name);
    }
    (void)printf("\n");
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < table->columns; i++) {
            (void)printf("%s", i > 0 ? "\t" : "");
            print_value(&table->column[i], row);
        }
        (void)printf("\n");
    }
}

/* Hands every group of /metrics to a printer. */
static skel_status for_each_group(skel_reader *reader, bool layers,
                                  void (*print)(const char *, const metric_table *))
{
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list(reader, "/metrics", &count, &names));
    for (size_t i = 0; i < count; i++) {
        char path[SKEL_READER_PATH];
        metric_table table;

        skel_reader_member("/metrics", names[i], path);
        if (skel_reader_is_dataset(reader, path) || (!layers && strcmp(names[i], "layers") == 0)) {
            continue;
        }
        SKEL_TRY(table_read(reader, path, &table));
        print(names[i], &table);
        table_free(&table);
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

skel_status skel_inspect_last_metrics(skel_reader *reader)
{
    skel_status status = skel_reader_check(reader, "/metrics", NULL);

    /* The layers have a table of their own. */
    return status == SKEL_OK ? for_each_group(reader, false, print_last) : status;
}

skel_status skel_inspect_metrics(skel_reader *reader)
{
    skel_status status = skel_reader_check(reader, "/metrics", NULL);

    return status == SKEL_OK ? for_each_group(reader, true, print_all) : status;
}
