/* Tables of figures: rows are added, columns are written. */
#include "skel/metrics.h"

#include "skel/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One value as it is written: the column says which member. */
typedef union cell {
    double real;
    int64_t integer;
} cell;

struct skel_metrics {
    const skel_column *column;
    size_t columns;
    size_t rows;
    size_t room; /* rows */
    cell *value; /* [columns][room] */
};

skel_status skel_metrics_create(const skel_column columns[], skel_metrics **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status == SKEL_OK) {
        (*out)->column = columns;
        while (columns[(*out)->columns].name != NULL) {
            (*out)->columns++;
        }
    }
    return status;
}

void skel_metrics_destroy(skel_metrics **metrics)
{
    if (*metrics != NULL) {
        SKEL_FREE(&(*metrics)->value);
        SKEL_FREE(metrics);
    }
}

static skel_status make_room(skel_metrics *metrics, size_t room)
{
    cell *wider = NULL;
    skel_status status = SKEL_ALLOC(room * metrics->columns, sizeof *wider, &wider);

    if (status != SKEL_OK) {
        return status;
    }
    for (size_t column = 0; column < metrics->columns && metrics->rows > 0; column++) {
        memcpy(wider + column * room, metrics->value + column * metrics->room,
               metrics->rows * sizeof *wider);
    }
    SKEL_FREE(&metrics->value);
    metrics->value = wider;
    metrics->room = room;
    return SKEL_OK;
}

skel_status skel_metrics_add(skel_metrics *metrics, const double row[])
{
    if (metrics->rows == metrics->room) {
        skel_status status = make_room(metrics, metrics->room == 0 ? 64 : 2 * metrics->room);

        if (status != SKEL_OK) {
            return status;
        }
    }
    for (size_t column = 0; column < metrics->columns; column++) {
        cell *where = &metrics->value[column * metrics->room + metrics->rows];

        if (metrics->column[column].integer) {
            where->integer = llrint(row[column]);
        } else {
            where->real = row[column];
        }
    }
    metrics->rows++;
    return SKEL_OK;
}

bool skel_metrics_latest(const skel_metrics *metrics, size_t column, const char **name,
                         double *value)
{
    const cell *found = NULL;

    if (metrics->rows == 0 || column >= metrics->columns) {
        return false;
    }
    found = &metrics->value[column * metrics->room + metrics->rows - 1];
    *name = metrics->column[column].name;
    *value = metrics->column[column].integer ? (double)found->integer : found->real;
    return true;
}

skel_status skel_metrics_write(const skel_metrics *metrics, skel_file *file, const char *group,
                               const char *scale)
{
    for (size_t column = 0; column < metrics->columns; column++) {
        const skel_column *which = &metrics->column[column];
        char path[256];
        skel_file_dataset spec = {
            .path = path,
            .element = which->integer ? SKEL_INT64 : SKEL_FLOAT64,
            .dims = 1,
            .shape = {metrics->rows},
            .data = metrics->value + column * metrics->room,
            .units = which->units,
        };
        skel_status status = SKEL_OK;

        (void)snprintf(path, sizeof path, "%s/%s", group, which->name);
        status = skel_file_write(file, &spec);
        if (status == SKEL_OK && strcmp(which->name, scale) != 0) {
            char scale_path[256];

            (void)snprintf(scale_path, sizeof scale_path, "%s/%s", group, scale);
            status = skel_file_set_scale(file, path, 0, scale_path);
        }
        if (status != SKEL_OK) {
            return status;
        }
    }
    return SKEL_OK;
}

/* The root's part of reading: rows of doubles, to be freed by the caller. */
static skel_status read_rows(const skel_metrics *metrics, skel_reader *reader, const char *group,
                             size_t *rows, double **out)
{
    double *values = NULL;
    skel_status status = SKEL_OK;

    for (size_t column = 0; column < metrics->columns; column++) {
        char path[256];
        size_t count = 0;

        (void)snprintf(path, sizeof path, "%s/%s", group, metrics->column[column].name);
        SKEL_TRY(skel_reader_doubles(reader, path, &count, &values));
        if (column == 0) {
            *rows = count;
            SKEL_TRY(SKEL_ALLOC(count * metrics->columns, sizeof **out, out));
        }
        if (count != *rows) {
            status = SKEL_FAIL(SKEL_ERR_DATA, "%s: %zu rows, expected %zu", path, count, *rows);
            goto done;
        }
        for (size_t row = 0; row < count; row++) {
            (*out)[row * metrics->columns + column] = values[row];
        }
        SKEL_FREE(&values);
    }
done:
    SKEL_FREE(&values);
    return status;
}

skel_status skel_metrics_read(skel_metrics *metrics, const skel_comm *comm, skel_reader *reader,
                              const char *group)
{
    double *values = NULL;
    size_t rows = 0;
    skel_status status = SKEL_OK;

    if (skel_comm_is_root(comm)) {
        status = read_rows(metrics, reader, group, &rows, &values);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, sizeof rows, &rows);
    if (!skel_comm_is_root(comm)) {
        status = SKEL_ALLOC(rows * metrics->columns, sizeof *values, &values);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, rows * metrics->columns * sizeof *values, values);
    SKEL_ASSERT(values != NULL); /* also without rows: there are columns, and the ranks agree */
    for (size_t row = 0; row < rows && status == SKEL_OK; row++) {
        status = skel_metrics_add(metrics, values + row * metrics->columns);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
done:
    SKEL_FREE(&values);
    return status;
}
