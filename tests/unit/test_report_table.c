/* Tables in all formats, with names that are syntax there. */
#include "suite.h"

#include "skel/report_table.h"

#include "report/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char hostile[] = "<script>\"a\",|b_c%d&e\\f\n`g`*[h]#~^{i}'-1$";

/* A row with the name, a number that is not there, and an estimate with a note. */
static skel_report_table make_table(size_t rows, const char *name)
{
    const skel_estimate estimate = {.count = 3, .mean = -0.5, .deviation = 0.25};
    skel_report_table table;

    ck_assert_ok(skel_report_table_make("t", name, &table));
    ck_assert_ok(skel_report_table_add_column(&table, name, SKEL_CELL_TEXT, 0));
    ck_assert_ok(skel_report_table_add_column(&table, "none", SKEL_CELL_NUMBER, 2));
    ck_assert_ok(skel_report_table_add_column(&table, "mean (%)", SKEL_CELL_ESTIMATE, 1));
    for (size_t i = 0; i < rows; i++) {
        ck_assert_ok(skel_report_table_add_row(&table));
        ck_assert_ok(skel_report_table_set_text(&table, 0, name));
        skel_report_table_set_number(&table, 1, (double)NAN);
        skel_report_table_set_estimate(&table, 2, &estimate, 100);
    }
    ck_assert_ok(skel_texts_add(&table.notes, "%s", name));
    return table;
}

/* The table as a text. Owned. */
static char *write_table(const skel_report_table *table, skel_table_format format)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(stream);
    ck_assert_ok(skel_report_table_write(table, format, stream));
    ck_assert_int_eq(fclose(stream), 0);
    return text;
}

static void check_text(skel_table_format format, const char *expected)
{
    skel_report_table table = make_table(1, hostile);
    char *text = write_table(&table, format);

    ck_assert_str_eq(text, expected);
    free(text);
    skel_report_table_clear(&table);
}

/* Fields by RFC 4180: quotes around them, doubled within. */
#define QUOTED "\"<script>\"\"a\"\",|b_c%d&e\\f\n`g`*[h]#~^{i}'-1$\""

START_TEST(csv_quotes_names_and_leaves_missing_numbers_empty)
{
    check_text(SKEL_TABLE_CSV, QUOTED ",none,\"mean (%), mean\",\"mean (%), standard deviation\","
                                      "\"mean (%), runs\"\r\n" QUOTED ",,-50,25,3\r\n");
}
END_TEST

#define MARKED "&lt;script&gt;\"a\",\\|b\\_c%d&amp;e\\\\f \\`g\\`\\*\\[h\\]\\#\\~^{i}'-1$"

START_TEST(markdown_escapes_its_own_characters_and_those_of_html)
{
    check_text(SKEL_TABLE_MARKDOWN, MARKED "\n\n| " MARKED " | none | mean (%) |\n|---|---:|---:|\n"
                                           "| " MARKED " | - | -50.0 ± 25.0 |\n\n- " MARKED "\n");
}
END_TEST

#define TYPESET                                                                                    \
    "\\textless{}script\\textgreater{}\\symbol{34}a\\symbol{34},\\textbar{}b\\_c\\%d\\&"           \
    "e\\textbackslash{}f \\symbol{96}g\\symbol{96}{*}{[}h]\\#\\textasciitilde{}"                   \
    "\\textasciicircum{}\\{i\\}'-1\\$"

START_TEST(latex_gets_commands_for_its_own_characters)
{
    check_text(SKEL_TABLE_LATEX,
               "\\begin{table}\n\\centering\n\\caption{" TYPESET "}\\label{tab:t}\n"
               "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n"
               "\\begin{tabular}{lrr}\n\\toprule\n" TYPESET
               " & none & mean (\\%) \\\\\n\\midrule\n" TYPESET
               " & - & $-$50.0 $\\pm$ 25.0 \\\\\n\\bottomrule\n\\end{tabular}}\n"
               "\n\\noindent\\footnotesize " TYPESET "\n\\end{table}\n");
}
END_TEST

START_TEST(a_long_latex_table_goes_on_on_the_next_page_with_its_head)
{
    skel_report_table table = make_table(41, "row");
    char *text = write_table(&table, SKEL_TABLE_LATEX);
    const char *again = NULL;

    ck_assert_ptr_null(strstr(text, "\\begin{table}"));
    ck_assert_ptr_nonnull(strstr(text, "\\begin{longtable}{lrr}"));
    again = strstr(text, "\\endfirsthead\n\\toprule\nrow & none");
    ck_assert_ptr_nonnull(again);
    ck_assert_ptr_nonnull(strstr(again, "\\endhead\n"));
    ck_assert_ptr_null(strstr(again, "\\caption"));
    free(text);
    skel_report_table_clear(&table);
}
END_TEST

START_TEST(a_terminal_gets_no_control_characters)
{
    skel_report_table table = make_table(1, "a\033[2J\007b");
    char *text = write_table(&table, SKEL_TABLE_TEXT);

    ck_assert_str_eq(text, "a?[2J?b\n\na?[2J?b  none      mean (%)\n"
                           "a?[2J?b     -  -50.0 ± 25.0\n\na?[2J?b\n");
    free(text);
    skel_report_table_clear(&table);
}
END_TEST

START_TEST(a_page_holds_names_as_texts)
{
    static const char escaped[] = "&lt;script&gt;&quot;a&quot;,|b_c%d&amp;e\\f `g`*[h]#~^{i}'-1$";
    skel_report_table table = make_table(1, hostile);
    char *text = NULL;
    size_t size = 0;
    size_t found = 0;
    FILE *stream = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(stream);
    skel_page_table(stream, &table, "id");
    ck_assert_int_eq(fclose(stream), 0);
    ck_assert_ptr_null(strstr(text, "<script"));
    for (const char *at = strstr(text, escaped); at != NULL; at = strstr(at + 1, escaped)) {
        found++;
    }
    ck_assert_uint_eq(found, 4); /* caption, head, cell, note */
    ck_assert_ptr_nonnull(strstr(text, "<td data-v=\"\">-</td>"));
    ck_assert_ptr_nonnull(strstr(text, "<td data-v=\"-50\">-50.0 ± 25.0</td>"));
    free(text);
    skel_report_table_clear(&table);
}
END_TEST

START_TEST(a_page_names_the_file_of_a_very_long_table)
{
    skel_report_table table = make_table(2001, "row");
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(stream);
    skel_page_table(stream, &table, "id");
    ck_assert_int_eq(fclose(stream), 0);
    ck_assert_str_eq(text, "<p>row: 2001 rows, in <code>t.csv</code>.</p>\n");
    free(text);
    skel_report_table_clear(&table);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, csv_quotes_names_and_leaves_missing_numbers_empty);
    tcase_add_test(tcase, markdown_escapes_its_own_characters_and_those_of_html);
    tcase_add_test(tcase, latex_gets_commands_for_its_own_characters);
    tcase_add_test(tcase, a_long_latex_table_goes_on_on_the_next_page_with_its_head);
    tcase_add_test(tcase, a_terminal_gets_no_control_characters);
    tcase_add_test(tcase, a_page_holds_names_as_texts);
    tcase_add_test(tcase, a_page_names_the_file_of_a_very_long_table);
}

int main(void)
{
    return skel_suite_run("report_table", fill);
}
