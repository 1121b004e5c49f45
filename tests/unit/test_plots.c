/* Captions of figures: methods whose runs keep another share of the weights than was asked for. */
#include "suite.h"

#include "report/plots.h"

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

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, labels_without_room_are_counted);
    tcase_add_test(tcase, labels_behind_the_last_that_has_room_are_others);
}

int main(void)
{
    return skel_suite_run("plots", fill);
}
