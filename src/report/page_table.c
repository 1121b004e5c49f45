/* Tables of a page. Each column's head is a button that sorts the rows; without scripts the table
 * is as complete. */
#include "page.h"

#include <math.h>

enum { CELL = 512, MOST_ROWS = 2000 }; /* a longer table makes the page too large to be mailed */

static const char *kind_class(const skel_report_table *table, size_t column)
{
    return table->column[column].kind == SKEL_CELL_TEXT ? " class=\"t\"" : "";
}

static void write_head(FILE *file, const skel_report_table *table)
{
    (void)fprintf(file, "<thead><tr>");
    for (size_t i = 0; i < table->columns; i++) {
        (void)fprintf(file, "<th scope=\"col\" aria-sort=\"none\"%s><button type=\"button\">",
                      kind_class(table, i));
        skel_page_text(file, table->column[i].title);
        (void)fprintf(file, "</button></th>");
    }
    (void)fprintf(file, "</tr></thead>\n<tbody>\n");
}

/* Numbers have the value that sorts them; a missing one is empty. */
static void write_cell(FILE *file, const skel_report_table *table, size_t row, size_t column)
{
    const skel_table_cell *cell = &table->cell[row * table->columns + column];
    const char *tag = column == 0 ? "th" : "td";
    char text[CELL];

    (void)fprintf(file, "<%s%s%s", tag, column == 0 ? " scope=\"row\"" : "",
                  kind_class(table, column));
    if (table->column[column].kind != SKEL_CELL_TEXT) {
        if (isfinite(cell->number)) {
            (void)fprintf(file, " data-v=\"%.9g\"", cell->number);
        } else {
            (void)fprintf(file, " data-v=\"\"");
        }
    }
    (void)fputc('>', file);
    skel_report_table_cell_text(table, row, column, sizeof text, text);
    skel_page_text(file, text);
    (void)fprintf(file, "</%s>", tag);
}

static void write_place(FILE *file, const skel_report_table *table)
{
    (void)fprintf(file, "<p>");
    skel_page_text(file, table->caption);
    (void)fprintf(file, ": %zu rows, in <code>%s.csv</code>.</p>\n", table->rows, table->name);
}

static void write_rows(FILE *file, const skel_report_table *table, const char *id)
{
    (void)fprintf(file,
                  "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"%s\">\n"
                  "<table><caption id=\"%s\">",
                  id, id);
    skel_page_text(file, table->caption);
    (void)fprintf(file, "</caption>\n");
    write_head(file, table);
    for (size_t i = 0; i < table->rows; i++) {
        (void)fprintf(file, "<tr>");
        for (size_t j = 0; j < table->columns; j++) {
            write_cell(file, table, i, j);
        }
        (void)fprintf(file, "</tr>\n");
    }
    (void)fprintf(file, "</tbody></table></div>\n");
}

void skel_page_table(FILE *file, const skel_report_table *table, const char *id)
{
    if (table->rows > MOST_ROWS) {
        write_place(file, table);
        return;
    }
    if (table->rows > 0) {
        write_rows(file, table, id);
    } else {
        (void)fprintf(file, "<p class=\"small\">");
        skel_page_text(file, table->caption);
        (void)fprintf(file, ".</p>\n");
    }
    if (table->notes.count > 0) {
        (void)fprintf(file, "<ul class=\"small\">\n");
        for (size_t i = 0; i < table->notes.count; i++) {
            (void)fprintf(file, "<li>");
            skel_page_text(file, table->notes.text[i]);
            (void)fprintf(file, "</li>\n");
        }
        (void)fprintf(file, "</ul>\n");
    }
}
