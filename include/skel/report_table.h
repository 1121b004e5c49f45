/** A table as data, which is written as text, CSV, Markdown or LaTeX. */
#ifndef SKEL_REPORT_TABLE_H
#define SKEL_REPORT_TABLE_H

#include "skel/estimate.h"
#include "skel/status.h"
#include "skel/texts.h"

#include <stdio.h>

enum { SKEL_TABLE_NAME = 192 }; /**< bytes of a table's name */

/** What the cells of a column hold. */
typedef enum skel_cell_kind {
    SKEL_CELL_TEXT,
    SKEL_CELL_NUMBER,
    SKEL_CELL_ESTIMATE, /**< mean and standard deviation; CSV has columns for both and the count */
} skel_cell_kind;

/** A column. */
typedef struct skel_table_column {
    char *title; /**< owned, with the unit: "accuracy (%)" */
    skel_cell_kind kind;
    int decimals; /**< behind the point; -1: six digits that count, as needed */
} skel_table_column;

/** A cell. An empty text, or a NaN, is printed as "-". */
typedef struct skel_table_cell {
    char *text;    /**< owned; of a text; else a note behind the number, or NULL */
    double number; /**< of a number; of an estimate its mean: what sorting goes by */
    double spread; /**< standard deviation of an estimate; NaN for one value */
    size_t count;  /**< values of an estimate */
} skel_table_cell;

/** A table. All owned. */
typedef struct skel_report_table {
    char name[SKEL_TABLE_NAME]; /**< of its files: letters, digits and "-" */
    char *caption;              /**< a sentence: the content, the units, the number of runs */
    size_t columns;
    skel_table_column *column;
    size_t rows;
    skel_table_cell *cell; /**< [rows][columns] */
    skel_texts notes;      /**< sentences below the table: seeds that are missing, ... */
} skel_report_table;

/** Formats of tables. */
typedef enum skel_table_format {
    SKEL_TABLE_TEXT,
    SKEL_TABLE_CSV,
    SKEL_TABLE_MARKDOWN,
    SKEL_TABLE_LATEX,
    SKEL_TABLE_FORMATS,
} skel_table_format;

/** Makes a table without columns and rows.
 *
 *  Local. `*out` is *owned*: skel_report_table_clear() it, also after an error.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_table_make(const char *name, const char *caption,
                                                skel_report_table *out);

/** Adds a column; before the first row.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_table_add_column(skel_report_table *table, const char *title,
                                                      skel_cell_kind kind, int decimals);

/** Adds a row of empty cells.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_table_add_row(skel_report_table *table);

/** Fills a cell of the last row with a text, copied; of another kind of column: its note.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_table_set_text(skel_report_table *table, size_t column,
                                                    const char *text);

/** Fills a cell of the last row with a number.
 *
 *  Local.
 */
void skel_report_table_set_number(skel_report_table *table, size_t column, double number);

/** Fills a cell of the last row with an estimate.
 *
 *  Local.
 *  @param scale  factor of all of its numbers: 100 for percent
 */
void skel_report_table_set_estimate(skel_report_table *table, size_t column,
                                    const skel_estimate *estimate, double scale);

/** Writes a cell's content as all formats but CSV show it, unescaped: "85.31 ± 0.42".
 *
 *  Local.
 *  @param out  [size]
 */
void skel_report_table_cell_text(const skel_report_table *table, size_t row, size_t column,
                                 size_t size, char out[]);

/** Writes the table.
 *
 *  Local. A text that would be taken for the format's own syntax is escaped.
 *  Errors: SKEL_ERR_IO if the stream fails.
 */
SKEL_CHECKED skel_status skel_report_table_write(const skel_report_table *table,
                                                 skel_table_format format, FILE *stream);

/** Writes the title of several tables, which are of one format, and an empty line.
 *
 *  Local. Escaped as skel_report_table_write() does.
 */
void skel_report_table_write_title(const char *title, skel_table_format format, FILE *stream);

/** The word for a format, and the ending of its files: "csv".
 *
 *  Local. Static storage.
 */
const char *skel_table_format_word(skel_table_format format);

/** Frees what a table owns.
 *
 *  Local.
 */
void skel_report_table_clear(skel_report_table *table);

#endif
