/* Captions of figures: methods whose runs keep another share of the weights than was asked for. */
#include "suite.h"

#include "report/plots_list.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LINES = 4, LABEL = 200 };

/* The end of the caption of a section whose lines have labels of `length` letters, all off. */
static void check_caption(size_t lines, size_t length, const char *expected)
{
    static char label[LINES][LABEL];
    skel_report_line line[LINES];
    skel_report_group group[LINES];
    const skel_report_section section = {
        .data = "d", .model = "m", .lines = lines, .line = line, .groups = lines, .group = group};
    const skel_plots plots = {.section = &section, .prefix = ""};
    skel_figure *figure = NULL;
    char caption[SKEL_FIGURE_CAPTION];

    for (size_t i = 0; i < lines; i++) {
        memset(label[i], 'a' + (int)i, length);
        label[i][length] = '\0';
        line[i] = (skel_report_line){.label = label[i]};
        group[i] = (skel_report_group){.line = i, .runs = 1, .is_off = true};
    }
    (void)snprintf(caption, sizeof caption,
                   "C. m on d, 1 seed. Another share of the weights than asked for: %s.", expected);
    ck_assert_ok(skel_plots_create(&plots, "f", "C", "", &figure));
    ck_assert_str_eq(figure->caption, caption);
    skel_figure_destroy(&figure);
}

START_TEST(labels_without_room_are_counted)
{
    check_caption(3, 3, "aaa, bbb, ccc");
    check_caption(1, LABEL - 1, "1 method");
    check_caption(2, LABEL - 1, "2 methods");
}
END_TEST

START_TEST(labels_behind_the_last_that_has_room_are_others)
{
    char expected[LABEL];

    for (size_t others = 1; others < LINES; others++) { /* one label of 80 bytes has room in 160 */
        memset(expected, 'a', 80);
        (void)snprintf(expected + 80, sizeof expected - 80, " and %zu other%s", others,
                       others == 1 ? "" : "s");
        check_caption(1 + others, 80, expected);
    }
}
END_TEST

START_TEST(a_run_without_a_place_on_the_axis_is_in_no_mean_and_is_counted)
{
    static char label[] = "random";
    skel_report_run run[3] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
    size_t of_group[3] = {0, 1, 2};
    skel_report_line line = {.label = label};
    skel_report_group group = {.sparsity = 0.99, .runs = 3, .run = of_group, .tested = 3};
    const skel_report report = {.runs = 3, .run = run};
    const skel_report_section section = {.lines = 1, .line = &line, .groups = 1, .group = &group};
    skel_plots plots = {.report = &report, .section = &section, .prefix = ""};
    const double kept[] = {0, 10, 30};
    const double accuracy[] = {0.1, 0.5, 0.7};
    skel_figure *figure = NULL;

    for (size_t i = 0; i < 3; i++) {
        run[i].number[SKEL_REPORT_PRUNABLE] = 1000;
        run[i].number[SKEL_REPORT_KEPT_EFFECTIVE] = kept[i];
        run[i].number[SKEL_REPORT_TEST_ACCURACY] = accuracy[i];
    }
    ck_assert_ok(skel_plots_effective(&plots, &figure));
    const skel_series *series = &figure->panel[0].series[0];

    ck_assert_uint_eq(series->points, 3);
    ck_assert_uint_eq(series->averages, 1);
    ck_assert_uint_eq(series->average[0].count, 2);
    ck_assert_double_eq_tol(series->average[0].x, 2, 1e-12);
    ck_assert_double_eq_tol(series->average[0].y, 60, 1e-12);
    ck_assert_double_eq_tol(series->average[0].high, 60 + 10 * sqrt(2), 1e-12);
    ck_assert_ptr_nonnull(strstr(figure->note, "not drawn: 1 run without an effective weight"));
    skel_figure_destroy(&figure);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, labels_without_room_are_counted);
    tcase_add_test(tcase, labels_behind_the_last_that_has_room_are_others);
    tcase_add_test(tcase, a_run_without_a_place_on_the_axis_is_in_no_mean_and_is_counted);
}

int main(void)
{
    return skel_suite_run("plots", fill);
}
