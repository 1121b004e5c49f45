/* Masks of chosen layers as images: rows are outputs, columns are inputs times the kernel's taps.
 */
#include "plots_list.h"

#include "skel/memory.h"
#include "skel/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CHOSEN = 3, IMAGE_ROWS = 48, IMAGE_COLUMNS = 72 };

/* Height of a row of images, in points: a page holds 17 methods. */
static double height_of(size_t rows)
{
    return rows > 10 ? 22.0 : rows > 6 ? 36.0 : 54.0;
}

/* The layers that are shown: the first, the largest, the last. */
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

static skel_status choose(const char *path, chosen_layers *out)
{
    skel_reader *reader = NULL;
    size_t count = 0;
    size_t largest = 0;
    size_t most = 0;
    char **names = NULL;
    char dataset[2 * SKEL_FIGURE_LABEL];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_reader_list(reader, "/masks", &count, &names));
    for (size_t i = 0; i < count; i++) {
        size_t dims = 0;
        size_t shape[4] = {0};
        size_t size = 1;

        (void)snprintf(dataset, sizeof dataset, "/masks/%s", names[i]);
        SKEL_TRY(skel_reader_shape(reader, dataset, &dims, shape));
        for (size_t j = 0; j < dims; j++) {
            size *= shape[j];
        }
        largest = size > most ? i : largest;
        most = size > most ? size : most;
    }
    if (count > 0) {
        add_layer(out, names[0]);
        add_layer(out, names[largest]);
        add_layer(out, names[count - 1]);
    }
done:
    skel_reader_free_names(count, &names);
    skel_reader_close(&reader);
    return status;
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
    char dataset[2 * SKEL_FIGURE_LABEL];
    size_t dims = 0;
    size_t shape[4] = {0};
    size_t count = 0;
    uint8_t *keep = NULL;
    size_t rows = 0;
    size_t columns = 0;
    skel_status status = SKEL_OK;

    (void)snprintf(dataset, sizeof dataset, "/masks/%s", name);
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

/* Panels of one run, side by side. */
static skel_status add_row(skel_plots *plots, const skel_report_group *group,
                           const chosen_layers *layers, skel_figure *figure)
{
    const char *label = plots->section->line[group->line].label;
    skel_reader *reader = NULL;
    skel_panel *panel = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(skel_plots_run(plots, group, 0)->path, &reader));
    for (size_t i = 0; i < layers->count; i++) {
        SKEL_TRY(skel_figure_add_panel(figure, i == 0 ? label : "", &panel));
        SKEL_TRY(draw(reader, layers->name[i], panel));
    }
done:
    skel_reader_close(&reader);
    return status;
}

/* Names of the layers below the last row. */
static void name_layers(const chosen_layers *layers, skel_figure *figure)
{
    for (size_t i = 0; i < layers->count && figure->panels >= layers->count; i++) {
        skel_panel *panel = &figure->panel[figure->panels - layers->count + i];
        const char *name = layers->name[i];
        size_t length = strlen(name);
        size_t most = 17; /* characters that a third of the width holds */

        (void)snprintf(panel->x.label, sizeof panel->x.label, "%s",
                       length > most ? name + length - most : name);
    }
}

/* The group of a line that has runs, at the middle one of the sparsities. */
static const skel_report_group *group_of(const skel_plots *plots, size_t line, double sparsity)
{
    const skel_report_group *group = skel_report_section_find(plots->section, line, sparsity);

    return group != NULL && group->runs > 0 && !plots->section->line[line].is_dense ? group : NULL;
}

skel_status skel_plots_masks(skel_plots *plots, skel_figure **out)
{
    const skel_report_section *section = plots->section;
    char caption[SKEL_FIGURE_CAPTION];
    chosen_layers layers = {0};
    double sparsity = 0.0;
    size_t rows = 0;
    skel_status status = SKEL_OK;

    if (section->sparsities > 0) {
        sparsity = section->sparsity[(section->sparsities - 1) / 2];
    }
    (void)snprintf(caption, sizeof caption,
                   "Masks of the first, the largest and the last layer, at %.4g %% of the weights "
                   "kept, of each method's first seed. Rows are outputs, columns are inputs times "
                   "the kernel's taps; large layers are divided into blocks. Darker: a larger "
                   "share of the block is kept, on a scale of each image's own",
                   100.0 * (1.0 - sparsity));
    SKEL_TRY(skel_plots_create(plots, "masks", caption, "", out));
    (void)snprintf((*out)->note, sizeof(*out)->note, "of each method its first seed");
    for (size_t i = 0; i < section->lines; i++) {
        const skel_report_group *group = group_of(plots, i, sparsity);

        if (group != NULL && layers.count == 0) {
            SKEL_TRY(skel_plots_pass_over(plots,
                                          choose(skel_plots_run(plots, group, 0)->path, &layers)));
        }
        if (group != NULL && layers.count > 0) {
            SKEL_TRY(skel_plots_pass_over(plots, add_row(plots, group, &layers, *out)));
            rows++;
        }
    }
    (*out)->columns = layers.count > 0 ? layers.count : 1;
    (*out)->panel_height = height_of(rows);
    name_layers(&layers, *out);
done:
    return status;
}
