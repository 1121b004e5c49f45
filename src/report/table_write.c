/* Tables as text, CSV, Markdown and LaTeX. */
#include "skel/report_table.h"

#include "skel/control.h"
#include "skel/memory.h"
#include "skel/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    CELL = 1024,
    PAGE_ROWS = 40, /* a table of LaTeX with more rows goes on on the next page */
};

static const char *const words[SKEL_TABLE_FORMATS] = {
    [SKEL_TABLE_TEXT] = "txt",
    [SKEL_TABLE_CSV] = "csv",
    [SKEL_TABLE_MARKDOWN] = "md",
    [SKEL_TABLE_LATEX] = "tex",
};

const char *skel_table_format_word(skel_table_format format)
{
    return words[format];
}

/* A terminal must not take a name for a command. */
static void put_plain(const char *text, FILE *stream)
{
    for (; *text != '\0'; text++) {
        (void)fputc(skel_control_is(*text) ? '?' : *text, stream);
    }
}

static void pad(size_t count, FILE *stream)
{
    for (size_t i = 0; i < count; i++) {
        (void)fputc(' ', stream);
    }
}

static void put_padded(const char *text, size_t width, bool is_left, FILE *stream)
{
    size_t own = skel_utf8_count(text);
    size_t rest = own < width ? width - own : 0;

    pad(is_left ? 0 : rest, stream);
    put_plain(text, stream);
    pad(is_left ? rest : 0, stream);
}

static skel_status write_text(const skel_report_table *table, FILE *stream)
{
    char cell[CELL];
    size_t *width = NULL;
    skel_status status = SKEL_ALLOC(table->columns, sizeof *width, &width);

    if (status != SKEL_OK) {
        return status;
    }
    for (size_t c = 0; c < table->columns; c++) {
        width[c] = skel_utf8_count(table->column[c].title);
        for (size_t r = 0; r < table->rows; r++) {
            skel_report_table_cell_text(table, r, c, sizeof cell, cell);
            width[c] = skel_utf8_count(cell) > width[c] ? skel_utf8_count(cell) : width[c];
        }
    }
    put_plain(table->caption, stream);
    (void)fprintf(stream, "\n\n");
    for (size_t r = 0; r <= table->rows && table->rows > 0; r++) {
        for (size_t c = 0; c < table->columns; c++) {
            bool is_left = table->column[c].kind == SKEL_CELL_TEXT;
            bool is_last = c + 1 == table->columns;

            (void)snprintf(cell, sizeof cell, "%s", table->column[c].title);
            if (r > 0) {
                skel_report_table_cell_text(table, r - 1, c, sizeof cell, cell);
            }
            put_padded(cell, is_last && is_left ? 0 : width[c], is_left, stream);
            (void)fputs(is_last ? "\n" : "  ", stream);
        }
    }
    for (size_t i = 0; i < table->notes.count; i++) {
        (void)fputs(i == 0 && table->rows > 0 ? "\n" : "", stream);
        put_plain(table->notes.text[i], stream);
        (void)fputc('\n', stream);
    }
    SKEL_FREE(&width);
    return SKEL_OK;
}

/* RFC 4180: a quote is doubled. */
static void put_csv(const char *text, FILE *stream)
{
    bool is_plain = strpbrk(text, ",\"\r\n") == NULL;

    (void)fputs(is_plain ? "" : "\"", stream);
    for (; *text != '\0'; text++) {
        (void)fprintf(stream, *text == '"' ? "\"\"" : "%c", *text);
    }
    (void)fputs(is_plain ? "" : "\"", stream);
}

/* A number that is not there is an empty field, which pandas reads as NaN. */
static void put_csv_number(double number, FILE *stream)
{
    if (isinf(number)) {
        (void)fputs(number > 0 ? "inf" : "-inf", stream);
    } else if (!isnan(number)) {
        (void)fprintf(stream, "%.12g", number);
    }
}

static void put_csv_title(const skel_table_column *column, const char *suffix, FILE *stream)
{
    char title[CELL];

    (void)snprintf(title, sizeof title, "%s%s", column->title, suffix);
    put_csv(title, stream);
}

static void write_csv_head(const skel_report_table *table, FILE *stream)
{
    for (size_t c = 0; c < table->columns; c++) {
        const skel_table_column *column = &table->column[c];

        (void)fputs(c > 0 ? "," : "", stream);
        put_csv_title(column, column->kind == SKEL_CELL_ESTIMATE ? ", mean" : "", stream);
        if (column->kind == SKEL_CELL_ESTIMATE) {
            (void)fputc(',', stream);
            put_csv_title(column, ", standard deviation", stream);
            (void)fputc(',', stream);
            put_csv_title(column, ", runs", stream);
        }
    }
    (void)fputs("\r\n", stream);
}

static void write_csv(const skel_report_table *table, FILE *stream)
{
    write_csv_head(table, stream);
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        const skel_table_cell *cell = &table->cell[i];
        const skel_table_column *column = &table->column[i % table->columns];

        if (column->kind == SKEL_CELL_TEXT) {
            put_csv(cell->text != NULL ? cell->text : "", stream);
        } else {
            put_csv_number(cell->number, stream);
        }
        if (column->kind == SKEL_CELL_ESTIMATE) {
            (void)fputc(',', stream);
            put_csv_number(cell->spread, stream);
            (void)fprintf(stream, ",%zu", cell->count);
        }
        (void)fputs((i + 1) % table->columns == 0 ? "\r\n" : ",", stream);
    }
}

/* Characters that Markdown takes for its own, or that begin HTML, are escaped. */
static void put_markdown(const char *text, FILE *stream)
{
    for (; *text != '\0'; text++) {
        if (*text == '<' || *text == '>' || *text == '&') {
            (void)fputs(*text == '<' ? "&lt;" : *text == '>' ? "&gt;" : "&amp;", stream);
        } else if (strchr("\\`*_[]|#~", *text) != NULL) {
            (void)fprintf(stream, "\\%c", *text);
        } else {
            (void)fputc(skel_control_is(*text) ? ' ' : *text, stream);
        }
    }
}

static void put_markdown_rows(const skel_report_table *table, FILE *stream)
{
    char cell[CELL];

    (void)fputs("\n|", stream);
    for (size_t c = 0; c < table->columns; c++) {
        (void)fputc(' ', stream);
        put_markdown(table->column[c].title, stream);
        (void)fputs(" |", stream);
    }
    (void)fputs("\n|", stream);
    for (size_t c = 0; c < table->columns; c++) {
        (void)fputs(table->column[c].kind == SKEL_CELL_TEXT ? "---|" : "---:|", stream);
    }
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        skel_report_table_cell_text(table, i / table->columns, i % table->columns, sizeof cell,
                                    cell);
        (void)fputs(i % table->columns == 0 ? "\n| " : " ", stream);
        put_markdown(cell, stream);
        (void)fputs(" |", stream);
    }
    (void)fputc('\n', stream);
}

static void write_markdown(const skel_report_table *table, FILE *stream)
{
    put_markdown(table->caption, stream);
    (void)fputc('\n', stream);
    if (table->rows > 0) {
        put_markdown_rows(table, stream);
    }
    for (size_t i = 0; i < table->notes.count; i++) {
        (void)fputs(i == 0 ? "\n- " : "- ", stream);
        put_markdown(table->notes.text[i], stream);
        (void)fputc('\n', stream);
    }
}

static const char *latex_of(char c)
{
    switch (c) {
    case '\\':
        return "\\textbackslash{}";
    case '~':
        return "\\textasciitilde{}";
    case '^':
        return "\\textasciicircum{}";
    case '<':
        return "\\textless{}";
    case '>':
        return "\\textgreater{}";
    case '|':
        return "\\textbar{}";
    case '"':
        return "\\symbol{34}"; /* \textquotedbl is not there in all encodings */
    case '`':
        return "\\symbol{96}"; /* ?` is another character */
    case '[':
        return "{[}"; /* behind the end of a row it would begin an option, as would a star */
    case '*':
        return "{*}";
    default:
        return NULL;
    }
}

/* A hyphen between characters stays one: "iter-snip". A minus before a digit becomes a sign. */
static void put_latex(const char *text, FILE *stream)
{
    static const char plus_minus[] = "±";

    for (const char *at = text; *at != '\0'; at++) {
        bool is_minus = *at == '-' && at[1] >= '0' && at[1] <= '9' &&
                        (at == text || strchr(" ([", at[-1]) != NULL);

        if (strncmp(at, plus_minus, strlen(plus_minus)) == 0) {
            (void)fputs("$\\pm$", stream);
            at += strlen(plus_minus) - 1;
        } else if (is_minus) {
            (void)fputs("$-$", stream);
        } else if (latex_of(*at) != NULL) {
            (void)fputs(latex_of(*at), stream);
        } else if (strchr("#$%&_{}", *at) != NULL) {
            (void)fprintf(stream, "\\%c", *at);
        } else {
            (void)fputc(skel_control_is(*at) ? ' ' : *at, stream);
        }
    }
}

static void put_latex_rows(const skel_report_table *table, FILE *stream)
{
    char cell[CELL];

    for (size_t i = 0; i < table->rows * table->columns; i++) {
        skel_report_table_cell_text(table, i / table->columns, i % table->columns, sizeof cell,
                                    cell);
        put_latex(cell, stream);
        (void)fputs((i + 1) % table->columns == 0 ? " \\\\\n" : " & ", stream);
    }
}

static void put_latex_caption(const skel_report_table *table, const char *end, FILE *stream)
{
    (void)fputs("\\caption{", stream);
    put_latex(table->caption, stream);
    (void)fprintf(stream, "}\\label{tab:%s}%s\n", table->name, end);
}

static void put_latex_head(const skel_report_table *table, FILE *stream)
{
    (void)fputs("\\toprule\n", stream);
    for (size_t c = 0; c < table->columns; c++) {
        (void)fputs(c > 0 ? " & " : "", stream);
        put_latex(table->column[c].title, stream);
    }
    (void)fputs(" \\\\\n\\midrule\n", stream);
}

static void put_latex_columns(const skel_report_table *table, FILE *stream)
{
    (void)fputc('{', stream);
    for (size_t c = 0; c < table->columns; c++) {
        (void)fputc(table->column[c].kind == SKEL_CELL_TEXT ? 'l' : 'r', stream);
    }
    (void)fputs("}\n", stream);
}

static void put_latex_notes(const skel_report_table *table, FILE *stream)
{
    for (size_t i = 0; i < table->notes.count; i++) {
        (void)fputs("\n\\noindent\\footnotesize ", stream);
        put_latex(table->notes.text[i], stream);
        (void)fputc('\n', stream);
    }
}

/* What a table without rows tells. */
static void write_latex_text(const skel_report_table *table, FILE *stream)
{
    (void)fputs("\n\\noindent ", stream);
    put_latex(table->caption, stream);
    (void)fputs(".\n", stream);
    put_latex_notes(table, stream);
}

/* A table on one page, scaled down where it is wider than the text. */
static void write_latex_float(const skel_report_table *table, FILE *stream)
{
    (void)fputs("\\begin{table}\n\\centering\n", stream);
    put_latex_caption(table, "", stream);
    (void)fputs("\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n"
                "\\begin{tabular}",
                stream);
    put_latex_columns(table, stream);
    put_latex_head(table, stream);
    put_latex_rows(table, stream);
    (void)fputs("\\bottomrule\n\\end{tabular}}\n", stream);
    put_latex_notes(table, stream);
    (void)fputs("\\end{table}\n", stream);
}

/* A table on several pages; those behind the first have the head without the caption. */
static void write_latex_long(const skel_report_table *table, FILE *stream)
{
    (void)fputs("{\\scriptsize\\setlength{\\tabcolsep}{2pt}\n\\begin{longtable}", stream);
    put_latex_columns(table, stream);
    put_latex_caption(table, "\\\\", stream);
    put_latex_head(table, stream);
    (void)fputs("\\endfirsthead\n", stream);
    put_latex_head(table, stream);
    (void)fputs("\\endhead\n", stream);
    put_latex_rows(table, stream);
    (void)fputs("\\bottomrule\n\\end{longtable}\n", stream);
    put_latex_notes(table, stream);
    (void)fputs("\\par}\n", stream);
}

void skel_report_table_write_title(const char *title, skel_table_format format, FILE *stream)
{
    if (format == SKEL_TABLE_MARKDOWN) {
        (void)fputs("## ", stream);
        put_markdown(title, stream);
    } else {
        (void)fputs(format == SKEL_TABLE_LATEX ? "% " : "", stream);
        put_plain(title, stream);
    }
    (void)fputs("\n\n", stream);
}

skel_status skel_report_table_write(const skel_report_table *table, skel_table_format format,
                                    FILE *stream)
{
    skel_status status = SKEL_OK;

    if (format == SKEL_TABLE_TEXT) {
        status = write_text(table, stream);
    } else if (format == SKEL_TABLE_CSV) {
        write_csv(table, stream);
    } else if (format == SKEL_TABLE_MARKDOWN) {
        write_markdown(table, stream);
    } else {
        (table->rows == 0          ? write_latex_text
         : table->rows > PAGE_ROWS ? write_latex_long
                                   : write_latex_float)(table, stream);
    }
    if (status == SKEL_OK && ferror(stream) != 0) {
        status = SKEL_FAIL(SKEL_ERR_IO, "write table %s: %s", table->name, strerror(errno));
    }
    return status;
}
