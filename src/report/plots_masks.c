/* Masks of chosen layers as images: rows are outputs, columns are inputs times the kernel's taps.
 */
#include "plots_list.h"

#include "skel/memory.h"
#include "skel/reader.h"

#include "figure_layout.h"
#include "plots_names.h"

#include <stdio.h>
#include <string.h>

enum {
    CHOSEN = 3,
    IMAGE_ROWS = 48,
    IMAGE_COLUMNS = 72,
    MOST_ROWS = 16, /* of methods, on a page */
    BESIDE = 2,     /* methods in a row, if they are more */
    ROW_NAME = 48,  /* characters that the width holds */
};

/* Height of a row of images, in points. */
static double height_of(size_t rows)
{
    return rows > 10 ? 22.0 : rows > 6 ? 36.0 : 54.0;
}

/* The layers that are shown: the first, the largest, the last; or the largest alone. */
typedef struct chosen_layers {
    size_t count;
    char name[CHOSEN][SKEL_FIGURE_LABEL];
} chosen_layers;

static void add_layer(chosen_layers *chosen, const char *name)
{
    for (size_t i = 0; i < chosen->count; i++) {
        if (strcmp(chosen->name[i], name) == 0) {
            return;
        }
    }
    (void)snprintf(chosen->name[chosen->count++], SKEL_FIGURE_LABEL, "%s", name);
}

static skel_status choose(const char *path, bool the_largest, chosen_layers *out)
{
    skel_reader *reader = NULL;
    size_t count = 0;
    size_t largest = 0;
    size_t most = 0;
    char **names = NULL;
    char dataset[SKEL_READER_PATH];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_reader_list(reader, "/masks", &count, &names));
    for (size_t i = 0; i < count; i++) {
        size_t dims = 0;
        size_t shape[4] = {0};
        size_t size = 1;

        skel_reader_member("/masks", names[i], dataset);
        SKEL_TRY(skel_reader_shape(reader, dataset, &dims, shape));
        for (size_t j = 0; j < dims; j++) {
            size *= shape[j];
        }
        largest = size > most ? i : largest;
        most = size > most ? size : most;
    }
    if (count > 0) {
        add_layer(out, names[the_largest ? largest : 0]);
        add_layer(out, names[largest]);
        add_layer(out, names[the_largest ? largest : count - 1]);
    }
done:
    skel_reader_free_names(count, &names);
    return skel_reader_close(&reader, status);
}

/* Blocks of the mask become cells: the share of a block's weights that is kept. */
static void shrink(const uint8_t keep[], size_t rows, size_t columns, skel_map *map)
{
    for (size_t i = 0; i < map->rows; i++) {
        for (size_t j = 0; j < map->columns; j++) {
            size_t row_end = (i + 1) * rows / map->rows;
            size_t column_end = (j + 1) * columns / map->columns;
            size_t kept = 0;
            size_t all = 0;

            for (size_t r = i * rows / map->rows; r < row_end; r++) {
                for (size_t c = j * columns / map->columns; c < column_end; c++) {
                    kept += keep[r * columns + c] != 0;
                    all++;
                }
            }
            map->cell[i * map->columns + j] = (double)kept / (double)all;
        }
    }
}

static skel_status draw(skel_reader *reader, const char *name, skel_panel *panel)
{
    char dataset[SKEL_READER_PATH];
    size_t dims = 0;
    size_t shape[4] = {0};
    size_t count = 0;
    uint8_t *keep = NULL;
    size_t rows = 0;
    size_t columns = 0;
    skel_status status = SKEL_OK;

    skel_reader_member("/masks", name, dataset);
    SKEL_TRY(skel_reader_shape(reader, dataset, &dims, shape));
    SKEL_TRY(skel_reader_bytes(reader, dataset, &count, &keep));
    if (dims > 0 && shape[0] > 0 && count > 0) {
        rows = shape[0];
        columns = count / rows;
        SKEL_TRY(skel_panel_add_map(panel, rows < IMAGE_ROWS ? rows : IMAGE_ROWS,
                                    columns < IMAGE_COLUMNS ? columns : IMAGE_COLUMNS));
        panel->map.is_mask = true;
        shrink(keep, rows, columns, &panel->map);
    }
done:
    SKEL_FREE(&keep);
    return status;
}

/* Panels of one run, side by side, under its name. */
static skel_status add_run(skel_plots *plots, const skel_report_group *group,
                           const chosen_layers *layers, size_t room, skel_figure *figure)
{
    char label[SKEL_FIGURE_LABEL];
    char title[SKEL_FIGURE_LABEL];
    skel_reader *reader = NULL;
    skel_panel *panel = NULL;
    skel_status status = SKEL_OK;

    skel_plots_label(plots, group->line, label);
    skel_layout_shorten(label, room, title);
    SKEL_TRY(skel_reader_open(skel_plots_run(plots, group, 0)->path, &reader));
    for (size_t i = 0; i < layers->count; i++) {
        SKEL_TRY(skel_figure_add_panel(figure, i == 0 ? title : "", &panel));
        SKEL_TRY(draw(reader, layers->name[i], panel));
    }
done:
    return skel_reader_close(&reader, status);
}

/* Names of the layers below the last row. */
static void name_layers(const chosen_layers *layers, skel_figure *figure)
{
    for (size_t i = 0; i < layers->count && figure->panels >= layers->count; i++) {
        skel_panel *panel = &figure->panel[figure->panels - layers->count + i];

        skel_plots_layer(layers->name[i], ROW_NAME / layers->count, panel->x.label);
    }
}

/* The sparsity at which the most methods have masks; of several the middle one. */
static double choose_sparsity(const skel_plots *plots)
{
    const skel_report_section *section = plots->section;
    size_t most = 1;
    size_t equal = 0;
    double sparsity = 0.0;

    for (size_t i = 0; i < section->sparsities; i++) {
        size_t lines = skel_plots_lines_at(plots, section->sparsity[i]);

        equal = lines > most ? 1 : equal + (lines == most);
        most = lines > most ? lines : most;
    }
    equal = (equal + 1) / 2;
    for (size_t i = 0; i < section->sparsities && equal > 0; i++) {
        if (skel_plots_lines_at(plots, section->sparsity[i]) == most) {
            sparsity = section->sparsity[i];
            equal--;
        }
    }
    return sparsity;
}

/* Many methods stand side by side, with the largest layer alone. */
static skel_status add_runs(skel_plots *plots, double sparsity, bool are_many, skel_figure *figure)
{
    const skel_report_section *section = plots->section;
    chosen_layers layers = {0};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < section->lines; i++) {
        const skel_report_group *group = skel_report_section_find(section, i, sparsity);

        if (group == NULL || group->runs == 0 || section->line[i].is_dense) {
            continue;
        }
        if (layers.count == 0) {
            status = choose(skel_plots_run(plots, group, 0)->path, are_many, &layers);
            SKEL_TRY(skel_plots_pass_over(plots, status));
        }
        if (layers.count > 0) {
            status =
                add_run(plots, group, &layers, are_many ? ROW_NAME / BESIDE : ROW_NAME, figure);
            SKEL_TRY(skel_plots_pass_over(plots, status));
        }
    }
    figure->columns = are_many ? BESIDE : layers.count > 0 ? layers.count : 1;
    figure->panel_height = height_of((figure->panels + figure->columns - 1) / figure->columns);
    if (are_many && layers.count > 0) {
        char name[SKEL_FIGURE_LABEL];
        size_t used = strlen(figure->note);

        skel_plots_layer(layers.name[0], ROW_NAME, name);
        (void)snprintf(figure->note + used, sizeof figure->note - used, "; the largest layer, %s",
                       name);
    } else {
        name_layers(&layers, figure);
    }
done:
    return status;
}

skel_status skel_plots_masks(skel_plots *plots, skel_figure **out)
{
    const double sparsity = choose_sparsity(plots);
    const bool are_many = skel_plots_lines_at(plots, sparsity) > MOST_ROWS;
    char caption[SKEL_FIGURE_CAPTION];
    char kept[SKEL_FIGURE_LABEL];
    skel_status status = SKEL_OK;

    skel_plots_title(plots, sparsity, kept);
    (void)snprintf(caption, sizeof caption,
                   "Masks of %s, %s, first seed of each method. Rows are outputs, columns are "
                   "inputs times the kernel's taps; large layers are divided into blocks. Darker: "
                   "a larger share of the block is kept, on a scale of each image's own",
                   are_many ? "the largest layer" : "the first, the largest and the last layer",
                   kept);
    SKEL_TRY(skel_plots_create(plots, "masks", caption, "", out));
    (void)snprintf((*out)->note, sizeof(*out)->note, "first seed of each method, %s", kept);
    SKEL_TRY(add_runs(plots, sparsity, are_many, *out));
done:
    return status;
}
