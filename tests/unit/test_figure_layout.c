/* Where parts of figures stand: notes at the foot, means without a place on an axis. */
#include "suite.h"

#include "scratch.h"

#include "report/figure_layout.h"
#include "report/figure_write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A panel with a mean at each of the first whole numbers, with bands. */
static skel_figure *means_from(double first, bool is_log)
{
    skel_figure *figure = NULL;
    skel_panel *panel = NULL;
    skel_series *series = NULL;

    ck_assert_ok(skel_figure_create("means", "", &figure));
    ck_assert_ok(skel_figure_add_panel(figure, "", &panel));
    panel->x.log = is_log;
    ck_assert_ok(skel_panel_find_series(panel, "force", 0, &series));
    for (size_t i = 0; i < 3; i++) {
        const skel_average average = {first + (double)i, 5.0, 4.0, 6.0, 2};

        ck_assert_ok(skel_series_add_average(series, &average));
    }
    return figure;
}

/* Whether the script of a figure has a text. */
static bool script_has(const skel_figure *figure, const char *wanted)
{
    static char text[1 << 16];
    char path[512];
    FILE *file = NULL;

    skel_scratch_make();
    ck_assert_ok(skel_figure_write(figure, skel_scratch_folder()));
    (void)snprintf(path, sizeof path, "%s/%s.gp", skel_scratch_folder(), figure->name);
    file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    skel_scratch_remove();
    return strstr(text, wanted) != NULL;
}

START_TEST(a_band_is_interrupted_where_a_mean_has_no_place_on_a_logarithmic_axis)
{
    skel_figure *figure = means_from(0.0, true);

    ck_assert(script_has(figure, "($1 > 0 ? $1 : NaN):($3):4 with filledcurves"));
    figure->panel[0].y.log = true;
    ck_assert(script_has(figure, "($1 > 0 && $2 > 0 ? $1 : NaN):($3 < "));
    skel_figure_destroy(&figure);
    figure = means_from(0.0, false);
    ck_assert(script_has(figure, "using 1:($3):4 with filledcurves"));
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(a_long_note_has_lines_that_stay_on_the_page)
{
    static const char note[] = "points: runs; bands, bars: 1 s.d.; 2 to 3 seeds; not drawn: 3 runs "
                               "without an effective weight";
    skel_figure *figure = means_from(1.0, false);
    skel_layout one = {0};
    skel_layout layout = {0};
    size_t used = 0;

    (void)snprintf(figure->note, sizeof figure->note, "points: runs");
    ck_assert_ok(skel_layout_make(figure, &one));
    (void)snprintf(figure->note, sizeof figure->note, "%s", note);
    ck_assert_ok(skel_layout_make(figure, &layout));
    ck_assert_uint_eq(one.note_lines, 1);
    ck_assert_uint_ge(layout.note_lines, 2);
    ck_assert_double_gt(layout.height, one.height);
    for (size_t i = 0; i < layout.note_lines; i++) {
        size_t length = skel_layout_line(note + used);
        char line[SKEL_FIGURE_NOTE];

        (void)snprintf(line, sizeof line, "%.*s", (int)length, note + used);
        ck_assert_double_le(skel_layout_text_width(line), SKEL_FIGURE_WIDTH);
        ck_assert(script_has(figure, line));
        used += length + (i + 1 < layout.note_lines);
    }
    ck_assert_uint_eq(used, strlen(note));
    ck_assert_double_lt(skel_layout_note(&layout, 1), skel_layout_note(&layout, 0));
    skel_layout_clear(&one);
    skel_layout_clear(&layout);
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(an_axis_shows_what_is_drawn_and_no_more)
{
    skel_figure *figure = means_from(1.0, true); /* means of 5, bands from 4 to 6 */
    skel_panel *panel = &figure->panel[0];
    skel_series *series = &panel->series[0];

    ck_assert_ok(skel_series_add_point(series, 0.0, 100.0, "without a place"));
    ck_assert_double_lt(skel_layout_range_y(panel).high, 7.0);
    for (size_t i = 0; i < series->averages; i++) { /* of one run each */
        series->average[i].low = (double)NAN;
        series->average[i].high = (double)NAN;
    }
    ck_assert_double_gt(skel_layout_range_y(panel).low, 4.0);
    skel_figure_destroy(&figure);
}
END_TEST

/* Eight series at one tick, and at another place of the second one's. */
static skel_figure *meeting(double place)
{
    skel_figure *figure = means_from(1.0, true);
    skel_panel *panel = &figure->panel[0];
    skel_series *series = NULL;
    char name[16];

    for (size_t i = 1; i <= 8; i++) {
        const skel_average average = {i == 2 ? place : 2.0, 5.0, 4.0, 6.0, 2};

        (void)snprintf(name, sizeof name, "%zu", i);
        ck_assert_ok(skel_panel_find_series(panel, name, i, &series));
        ck_assert_ok(skel_series_add_average(series, &average));
        ck_assert_ok(skel_axis_add_tick(&panel->x, (double)i, name));
    }
    return figure;
}

START_TEST(no_series_is_shifted_beside_one_that_stands_between_ticks)
{
    skel_figure *figure = meeting(2.0);

    ck_assert_double_ne(skel_layout_shift(&figure->panel[0], 1), 1.0);
    skel_figure_destroy(&figure);
    figure = meeting(2.5);
    for (size_t i = 0; i < figure->panel[0].serieses; i++) {
        ck_assert_double_eq(skel_layout_shift(&figure->panel[0], i), 1.0);
    }
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(an_axis_of_zeros_begins_at_zero)
{
    skel_figure *figure = means_from(1.0, false);
    skel_series *series = &figure->panel[0].series[0];

    for (size_t i = 0; i < series->averages; i++) {
        series->average[i] = (skel_average){(double)i, 0.0, 0.0, 0.0, 2};
    }
    ck_assert_double_eq(skel_layout_range_y(&figure->panel[0]).low, 0.0);
    ck_assert_double_eq(skel_layout_range_y(&figure->panel[0]).high, 1.0);
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(a_panel_without_anything_to_draw_is_left_out)
{
    skel_figure *figure = means_from(1.0, false);
    skel_panel *panel = NULL;
    skel_series *series = NULL;

    ck_assert_ok(skel_figure_add_panel(figure, "empty", &panel));
    ck_assert_ok(skel_panel_find_series(panel, "force", 0, &series));
    ck_assert_ok(skel_axis_add_tick(&panel->x, 1.0, "1"));
    ck_assert_ok(skel_figure_add_panel(figure, "last", &panel));
    ck_assert_ok(skel_panel_find_series(panel, "force", 0, &series));
    ck_assert_ok(skel_series_add_point(series, 1.0, 2.0, "a run"));
    skel_figure_drop_empty(figure);
    ck_assert_uint_eq(figure->panels, 2);
    ck_assert_str_eq(figure->panel[1].title, "last");
    skel_figure_destroy(&figure);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_band_is_interrupted_where_a_mean_has_no_place_on_a_logarithmic_axis);
    tcase_add_test(tcase, a_long_note_has_lines_that_stay_on_the_page);
    tcase_add_test(tcase, an_axis_shows_what_is_drawn_and_no_more);
    tcase_add_test(tcase, no_series_is_shifted_beside_one_that_stands_between_ticks);
    tcase_add_test(tcase, an_axis_of_zeros_begins_at_zero);
    tcase_add_test(tcase, a_panel_without_anything_to_draw_is_left_out);
}

int main(void)
{
    return skel_suite_run("figure_layout", fill);
}
