/* Overlap of masks: between methods below the diagonal, by chance above, between seeds on it. */
#include "plots_list.h"

#include "skel/memory.h"

#include "figure_layout.h"
#include "mask_bits.h"
#include "plots_names.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    OVERLAP_SEEDS = 3,
    OVERLAP_PANELS = 2,
    SMALL_NETWORK = 4000000,
    LONGEST_COLUMN = 20, /* characters of a name at a column */
    LONGEST_ROW = 24,    /* of a name at a row */
};

/* The masks of one sparsity. */
typedef struct mask_set {
    size_t groups;
    const skel_report_group **group; /* [groups] borrowed */
    skel_mask_bits *mask;            /* [groups][OVERLAP_SEEDS] */
} mask_set;

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
                    skel_running *overlap, skel_running *chance)
{
    for (size_t i = 0; i < OVERLAP_SEEDS && i < set->group[a]->runs; i++) {
        for (size_t j = 0; j < OVERLAP_SEEDS && j < set->group[b]->runs; j++) {
            const skel_mask_bits *left = &set->mask[a * OVERLAP_SEEDS + i];
            const skel_mask_bits *right = &set->mask[b * OVERLAP_SEEDS + j];
            bool equal = skel_plots_run(plots, set->group[a], i)->seed ==
                         skel_plots_run(plots, set->group[b], j)->seed;

            skel_overlap pair;

            if ((a == b ? i < j : equal) && skel_mask_bits_overlap(left, right, &pair)) {
                skel_running_add(overlap, pair.jaccard);
                skel_running_add(chance, pair.chance_jaccard);
            }
        }
    }
}

/* How names stand at the axes of a panel. */
typedef enum naming {
    AT_BOTH,    /* names at rows and columns */
    AT_ROWS,    /* names and numbers at rows, numbers at columns */
    IN_THE_NOTE /* numbers at both, names in the note */
} naming;

static naming choose_naming(const skel_plots *plots, const mask_set *set)
{
    char name[SKEL_FIGURE_LABEL];
    size_t longest = 0;

    for (size_t i = 0; i < set->groups; i++) {
        skel_plots_label(plots, set->group[i]->line, name);
        longest = strlen(name) > longest ? strlen(name) : longest;
    }
    if (longest > LONGEST_ROW) {
        return IN_THE_NOTE;
    }
    return longest > LONGEST_COLUMN || !skel_layout_has_room(set->groups, longest) ? AT_ROWS
                                                                                   : AT_BOTH;
}

/* The number of a method is that of its look, the same in all panels. */
static skel_status add_names(const skel_plots *plots, const mask_set *set, skel_panel *panel)
{
    const naming names = choose_naming(plots, set);
    char name[SKEL_FIGURE_LABEL];
    char number[24];
    char both[SKEL_FIGURE_LABEL + sizeof number + 2];
    skel_status status = SKEL_OK;

    panel->x.rotated = names == AT_BOTH;
    for (size_t i = 0; i < set->groups; i++) {
        size_t line = set->group[i]->line;

        skel_plots_label(plots, line, name);
        (void)snprintf(number, sizeof number, "%zu", skel_plots_look(plots, line) + 1);
        (void)snprintf(both, sizeof both, "%s  %s", name, number);
        SKEL_TRY(skel_axis_add_tick(&panel->y, (double)i,
                                    names == AT_BOTH   ? name
                                    : names == AT_ROWS ? both
                                                       : number));
        SKEL_TRY(skel_axis_add_tick(&panel->x, (double)i, names == AT_BOTH ? name : number));
    }
done:
    return status;
}

/* Whether the note names the methods of a set already, or need not. */
static bool is_named(const skel_plots *plots, const mask_set *set, size_t group,
                     const skel_figure *figure)
{
    char number[32];

    (void)snprintf(number, sizeof number,
                   "\n%zu: ", skel_plots_look(plots, set->group[group]->line) + 1);
    return strstr(figure->note, number) != NULL;
}

/* A line of the note for each method that has a number alone. */
static void explain_numbers(const skel_plots *plots, const mask_set *set, skel_figure *figure)
{
    char name[SKEL_FIGURE_LABEL];

    for (size_t i = 0; i < set->groups && choose_naming(plots, set) == IN_THE_NOTE; i++) {
        size_t used = strlen(figure->note);

        if (!is_named(plots, set, i, figure)) {
            skel_plots_label(plots, set->group[i]->line, name);
            (void)snprintf(figure->note + used, sizeof figure->note - used, "\n%zu: %s",
                           skel_plots_look(plots, set->group[i]->line) + 1, name);
        }
    }
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
    (void)snprintf(panel->map.label, sizeof panel->map.label, "Jaccard index");
    SKEL_TRY(add_names(plots, set, panel));
    for (size_t i = 0; i < set->groups; i++) {
        for (size_t j = 0; j <= i; j++) {
            skel_running overlap = {0};
            skel_running chance = {0};

            compare(plots, set, i, j, &overlap, &chance);
            panel->map.cell[i * set->groups + j] = skel_average_make(0, &overlap).y;
            if (i != j) {
                panel->map.cell[j * set->groups + i] = skel_average_make(0, &chance).y;
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
    size_t count = skel_plots_pick(plots, panels_of(plots), 2, sparsity);
    mask_set set = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_plots_create(
        plots, "overlap",
        "Overlap of masks, as Jaccard index (weights that both keep / weights that either keeps), "
        "mean over at most three seeds. Below the diagonal: two methods at the same seed. Above: "
        "the index of random masks with as many weights. On the diagonal: one method at two seeds",
        "Jaccard index; lower left: pairs of methods; upper right: by chance; "
        "diagonal: pairs of seeds",
        out));
    (*out)->panel_height = 0.0;
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(read_masks(plots, sparsity[i], &set));
        if (set.groups > 0) {
            SKEL_TRY(add_panel(plots, &set, sparsity[i], *out));
            explain_numbers(plots, &set, *out);
        }
        clear(&set);
    }
done:
    clear(&set);
    return status;
}
