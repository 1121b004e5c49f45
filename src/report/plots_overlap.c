/* Overlap of masks: between methods below the diagonal, by chance above, between seeds on it. */
#include "plots_list.h"

#include "skel/memory.h"

#include "figure_layout.h"
#include "mask_bits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    OVERLAP_SEEDS = 3,
    OVERLAP_PANELS = 2,
    SMALL_NETWORK = 4000000,
    LONGEST_COLUMN = 20, /* characters of a name at a column */
    LONGEST_ROW = 24,
};

/* The masks of one sparsity. */
typedef struct mask_set {
    size_t groups;
    const skel_report_group **group; /* [groups] borrowed */
    skel_mask_bits *mask;            /* [groups][OVERLAP_SEEDS] */
} mask_set;

/* Mean of values that come one by one. */
typedef struct running_mean {
    double sum;
    size_t count;
} running_mean;

static void add_value(running_mean *mean, double value)
{
    if (isfinite(value)) {
        mean->sum += value;
        mean->count++;
    }
}

static double value_of(const running_mean *mean)
{
    return mean->count > 0 ? mean->sum / (double)mean->count : (double)NAN;
}

static void clear(mask_set *set)
{
    for (size_t i = 0; set->mask != NULL && i < set->groups * OVERLAP_SEEDS; i++) {
        SKEL_FREE(&set->mask[i].word);
    }
    SKEL_FREE(&set->mask);
    SKEL_FREE(&set->group);
    set->groups = 0;
}

static skel_status read_masks(skel_plots *plots, double sparsity, mask_set *out)
{
    const skel_report_section *section = plots->section;
    skel_status status = SKEL_OK;

    *out = (mask_set){0};
    SKEL_TRY(SKEL_ALLOC(section->groups, sizeof *out->group, &out->group));
    SKEL_TRY(SKEL_ALLOC(section->groups * OVERLAP_SEEDS, sizeof *out->mask, &out->mask));
    for (size_t i = 0; i < section->groups; i++) {
        const skel_report_group *group = &section->group[i];

        if (group->sparsity != sparsity || section->line[group->line].is_dense ||
            group->runs == 0) {
            continue;
        }
        out->group[out->groups] = group;
        for (size_t j = 0; j < group->runs && j < OVERLAP_SEEDS; j++) {
            status = skel_mask_bits_read(skel_plots_run(plots, group, j)->path,
                                         &out->mask[out->groups * OVERLAP_SEEDS + j]);
            SKEL_TRY(skel_plots_pass_over(plots, status));
        }
        out->groups++;
    }
done:
    return status;
}

/* Overlap of two groups at equal seeds, of one group at different seeds; and by chance. */
static void compare(const skel_plots *plots, const mask_set *set, size_t a, size_t b,
                    running_mean *overlap, running_mean *chance)
{
    for (size_t i = 0; i < OVERLAP_SEEDS && i < set->group[a]->runs; i++) {
        for (size_t j = 0; j < OVERLAP_SEEDS && j < set->group[b]->runs; j++) {
            const skel_mask_bits *left = &set->mask[a * OVERLAP_SEEDS + i];
            const skel_mask_bits *right = &set->mask[b * OVERLAP_SEEDS + j];
            bool equal = skel_plots_run(plots, set->group[a], i)->seed ==
                         skel_plots_run(plots, set->group[b], j)->seed;

            if (a == b ? i < j : equal) {
                add_value(overlap, skel_mask_bits_jaccard(left, right));
                add_value(chance, skel_mask_bits_chance(left, right));
            }
        }
    }
}

/* Names of the methods at both axes; long ones, or many, have numbers, which alone stand at the
 * columns. */
static skel_status add_names(const skel_plots *plots, const mask_set *set, skel_panel *panel)
{
    char name[SKEL_FIGURE_LABEL];
    char number[SKEL_FIGURE_LABEL + 24];
    bool is_long = false;
    size_t longest = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < set->groups; i++) {
        size_t length = strlen(plots->section->line[set->group[i]->line].label);

        longest = length > longest ? length : longest;
    }
    is_long = longest > LONGEST_COLUMN || !skel_layout_has_room(set->groups, longest);
    panel->x.rotated = !is_long;
    for (size_t i = 0; i < set->groups; i++) {
        const char *label = plots->section->line[set->group[i]->line].label;

        if (is_long) {
            skel_layout_shorten(label, LONGEST_ROW, name);
            (void)snprintf(number, sizeof number, "%s  %zu", name, i + 1);
            SKEL_TRY(skel_axis_add_tick(&panel->y, (double)i, number));
            (void)snprintf(number, sizeof number, "%zu", i + 1);
            SKEL_TRY(skel_axis_add_tick(&panel->x, (double)i, number));
        } else {
            SKEL_TRY(skel_axis_add_tick(&panel->y, (double)i, label));
            SKEL_TRY(skel_axis_add_tick(&panel->x, (double)i, label));
        }
    }
done:
    return status;
}

static skel_status add_panel(skel_plots *plots, const mask_set *set, double sparsity,
                             skel_figure *figure)
{
    char title[SKEL_FIGURE_LABEL];
    skel_panel *panel = NULL;
    skel_status status = SKEL_OK;

    skel_plots_title(plots, sparsity, title);
    SKEL_TRY(skel_figure_add_panel(figure, title, &panel));
    SKEL_TRY(skel_panel_add_map(panel, set->groups, set->groups));
    SKEL_TRY(add_names(plots, set, panel));
    for (size_t i = 0; i < set->groups; i++) {
        for (size_t j = 0; j <= i; j++) {
            running_mean overlap = {0};
            running_mean chance = {0};

            compare(plots, set, i, j, &overlap, &chance);
            panel->map.cell[i * set->groups + j] = value_of(&overlap);
            if (i != j) {
                panel->map.cell[j * set->groups + i] = value_of(&chance);
            }
        }
    }
    figure->panel_height =
        fmax(figure->panel_height, set->groups > 12 ? 10.0 * (double)set->groups
                                                    : fmax(60.0, 14.0 * (double)set->groups));
done:
    return status;
}

/* Masks of large networks take long to read: the sparsest ones alone. */
static size_t panels_of(const skel_plots *plots)
{
    const skel_report_section *section = plots->section;

    for (size_t i = 0; i < section->groups; i++) {
        if (section->group[i].runs > 0) {
            double weights =
                skel_plots_run(plots, &section->group[i], 0)->number[SKEL_REPORT_PRUNABLE];

            return weights <= SMALL_NETWORK ? OVERLAP_PANELS : 1;
        }
    }
    return 1;
}

skel_status skel_plots_overlap(skel_plots *plots, skel_figure **out)
{
    double sparsity[OVERLAP_PANELS];
    size_t count = skel_plots_pick(plots, panels_of(plots), sparsity);
    mask_set set = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_plots_create(
        plots, "overlap",
        "Overlap of masks, as Jaccard index (weights that both keep / weights that either keeps), "
        "mean over at most three seeds. Below the diagonal: two methods at the same seed. Above: "
        "the index of random masks with as many weights. On the diagonal: one method at two seeds",
        "upper right: chance; diagonal: pairs of seeds", out));
    (*out)->panel_height = 0.0;
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(read_masks(plots, sparsity[i], &set));
        if (set.groups > 0) {
            SKEL_TRY(add_panel(plots, &set, sparsity[i], *out));
        }
        clear(&set);
    }
done:
    clear(&set);
    return status;
}
