/* Notes below tables: nothing is left out, however many groups and seeds there are. */
#include "suite.h"

#include "report/table_makers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { GROUPS = 40, SEEDS = 200 };

static char label[] = "str";
static skel_report_line line = {.label = label};

START_TEST(all_shares_of_a_line_are_named)
{
    static skel_report_group group[GROUPS];
    const skel_report_section section = {
        .lines = 1, .line = &line, .groups = GROUPS, .group = group};
    const skel_report report = {0};
    skel_report_table table = {0};
    char expected[GROUPS * 64] = "str removed ";

    for (size_t i = 0; i < GROUPS; i++) { /* 0.5 % is asked, 0.25 % removed; 1.5 %, 1.25 % ... */
        size_t used = strlen(expected);

        group[i] = (skel_report_group){.sparsity = ((double)i + 0.5) / 100,
                                       .density = 1 - ((double)i + 0.25) / 100,
                                       .is_off = true};
        (void)snprintf(expected + used, sizeof expected - used, "%zu.25 %% instead of %zu.5 %%%s",
                       i, i, i + 1 < GROUPS ? ", " : " of the weights.");
    }
    ck_assert_ok(skel_table_note_shares(&report, &section, &table));
    ck_assert_uint_eq(table.notes.count, 1);
    ck_assert_str_eq(table.notes.text[0], expected);
    skel_texts_clear(&table.notes);
}
END_TEST

/* The sentence on one group with a run of a method and a unit. */
static void check_reason(const char *method, const char *unit, const char *expected)
{
    skel_report_setting setting = {.key = "prune.unit", .value = unit};
    skel_report_run run = {.settings = 1, .setting = &setting};
    const skel_report report = {.runs = 1, .run = &run};
    size_t of_group[1] = {0};
    skel_report_group group = {
        .sparsity = 0.5, .density = 0.3463, .is_off = true, .runs = 1, .run = of_group};
    const skel_report_section section = {.lines = 1, .line = &line, .groups = 1, .group = &group};
    skel_report_table table = {0};

    (void)snprintf(run.method, sizeof run.method, "%s", method);
    ck_assert_ok(skel_table_note_shares(&report, &section, &table));
    ck_assert_str_eq(table.notes.text[0], expected);
    skel_texts_clear(&table.notes);
}

START_TEST(another_share_has_its_reason)
{
    check_reason("force", "channel",
                 "str removed 65.37 % instead of 50 % of the weights: prune.sparsity counts "
                 "channels.");
    check_reason("str", "weight",
                 "str removed 65.37 % instead of 50 % of the weights: the sparsity is an outcome "
                 "of the training.");
    check_reason("of-later-releases", "weight",
                 "str removed 65.37 % instead of 50 % of the weights.");
}
END_TEST

/* An interval in a table, as text. */
static void check_interval(double low, double high, const char *from, const char *to, bool is_cut)
{
    static const skel_table_head heads[] = {{"from", SKEL_CELL_NUMBER, 1},
                                            {"to", SKEL_CELL_NUMBER, 1}};
    skel_report_table table = {0};
    char text[64];

    ck_assert_ok(skel_table_begin("t", "T", 2, heads, &table));
    ck_assert_ok(skel_report_table_add_row(&table));
    ck_assert(skel_table_set_interval(&table, 0, low, high, 0, 100) == is_cut);
    skel_report_table_cell_text(&table, 0, 0, sizeof text, text);
    ck_assert_str_eq(text, from);
    skel_report_table_cell_text(&table, 0, 1, sizeof text, text);
    ck_assert_str_eq(text, to);
    skel_report_table_clear(&table);
}

START_TEST(an_interval_ends_where_no_accuracy_can_be)
{
    check_interval(80, 90, "80.0", "90.0", false);
    check_interval(-12.6, 60, "0.0", "60.0", true);
    check_interval(40, 166, "40.0", "100.0", true);
    check_interval(-310, 385, "-", "-", true);
    check_interval((double)NAN, (double)NAN, "-", "-", false);
}
END_TEST

START_TEST(all_seeds_that_a_table_lacks_are_named)
{
    static skel_report_absent absent[SEEDS];
    skel_report_group group = {.sparsity = 0.9, .absents = SEEDS, .absent = absent};
    const skel_report_section section = {.lines = 1, .line = &line, .groups = 1, .group = &group};
    const skel_report report = {0};
    skel_report_table table = {0};
    char expected[SEEDS * 24] = "str, 90 % removed: seed ";

    for (size_t i = 0; i < SEEDS; i++) {
        size_t used = strlen(expected);

        absent[i] = (skel_report_absent){.seed = UINT64_MAX - i, .state = SKEL_REPORT_MISSING};
        (void)snprintf(expected + used, sizeof expected - used, "%llu%s",
                       (unsigned long long)absent[i].seed, i + 1 < SEEDS ? ", " : " missing.");
    }
    ck_assert_ok(skel_table_note_absents(&report, &section, &table));
    ck_assert_uint_eq(table.notes.count, 1);
    ck_assert_str_eq(table.notes.text[0], expected);
    skel_texts_clear(&table.notes);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, all_shares_of_a_line_are_named);
    tcase_add_test(tcase, another_share_has_its_reason);
    tcase_add_test(tcase, an_interval_ends_where_no_accuracy_can_be);
    tcase_add_test(tcase, all_seeds_that_a_table_lacks_are_named);
}

int main(void)
{
    return skel_suite_run("table_notes", fill);
}
