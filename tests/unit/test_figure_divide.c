/* Figures of many methods: several panels with the same axes, and each series in one of them. */
#include "suite.h"

#include "skel/method.h"

#include "report/figure_divide.h"
#include "report/figure_layout.h"

#include <stdio.h>

enum { PANELS = 2, DENSITIES = 3, RUNS = 6 };

/* Panels of which the second one lacks every third series. */
static skel_figure *make_panels(size_t panels, size_t count, const char *const names[])
{
    static const double density[DENSITIES] = {1.0, 10.0, 50.0};
    skel_figure *figure = NULL;

    ck_assert_ok(skel_figure_create("f", "Accuracies.", &figure));
    for (size_t i = 0; i < panels; i++) {
        skel_panel *panel = NULL;

        ck_assert_ok(skel_figure_add_panel(figure, i == 0 ? "first" : "second", &panel));
        panel->x.log = true;
        for (size_t j = 0; j < count; j++) {
            skel_series *series = NULL;

            if (i == 1 && j % 3 == 2) {
                continue;
            }
            ck_assert_ok(skel_panel_find_series(panel, names[j], j, &series));
            for (size_t k = 0; k < RUNS; k++) {
                ck_assert_ok(
                    skel_series_add_point(series, density[k / 2], (double)(10 * i + j + k), "run"));
            }
            ck_assert_ok(skel_series_average(series));
        }
        skel_panel_add_level(panel, 10.0, "chance");
        for (size_t j = 0; j < DENSITIES; j++) {
            ck_assert_ok(skel_axis_add_tick(&panel->x, density[j], "tick"));
        }
    }
    return figure;
}

static skel_figure *make_figure(size_t count, const char *const names[])
{
    return make_panels(PANELS, count, names);
}

/* All methods of skel; dense runs are no series. */
static const char *const *all_methods(size_t *count)
{
    const char *const *names = skel_method_names(count);

    ck_assert_uint_ge(*count, 30);
    return names;
}

START_TEST(a_figure_of_few_methods_stays_whole)
{
    size_t count = 0;
    const char *const *names = all_methods(&count);
    skel_figure *figure = make_figure(SKEL_DIVIDE_MOST, names);

    ck_assert_ok(skel_figure_divide(figure));
    ck_assert_uint_eq(figure->panels, PANELS);
    ck_assert_uint_eq(figure->columns, 1);
    ck_assert_uint_eq(figure->panel[0].serieses, SKEL_DIVIDE_MOST);
    ck_assert_str_eq(figure->caption, "Accuracies.");
    skel_figure_destroy(&figure);
}
END_TEST

/* Checks the parts of one panel against the series that it had. */
static void check_parts(const skel_figure *figure, size_t first, size_t parts, size_t count,
                        size_t left_out, size_t place[])
{
    const skel_panel *panel = &figure->panel[first];
    skel_range x = skel_layout_range_x(panel);
    skel_range y = skel_layout_range_y(panel);
    size_t found = 0;

    for (size_t i = 0; i < parts; i++) {
        skel_range other_x = skel_layout_range_x(&panel[i]);
        skel_range other_y = skel_layout_range_y(&panel[i]);

        ck_assert_uint_le(panel[i].serieses, SKEL_DIVIDE_PART);
        ck_assert_str_eq(panel[i].title, panel[0].title);
        ck_assert_uint_eq(panel[i].x.ticks, DENSITIES);
        ck_assert_uint_eq(panel[i].levels, 1);
        ck_assert(other_x.low == x.low && other_x.high == x.high);
        ck_assert(other_y.low == y.low && other_y.high == y.high);
        for (size_t j = 0; j < panel[i].serieses; j++) {
            const skel_series *series = &panel[i].series[j];

            ck_assert_uint_lt(series->look, count);
            ck_assert_uint_eq(series->points, RUNS);
            ck_assert(series->point[0].y >= y.low && series->point[0].y <= y.high);
            ck_assert(place[series->look] == parts || place[series->look] == i);
            place[series->look] = i;
            found++;
        }
    }
    ck_assert_uint_eq(found, count - left_out);
}

START_TEST(each_series_stands_once_and_in_the_same_part_of_each_panel)
{
    size_t most = 0;
    const char *const *names = all_methods(&most);

    for (size_t count = SKEL_DIVIDE_MOST + 1; count <= most; count++) {
        skel_figure *figure = make_figure(count, names);
        size_t place[64];
        size_t parts = 0;

        ck_assert_ok(skel_figure_divide(figure));
        parts = figure->panels / PANELS;
        ck_assert_uint_eq(figure->panels, parts * PANELS);
        ck_assert_uint_eq(parts % 2, 0);
        ck_assert_uint_eq(figure->columns, 2);
        for (size_t i = 0; i < count; i++) {
            place[i] = parts;
        }
        check_parts(figure, 0, parts, count, 0, place);
        check_parts(figure, parts, parts, count, count / 3, place);
        ck_assert_str_eq(figure->panel[parts].title, "second");
        skel_figure_destroy(&figure);
    }
}
END_TEST

START_TEST(the_caption_counts_the_panels_with_the_same_axes)
{
    static const char *const part[PANELS] = {"", " of each part"};
    size_t count = 0;
    const char *const *names = all_methods(&count);

    for (size_t panels = 1; panels <= PANELS; panels++) {
        skel_figure *figure = make_panels(panels, count, names);
        char expected[SKEL_FIGURE_CAPTION];

        ck_assert_ok(skel_figure_divide(figure));
        (void)snprintf(expected, sizeof expected,
                       "Accuracies. The methods%s are divided among %zu panels with the same axes.",
                       part[panels - 1], figure->panels / panels);
        ck_assert_str_eq(figure->caption, expected);
        skel_figure_destroy(&figure);
    }
}
END_TEST

START_TEST(titles_and_keys_of_all_methods_stay_on_the_page)
{
    size_t count = 0;
    const char *const *names = all_methods(&count);
    skel_figure *figure = make_figure(count, names);
    skel_layout layout;

    ck_assert_ok(skel_figure_divide(figure));
    ck_assert_ok(skel_layout_make(figure, &layout));
    ck_assert_uint_eq(layout.entries, count + 1);
    for (size_t i = 0; i < layout.entries; i++) {
        double x = 0.0;
        double y = 0.0;

        skel_layout_entry(&layout, i, &x, &y);
        ck_assert_double_gt(y, 4.0);
        ck_assert_double_le(x + 20.0 + skel_layout_text_width(layout.entry[i].name),
                            SKEL_FIGURE_WIDTH);
    }
    for (size_t i = 0; i < figure->panels; i++) {
        skel_frame frame = skel_layout_frame(figure, &layout, i);

        ck_assert_double_ge(frame.left, 0.0);
        ck_assert_double_le(frame.right, SKEL_FIGURE_WIDTH);
        ck_assert_double_gt(frame.right - frame.left, 0.25 * SKEL_FIGURE_WIDTH);
        ck_assert_double_gt(frame.bottom, layout.key_height);
    }
    skel_layout_clear(&layout);
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(maps_are_not_divided)
{
    size_t count = 0;
    const char *const *names = all_methods(&count);
    skel_figure *figure = make_figure(count, names);
    skel_panel *panel = NULL;

    ck_assert_ok(skel_figure_add_panel(figure, "map", &panel));
    ck_assert_ok(skel_panel_add_map(panel, 2, 2));
    ck_assert_ok(skel_figure_divide(figure));
    ck_assert_uint_eq(figure->panels, PANELS + 1);
    skel_figure_destroy(&figure);
}
END_TEST

START_TEST(numbers_of_one_logarithmic_axis_have_one_form)
{
    static const skel_range wide = {2e-7, 0.3};
    static const skel_range usual = {0.002, 30.0};
    char label[32];

    skel_layout_label(wide, 1e-7, sizeof label, label);
    ck_assert_str_eq(label, "1e-7");
    skel_layout_label(wide, 0.1, sizeof label, label);
    ck_assert_str_eq(label, "1e-1");
    skel_layout_label(usual, 0.01, sizeof label, label);
    ck_assert_str_eq(label, "0.01");
    skel_layout_label(usual, 20.0, sizeof label, label);
    ck_assert_str_eq(label, "20");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_figure_of_few_methods_stays_whole);
    tcase_add_test(tcase, each_series_stands_once_and_in_the_same_part_of_each_panel);
    tcase_add_test(tcase, the_caption_counts_the_panels_with_the_same_axes);
    tcase_add_test(tcase, titles_and_keys_of_all_methods_stay_on_the_page);
    tcase_add_test(tcase, maps_are_not_divided);
    tcase_add_test(tcase, numbers_of_one_logarithmic_axis_have_one_form);
}

int main(void)
{
    return skel_suite_run("figure_divide", fill);
}
