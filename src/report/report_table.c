/* A table as data. */
#include "skel/report_table.h"

#include "skel/memory.h"

#include <math.h>
#include <stdio.h>

skel_status skel_report_table_make(const char *name, const char *caption, skel_report_table *out)
{
    *out = (skel_report_table){.columns = 0};
    (void)snprintf(out->name, sizeof out->name, "%s", name);
    return skel_strdup(caption, &out->caption);
}

skel_status skel_report_table_add_column(skel_report_table *table, const char *title,
                                         skel_cell_kind kind, int decimals)
{
    skel_table_column column = {.kind = kind, .decimals = decimals};
    skel_status status = SKEL_OK;

    SKEL_ASSERT(table->rows == 0);
    SKEL_TRY(SKEL_GROW(table->columns + 1, sizeof column, &table->column));
    SKEL_TRY(skel_strdup(title, &column.title));
    table->column[table->columns++] = column;
done:
    return status;
}

skel_status skel_report_table_add_row(skel_report_table *table)
{
    const double none = (double)NAN;
    size_t first = table->rows * table->columns;
    bool is_full = (table->rows & (table->rows - 1)) == 0; /* room is for a power of two rows */
    skel_status status = SKEL_OK;

    if (is_full) {
        status = SKEL_GROW((table->rows == 0 ? 1 : 2 * table->rows) * table->columns,
                           sizeof *table->cell, &table->cell);
    }
    if (status == SKEL_OK) {
        for (size_t i = 0; i < table->columns; i++) {
            table->cell[first + i] = (skel_table_cell){.number = none, .spread = none};
        }
        table->rows++;
    }
    return status;
}

static skel_table_cell *last_row(skel_report_table *table, size_t column)
{
    SKEL_ASSERT(table->rows > 0 && column < table->columns);
    return &table->cell[(table->rows - 1) * table->columns + column];
}

skel_status skel_report_table_set_text(skel_report_table *table, size_t column, const char *text)
{
    skel_table_cell *cell = last_row(table, column);

    SKEL_FREE(&cell->text);
    return skel_strdup(text, &cell->text);
}

void skel_report_table_set_number(skel_report_table *table, size_t column, double number)
{
    last_row(table, column)->number = number;
}

void skel_report_table_set_estimate(skel_report_table *table, size_t column,
                                    const skel_estimate *estimate, double scale)
{
    skel_table_cell *cell = last_row(table, column);

    cell->number = scale * estimate->mean;
    cell->spread = scale * estimate->deviation;
    cell->count = estimate->count;
}

static void write_number(int decimals, double number, size_t size, char out[])
{
    if (isnan(number)) {
        (void)snprintf(out, size, "-");
    } else if (decimals < 0) {
        (void)snprintf(out, size, "%.6g", number);
    } else {
        bool is_zero = fabs(number) < 0.5 * pow(10, -decimals); /* never "-0.00" */

        (void)snprintf(out, size, "%.*f", decimals, is_zero ? 0 : number);
    }
}

void skel_report_table_cell_text(const skel_report_table *table, size_t row, size_t column,
                                 size_t size, char out[])
{
    const skel_table_cell *cell = &table->cell[row * table->columns + column];
    const skel_table_column *about = &table->column[column];
    char number[64];
    char spread[64];

    if (about->kind == SKEL_CELL_TEXT) {
        (void)snprintf(out, size, "%s",
                       cell->text != NULL && cell->text[0] != '\0' ? cell->text : "-");
        return;
    }
    write_number(about->decimals, cell->number, sizeof number, number);
    write_number(about->decimals, cell->spread, sizeof spread, spread);
    (void)snprintf(out, size, "%s%s%s%s", number,
                   about->kind == SKEL_CELL_ESTIMATE && cell->count > 1 ? " ± " : "",
                   about->kind == SKEL_CELL_ESTIMATE && cell->count > 1 ? spread : "",
                   cell->text != NULL ? cell->text : "");
}

void skel_report_table_clear(skel_report_table *table)
{
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        SKEL_FREE(&table->cell[i].text);
    }
    for (size_t i = 0; i < table->columns; i++) {
        SKEL_FREE(&table->column[i].title);
    }
    SKEL_FREE(&table->cell);
    SKEL_FREE(&table->column);
    SKEL_FREE(&table->caption);
    skel_texts_clear(&table->notes);
    table->rows = table->columns = 0;
}
