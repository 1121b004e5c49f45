/* Names in figures, and the sparsities that figures of several methods show. */
#include "suite.h"

#include "report/plots_list.h"
#include "report/plots_names.h"

#include <string.h>

enum { LINES = 3, SPARSITIES = 3 };

static char keys[][32] = {"prune.method", "prune.iterations", "train.epochs", "sweep.epochs"};
static char *key[] = {keys[0], keys[1], keys[2], keys[3]};
static double sparsity[SPARSITIES] = {0.9, 0.95, 0.99};

/* A section of two groups at 0.95, and of one at the other sparsities. */
static skel_report_section make_section(skel_report_line line[], skel_report_group group[],
                                        size_t of_group[])
{
    static const double of[] = {0.9, 0.95, 0.95, 0.99};

    for (size_t i = 0; i < 4; i++) {
        group[i] = (skel_report_group){
            .line = i < LINES ? i : 0, .sparsity = of[i], .runs = 1, .run = of_group};
    }
    return (skel_report_section){.data = "d",
                                 .model = "m",
                                 .lines = LINES,
                                 .line = line,
                                 .groups = 4,
                                 .group = group,
                                 .sparsities = SPARSITIES,
                                 .sparsity = sparsity};
}

START_TEST(long_labels_have_the_last_parts_of_clear_keys)
{
    char label[3][64] = {"force, prune.iterations 60, train.epochs 3, x 1", "snip", "random"};
    skel_report_line line[LINES] = {{.label = label[0]}, {.label = label[1]}, {.label = label[2]}};
    skel_report_section section = {.keys = {.count = 3, .text = key}, .lines = LINES, .line = line};
    const skel_plots plots = {.section = &section, .prefix = ""};
    char out[SKEL_FIGURE_LABEL];

    skel_plots_label(&plots, 0, out);
    ck_assert_str_eq(out, "force, iterations 60, epochs 3, x 1");
    section.keys.count = 4; /* two keys end in "epochs" */
    skel_plots_label(&plots, 0, out);
    ck_assert_str_eq(out, "force, iterations 60, train.epochs 3, x 1");
    label[0][strlen("force, prune.iterations 60")] = '\0';
    skel_plots_label(&plots, 0, out);
    ck_assert_str_eq(out, "force, prune.iterations 60");
}
END_TEST

START_TEST(a_layers_name_says_where_it_is_cut)
{
    char out[SKEL_FIGURE_LABEL];

    skel_plots_layer("features.18.weight", 17, out);
    ck_assert_str_eq(out, "features.18");
    skel_plots_layer("layer3.5.downsample.0.weight", 12, out);
    ck_assert_str_eq(out, "…ownsample.0");
    skel_plots_layer("größe.ö.weight", 7, out); /* as many characters, and nine bytes */
    ck_assert_str_eq(out, "größe.ö");
    skel_plots_layer("größe.ö.weight", 6, out);
    ck_assert_str_eq(out, "…öße.ö");
}
END_TEST

START_TEST(figures_of_pairs_take_sparsities_of_two_methods)
{
    char label[] = "a";
    skel_report_line line[LINES] = {{.label = label}, {.label = label}, {.label = label}};
    skel_report_group group[4];
    size_t of_group[1] = {0};
    skel_report_section section = make_section(line, group, of_group);
    const skel_plots plots = {.section = &section, .prefix = ""};
    double chosen[2];

    ck_assert_uint_eq(skel_plots_pick(&plots, 2, 2, chosen), 1);
    ck_assert_double_eq(chosen[0], 0.95);
    ck_assert_uint_eq(skel_plots_pick(&plots, 2, 1, chosen), 2);
    ck_assert_double_eq(chosen[0], 0.9);
    ck_assert_double_eq(chosen[1], 0.99);
    ck_assert_uint_eq(skel_plots_pick(&plots, 2, 3, chosen), 0);
}
END_TEST

START_TEST(masks_are_those_of_the_sparsity_of_the_most_methods)
{
    char label[] = "a";
    char path[] = "/no/such/run.h5";
    skel_report_run run = {.path = path, .name = path};
    const skel_report report = {.runs = 1, .run = &run};
    skel_report_line line[LINES] = {{.label = label}, {.label = label}, {.label = label}};
    skel_report_group group[4];
    size_t of_group[1] = {0};
    skel_report_section section = make_section(line, group, of_group);
    skel_plots plots = {.report = &report, .section = &section, .prefix = ""};
    skel_figure *figure = NULL;

    ck_assert_ok(skel_plots_masks(&plots, &figure));
    ck_assert_str_eq(figure->note, "first seed of each method, 5 % of the weights kept");
    skel_figure_destroy(&figure);
    group[2].sparsity = 0.99; /* now two methods at 0.99 */
    ck_assert_ok(skel_plots_masks(&plots, &figure));
    ck_assert_str_eq(figure->note, "first seed of each method, 1 % of the weights kept");
    skel_figure_destroy(&figure);
    group[2].runs = 0; /* now one at each: the middle */
    ck_assert_ok(skel_plots_masks(&plots, &figure));
    ck_assert_str_eq(figure->note, "first seed of each method, 5 % of the weights kept");
    skel_figure_destroy(&figure);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, long_labels_have_the_last_parts_of_clear_keys);
    tcase_add_test(tcase, a_layers_name_says_where_it_is_cut);
    tcase_add_test(tcase, figures_of_pairs_take_sparsities_of_two_methods);
    tcase_add_test(tcase, masks_are_those_of_the_sparsity_of_the_most_methods);
}

int main(void)
{
    return skel_suite_run("plots_names", fill);
}
