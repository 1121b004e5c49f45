/* Figures as data and as files. What gnuplot draws is looked at in mpi/test_report_page.sh. */
#include "suite.h"

#include "scratch.h"

#include "report/figure.h"
#include "report/figure_layout.h"
#include "report/figure_write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { METHODS = 19, LOOKS = 60, TEXT = 1 << 20 };

static const char *const methods[METHODS] = {
    "force",    "iter-snip",       "snip",           "grasp",      "grasp-it", "synflow",
    "set",      "magnitude",       "random",         "rigl",       "imp",      "magnitude-finetune",
    "obd",      "skeletonization", "random-uniform", "random-erk", "none",     "obs",
    "obs-layer"};

/* Accuracies of some methods at three densities, three seeds each. */
static skel_figure *accuracies(size_t count, const char *const names[])
{
    static const double densities[] = {0.1, 1.0, 10.0};
    skel_figure *figure = NULL;
    skel_panel *panel = NULL;

    ck_assert_ok(skel_figure_create("accuracy", "Accuracies", &figure));
    ck_assert_ok(skel_figure_add_panel(figure, "panel", &panel));
    panel->x.log = true;
    panel->x.reversed = true;
    (void)snprintf(panel->x.label, sizeof panel->x.label, "weights kept (%%)");
    for (size_t i = 0; i < count; i++) {
        skel_series *series = NULL;

        ck_assert_ok(skel_panel_find_series(panel, names[i], i, &series));
        for (size_t j = 0; j < 9; j++) {
            ck_assert_ok(skel_series_add_point(series, densities[j / 3],
                                               50.0 + (double)(j * (i + 1)), "run.h5"));
        }
        ck_assert_ok(skel_series_average(series));
    }
    skel_panel_add_level(panel, 91.5, "dense");
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ok(skel_axis_add_tick(&panel->x, densities[i], "tick"));
    }
    return figure;
}

/* A file of the scratch folder, as one text. */
static char *content(const char *name)
{
    static char text[TEXT];
    char path[512];
    FILE *file = NULL;
    size_t bytes = 0;

    (void)snprintf(path, sizeof path, "%s/%s", skel_scratch_folder(), name);
    file = fopen(path, "re");
    ck_assert_msg(file != NULL, "%s is missing", path);
    bytes = fread(text, 1, sizeof text - 1, file);
    text[bytes] = '\0';
    (void)fclose(file);
    return text;
}

START_TEST(means_and_deviations_are_those_of_the_closed_form)
{
    static const double y[] = {2.0, 4.0, 9.0}; /* mean 5, variance (9 + 1 + 16) / 2 = 13 */
    skel_figure *figure = NULL;
    skel_panel *panel = NULL;
    skel_series *series = NULL;

    ck_assert_ok(skel_figure_create("f", "", &figure));
    ck_assert_ok(skel_figure_add_panel(figure, "", &panel));
    ck_assert_ok(skel_panel_find_series(panel, "force", 0, &series));
    ck_assert_ok(skel_series_add_point(series, 5.0, 7.0, "alone"));
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ok(skel_series_add_point(series, 1.0, y[i], "run"));
    }
    ck_assert_ok(skel_series_add_point(series, 1.0, (double)NAN, "no number"));
    ck_assert_ok(skel_series_add_point(series, 9.0, (double)NAN, "no number"));
    ck_assert_ok(skel_series_average(series));
    ck_assert_uint_eq(series->averages, 2);
    ck_assert_uint_eq(series->average[0].count, 3);
    ck_assert_double_eq(series->average[0].y, 5.0);
    ck_assert_double_eq_tol(series->average[0].high, 5.0 + sqrt(13.0), 1e-14);
    ck_assert_double_eq_tol(series->average[0].low, 5.0 - sqrt(13.0), 1e-14);
    /* a single run has no band */
    ck_assert_uint_eq(series->average[1].count, 1);
    ck_assert_double_eq(series->average[1].y, 7.0);
    ck_assert(isnan(series->average[1].low) && isnan(series->average[1].high));
    ck_assert_uint_eq(series->points, 6); /* the data keep all */
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(the_data_file_has_every_point_and_every_mean)
{
    skel_figure *figure = accuracies(2, methods);
    const char *line = NULL;
    size_t points = 0;
    size_t means = 0;

    skel_scratch_make();
    ck_assert_ok(skel_figure_write(figure, skel_scratch_folder()));
    for (line = content("accuracy.tsv"); line != NULL; line = strchr(line, '\n')) {
        double x = 0.0;
        double y = 0.0;
        double low = 0.0;
        double high = 0.0;
        size_t count = 0;

        line += *line == '\n';
        if (sscanf(line, "%lf\t%lf\t%lf\t%lf\t%zu", &x, &y, &low, &high, &count) == 5) {
            means++;
            ck_assert_uint_eq(count, 3);
            ck_assert_double_le(low, y);
        } else if (sscanf(line, "%lf\t%lf\t# run.h5", &x, &y) == 2) {
            points++;
        }
    }
    ck_assert_uint_eq(points, 18);
    ck_assert_uint_eq(means, 6);
    skel_scratch_remove();
    skel_figure_destroy(&figure);
}
END_TEST

/* The end of an entry's name on the page. */
static double end_of(const skel_layout *layout, size_t index)
{
    double x = 0.0;
    double y = 0.0;

    skel_layout_entry(layout, index, &x, &y);
    return x + 20.0 + skel_layout_text_width(layout->entry[index].name);
}

START_TEST(the_keys_entries_stand_apart_and_on_the_page)
{
    for (size_t count = 1; count <= METHODS; count++) {
        skel_figure *figure = accuracies(count, methods);
        skel_layout layout;
        skel_frame frame;

        ck_assert_ok(skel_layout_make(figure, &layout));
        frame = skel_layout_frame(figure, &layout, 0);
        ck_assert_uint_eq(layout.entries, count + 1);
        for (size_t i = 0; i < layout.entries; i++) {
            double x[2];
            double y[2];

            skel_layout_entry(&layout, i, &x[0], &y[0]);
            ck_assert_double_gt(y[0], 4.0);
            ck_assert_double_lt(y[0] + 4.0,
                                frame.bottom - layout.below); /* below the axis' label */
            ck_assert_double_le(end_of(&layout, i), SKEL_FIGURE_WIDTH);
            for (size_t j = 0; j < i; j++) {
                skel_layout_entry(&layout, j, &x[1], &y[1]);
                ck_assert(fabs(y[1] - y[0]) > 9.0 || x[0] >= end_of(&layout, j) ||
                          x[1] >= end_of(&layout, i));
            }
        }
        skel_layout_clear(&layout);
        skel_figure_destroy(&figure);
    }
}
END_TEST

START_TEST(labels_of_ticks_do_not_touch_and_as_many_as_fit_are_shown)
{
    /* 100 points of length for 1 to 100: a decade has 50 */
    static const double at[] = {1.0, 1.1, 1.2, 10.0, 90.0, 100.0};
    static const bool expected[] = {true, false, false, true, true, false};
    skel_axis axis = {.log = true};
    skel_tick ticks[6];
    bool shown[6];

    memset(ticks, 0, sizeof ticks);
    for (size_t i = 0; i < 6; i++) {
        ticks[i].at = at[i];
        (void)snprintf(ticks[i].label, sizeof ticks[i].label, "%g", at[i]);
    }
    axis.ticks = 6;
    axis.tick = ticks;
    skel_layout_thin_ticks(&axis, true, (skel_range){1.0, 100.0}, 100.0, shown);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_msg(shown[i] == expected[i], "tick at %g", at[i]);
    }
}
END_TEST

START_TEST(series_that_stand_beside_each_other_stay_inside_the_axes)
{
    for (size_t count = 1; count <= METHODS; count++) {
        skel_figure *figure = accuracies(count, methods);
        const skel_panel *panel = &figure->panel[0];
        skel_range range = skel_layout_range_x(panel);

        for (size_t i = 0; i < count; i++) {
            double shift = skel_layout_shift(panel, i);

            ck_assert_double_gt(shift * 0.1, range.low);
            ck_assert_double_lt(shift * 10.0, range.high);
            /* with less than half of the way to the next tick */
            ck_assert_double_lt(fabs(log(shift)), 0.5 * log(10.0));
            ck_assert(count <= SKEL_LAYOUT_BANDS || i == 0 ||
                      shift != skel_layout_shift(panel, i - 1));
        }
        skel_figure_destroy(&figure);
    }
}
END_TEST

START_TEST(a_long_name_keeps_its_beginning_and_its_end)
{
    char out[SKEL_FIGURE_LABEL];

    skel_layout_shorten("abcdefghij", 10, out);
    ck_assert_str_eq(out, "abcdefghij");
    skel_layout_shorten("abcdefghij", 8, out);
    ck_assert_str_eq(out, "abc…ghij");
    skel_layout_shorten("ä€ö-ü", 3, out); /* characters of two and three bytes stay whole */
    ck_assert_str_eq(out, "ä…ü");
}
END_TEST

START_TEST(the_key_has_the_same_order_in_all_figures)
{
    static const char *const names[] = {"c", "a", "b"};
    static const size_t looks[] = {2, 0, 1};
    skel_figure *figure = NULL;
    skel_panel *panel = NULL;
    skel_series *series = NULL;
    skel_layout layout;

    ck_assert_ok(skel_figure_create("f", "", &figure));
    ck_assert_ok(skel_figure_add_panel(figure, "", &panel));
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ok(skel_panel_find_series(panel, names[i], looks[i], &series));
        ck_assert_ok(skel_series_add_point(series, 1.0, 1.0, "run"));
    }
    skel_panel_add_level(panel, 1.0, "dense");
    ck_assert_ok(skel_layout_make(figure, &layout));
    ck_assert_uint_eq(layout.entries, 4);
    ck_assert_str_eq(layout.entry[0].name, "a");
    ck_assert_str_eq(layout.entry[1].name, "b");
    ck_assert_str_eq(layout.entry[2].name, "c");
    ck_assert_str_eq(layout.entry[3].name, "dense");
    skel_layout_clear(&layout);
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(no_two_series_have_the_same_colour_marker_and_dashes)
{
    static char styles[LOOKS][128];
    char name[LOOKS][8];
    const char *names[LOOKS];
    skel_figure *figure = NULL;
    size_t count = 0;

    for (size_t i = 0; i < LOOKS; i++) {
        (void)snprintf(name[i], sizeof name[i], "m%zu", i);
        names[i] = name[i];
    }
    figure = accuracies(LOOKS, names);
    skel_scratch_make();
    ck_assert_ok(skel_figure_write(figure, skel_scratch_folder()));
    for (const char *line = strstr(content("accuracy.gp"), "set style line"); line != NULL;
         line = strstr(line + 1, "set style line")) {
        char style[sizeof *styles];
        size_t number = 0;

        if (sscanf(line, "set style line %zu lc rgb %127[^\n]", &number, style) == 2 &&
            number <= LOOKS) {
            ck_assert_uint_lt(count, LOOKS);
            for (size_t i = 0; i < count; i++) {
                ck_assert_str_ne(styles[i], style);
            }
            memcpy(styles[count++], style, sizeof style);
        }
    }
    ck_assert_uint_eq(count, LOOKS);
    skel_scratch_remove();
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(names_are_texts_to_gnuplot_whatever_they_hold)
{
    static const char *const names[] = {
        "it's",         "<script>alert(1)</script>", "a\\",
        "`touch evil`", "@a_b{c}^d & \"e\"",         "50%d\n!touch evil",
    };
    char path[512];
    skel_figure *figure = accuracies(6, names);
    const char *script = NULL;

    skel_scratch_make();
    ck_assert_ok(skel_axis_add_tick(&figure->panel[0].x, 100.0, "100 %d"));
    ck_assert_ok(skel_figure_write(figure, skel_scratch_folder()));
    script = content("accuracy.gp");
    ck_assert_ptr_nonnull(strstr(script, "'it''s'"));
    ck_assert_ptr_nonnull(strstr(script, "'a\\'"));
    ck_assert_ptr_nonnull(strstr(script, "'50%d !touch evil'"));
    ck_assert_ptr_nonnull(strstr(script, "'100 %%d' 100"));
    ck_assert_ptr_null(strstr(script, "\n!"));
    if (skel_figure_draw(figure, skel_scratch_folder()) == SKEL_ERR_MISSING) {
        skel_error_clear(); /* without gnuplot, the script alone is looked at */
    } else {
        const char *drawn = content("accuracy.svg");

        ck_assert_ptr_nonnull(strstr(drawn, "<text>it's</text>"));
        ck_assert_ptr_nonnull(strstr(drawn, "<text>&lt;script"));
        ck_assert_ptr_null(strstr(drawn, "<script>alert"));
        ck_assert_ptr_nonnull(strstr(drawn, "<text>`touch evil`</text>"));
        ck_assert_ptr_nonnull(strstr(drawn, "<text>@a_b{c}^d &amp; \"e\"</text>"));
        (void)snprintf(path, sizeof path, "%s/evil", skel_scratch_folder());
        ck_assert_int_ne(access(path, F_OK), 0);
    }
    skel_scratch_remove();
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(without_gnuplot_data_and_script_are_written_and_drawing_says_so)
{
    skel_figure *figure = accuracies(2, methods);

    skel_scratch_make();
    ck_assert_int_eq(setenv("PATH", skel_scratch_folder(), 1), 0);
    ck_assert_ok(skel_figure_write(figure, skel_scratch_folder()));
    ck_assert_int_eq(skel_figure_draw(figure, skel_scratch_folder()), SKEL_ERR_MISSING);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "gnuplot"));
    ck_assert_ptr_nonnull(strstr(content("accuracy.gp"), "plot"));
    ck_assert_ptr_nonnull(strstr(content("accuracy.tsv"), "force"));
    ck_assert_int_eq(setenv("PATH", "/usr/bin:/bin", 1), 0);
    skel_scratch_remove();
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_an_error_with_its_name)
{
    skel_figure *figure = accuracies(1, methods);

    ck_assert_int_eq(skel_figure_write(figure, "no/such/folder"), SKEL_ERR_IO);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "no/such/folder"));
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(a_figure_without_a_finite_number_is_not_drawable)
{
    skel_figure *figure = NULL;
    skel_panel *panel = NULL;
    skel_series *series = NULL;

    ck_assert_ok(skel_figure_create("f", "", &figure));
    ck_assert(!skel_figure_is_drawable(figure));
    ck_assert_ok(skel_figure_add_panel(figure, "", &panel));
    ck_assert_ok(skel_panel_find_series(panel, "force", 0, &series));
    ck_assert_ok(skel_series_add_point(series, 1.0, (double)NAN, "run"));
    ck_assert_ok(skel_series_average(series));
    ck_assert(!skel_figure_is_drawable(figure));
    ck_assert_ok(skel_panel_add_map(panel, 2, 2));
    ck_assert(!skel_figure_is_drawable(figure));
    panel->map.cell[3] = 0.5;
    ck_assert(skel_figure_is_drawable(figure));
    skel_figure_destroy(&figure);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, means_and_deviations_are_those_of_the_closed_form);
    tcase_add_test(tcase, the_data_file_has_every_point_and_every_mean);
    tcase_add_test(tcase, the_keys_entries_stand_apart_and_on_the_page);
    tcase_add_test(tcase, labels_of_ticks_do_not_touch_and_as_many_as_fit_are_shown);
    tcase_add_test(tcase, series_that_stand_beside_each_other_stay_inside_the_axes);
    tcase_add_test(tcase, a_long_name_keeps_its_beginning_and_its_end);
    tcase_add_test(tcase, the_key_has_the_same_order_in_all_figures);
    tcase_add_test(tcase, no_two_series_have_the_same_colour_marker_and_dashes);
    tcase_add_test(tcase, names_are_texts_to_gnuplot_whatever_they_hold);
    tcase_add_test(tcase, without_gnuplot_data_and_script_are_written_and_drawing_says_so);
    tcase_add_test(tcase, a_folder_that_is_not_there_is_an_error_with_its_name);
    tcase_add_test(tcase, a_figure_without_a_finite_number_is_not_drawable);
}

int main(void)
{
    return skel_suite_run("figure", fill);
}
