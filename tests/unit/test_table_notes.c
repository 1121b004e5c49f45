/* Notes below tables: nothing is left out, however many groups and seeds there are. */
#include "suite.h"

#include "report/table_makers.h"

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
    skel_report_table table = {0};
    char expected[GROUPS * 64] = "str removed another share of the weights than was asked for: ";

    for (size_t i = 0; i < GROUPS; i++) { /* 0.5 % is asked, 0.25 % removed; 1.5 %, 1.25 % ... */
        size_t used = strlen(expected);

        group[i] = (skel_report_group){.sparsity = ((double)i + 0.5) / 100,
                                       .density = 1 - ((double)i + 0.25) / 100,
                                       .is_off = true};
        (void)snprintf(expected + used, sizeof expected - used, "%zu.25 %% for %zu.5 %%%s", i, i,
                       i + 1 < GROUPS ? ", " : ".");
    }
    ck_assert_ok(skel_table_note_shares(&section, &table));
    ck_assert_uint_eq(table.notes.count, 1);
    ck_assert_str_eq(table.notes.text[0], expected);
    skel_texts_clear(&table.notes);
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
    tcase_add_test(tcase, all_seeds_that_a_table_lacks_are_named);
}

int main(void)
{
    return skel_suite_run("table_notes", fill);
}
