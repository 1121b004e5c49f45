/* Prints a file's layers, for skel inspect. */
#include "inspect.h"

#include "skel/layer_columns.h"
#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 24 }; /* at least; the longest name's if that is longer */

/* The columns of /metrics/layers that are shown, where the file has them. */
static const size_t shown[] = {
    SKEL_LAYER_EFFECTIVE,    SKEL_LAYER_LIVE_INPUTS, SKEL_LAYER_INPUTS,
    SKEL_LAYER_LIVE_OUTPUTS, SKEL_LAYER_OUTPUTS,     SKEL_LAYER_NO_PATH,
    SKEL_LAYER_NO_GRADIENT,  SKEL_LAYER_MACS_DENSE,  SKEL_LAYER_MACS_KEPT,
};

enum { SHOWN = sizeof shown / sizeof *shown };

/* A run's own figures of its layers. */
typedef struct figure_table {
    size_t layers;
    char **name;                       /* [layers], NULL if the file has no such table */
    double *value[SKEL_LAYER_COLUMNS]; /* [layers] each; NULL where not shown */
} figure_table;

/* One layer, or the sum of all. */
typedef struct layer_counts {
    char shape[SKEL_READER_SHAPE];
    size_t size;
    size_t kept;
    bool has_figures;
    double figure[SKEL_LAYER_COLUMNS]; /* 0 where not shown */
} layer_counts;

/* How rows are printed. */
typedef struct layout {
    bool tsv;
    bool masked;
    bool has_figures;
    int name_width;
} layout;

static void free_figures(figure_table *table)
{
    for (size_t i = 0; i < SHOWN; i++) {
        SKEL_FREE(&table->value[shown[i]]);
    }
    skel_reader_free_names(table->layers, &table->name);
}

/* Files of other origin, and of releases before, have none. */
static bool has_figures(skel_reader *reader)
{
    bool all = skel_reader_has(reader, "/metrics/layers/name");

    for (size_t i = 0; i < SHOWN; i++) {
        char path[SKEL_READER_PATH];

        skel_reader_member("/metrics/layers", skel_layer_columns[shown[i]].name, path);
        all = all && skel_reader_has(reader, path);
    }
    return all;
}

static skel_status read_figures(skel_reader *reader, figure_table *out)
{
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    if (!has_figures(reader)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_texts(reader, "/metrics/layers/name", &out->layers, &out->name));
    for (size_t i = 0; i < SHOWN; i++) {
        char path[SKEL_READER_PATH];
        size_t count = 0;

        skel_reader_member("/metrics/layers", skel_layer_columns[shown[i]].name, path);
        SKEL_TRY(skel_reader_doubles(reader, path, &count, &out->value[shown[i]]));
        if (count != out->layers) {
            status = SKEL_FAIL(SKEL_ERR_DATA, "%s: %s has %zu values for %zu layers",
                               skel_reader_path(reader), path, count, out->layers);
            goto done;
        }
    }
done:
    return status;
}

static void take_figures(const figure_table *table, const char *name, layer_counts *layer)
{
    for (size_t i = 0; i < table->layers; i++) {
        if (strcmp(table->name[i], name) == 0) {
            layer->has_figures = true;
            for (size_t k = 0; k < SHOWN; k++) {
                layer->figure[shown[k]] = table->value[shown[k]][i];
            }
        }
    }
}

static double share_of(double part, size_t whole)
{
    return whole > 0 ? part / (double)whole : 0;
}

static void print_figures_tsv(const layer_counts *layer)
{
    for (size_t k = 0; k < SHOWN; k++) {
        (void)(layer->has_figures ? printf("\t%.0f", layer->figure[shown[k]]) : printf("\t"));
    }
}

/* Whether a layer takes part at all is said in words; a sum has no channels. */
static void print_figures(const layer_counts *layer, bool whole)
{
    const double *figure = layer->figure;
    char in[48] = "";
    char out[48] = "";

    if (!layer->has_figures) {
        return;
    }
    if (!whole) {
        (void)snprintf(in, sizeof in, "%.0f/%.0f", figure[SKEL_LAYER_LIVE_INPUTS],
                       figure[SKEL_LAYER_INPUTS]);
        (void)snprintf(out, sizeof out, "%.0f/%.0f", figure[SKEL_LAYER_LIVE_OUTPUTS],
                       figure[SKEL_LAYER_OUTPUTS]);
    }
    (void)printf(" %9.4f %% %11s %11s %10.4g",
                 100 * share_of(figure[SKEL_LAYER_EFFECTIVE], layer->size), in, out,
                 figure[SKEL_LAYER_MACS_KEPT]);
    if (layer->kept == 0) {
        (void)printf("  collapsed: no weight is kept");
    } else if ((double)layer->kept == figure[SKEL_LAYER_NO_PATH]) {
        (void)printf("  collapsed: no weight is on a path");
    } else if (figure[SKEL_LAYER_EFFECTIVE] == 0) {
        (void)printf("  no weight has a gradient");
    }
}

static void print_row(const layout *how, const char *name, const layer_counts *layer, bool whole)
{
    double density = share_of((double)layer->kept, layer->size);

    if (how->tsv) {
        (void)printf("%s\t%s\t%zu", name, layer->shape, layer->size);
        if (how->masked) {
            (void)printf("\t%zu\t%.8g", layer->kept, density);
        }
    } else {
        (void)printf("  %-*s %-16s %10zu", how->name_width, name, layer->shape, layer->size);
        if (how->masked) {
            (void)printf(" %10zu %9.4f %%", layer->kept, 100.0 * density);
        }
    }
    if (how->has_figures && how->tsv) {
        print_figures_tsv(layer);
    } else if (how->has_figures) {
        print_figures(layer, whole);
    }
    (void)printf("\n");
}

static void print_head(const layout *how)
{
    if (how->tsv) {
        (void)printf("layer\tshape\tsize%s", how->masked ? "\tkept\tdensity" : "");
        for (size_t k = 0; how->has_figures && k < SHOWN; k++) {
            (void)printf("\t%s", skel_layer_columns[shown[k]].name);
        }
        (void)printf("\n");
        return;
    }
    (void)printf("  %-*s %-16s %10s%s%s\n", how->name_width, "layer", "shape", "size",
                 how->masked ? "       kept     density" : "",
                 how->has_figures ? "   effective     live in    live out  MAC/image" : "");
}

/* Reads a layer's mask. `*keep` is owned: [*count], 0 or 1. */
static skel_status read_mask(skel_reader *reader, const char *name, size_t *count, uint8_t **keep)
{
    char path[SKEL_READER_PATH];
    skel_status status = SKEL_OK;

    skel_reader_member("/masks", name, path);
    SKEL_TRY(skel_reader_bytes(reader, path, count, keep));
    for (size_t i = 0; i < *count; i++) {
        if ((*keep)[i] > 1) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of %s is %u; a mask holds 0 and 1",
                               skel_reader_path(reader), i, path, (unsigned)(*keep)[i]));
        }
    }
done:
    if (status != SKEL_OK) {
        SKEL_FREE(keep);
    }
    return status;
}

static skel_status look_at_layer(skel_reader *reader, const char *group, const char *name,
                                 bool masked, layer_counts *out)
{
    char path[SKEL_READER_PATH];
    size_t dims = 0;
    size_t shape[4];
    size_t count = 0;
    uint8_t *keep = NULL;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    skel_reader_member(group, name, path);
    SKEL_TRY(skel_reader_shape(reader, path, &dims, shape));
    skel_reader_shape_text(dims, shape, out->shape);
    out->size = 1;
    for (size_t i = 0; i < dims; i++) {
        out->size *= shape[i];
    }
    if (masked) {
        SKEL_TRY(read_mask(reader, name, &count, &keep));
    }
    for (size_t i = 0; i < count; i++) {
        out->kept += keep[i];
    }
done:
    SKEL_FREE(&keep);
    return status;
}

static void add_to(layer_counts *whole, const layer_counts *layer)
{
    whole->size += layer->size;
    whole->kept += layer->kept;
    whole->has_figures = whole->has_figures || layer->has_figures;
    for (size_t k = 0; k < SHOWN; k++) {
        whole->figure[shown[k]] += layer->figure[shown[k]];
    }
}

static skel_status print_layers(skel_reader *reader, const layout *how, size_t count,
                                char *const names[], const figure_table *figures)
{
    layer_counts whole = {0};
    skel_status status = SKEL_OK;

    if (count > 0 || how->tsv) {
        print_head(how);
    }
    for (size_t i = 0; i < count; i++) {
        layer_counts layer;

        SKEL_TRY(look_at_layer(reader, how->masked ? "/masks" : "/weights", names[i], how->masked,
                               &layer));
        take_figures(figures, names[i], &layer);
        print_row(how, names[i], &layer, false);
        add_to(&whole, &layer);
    }
    if (count > 0 && !how->tsv) {
        print_row(how, "whole", &whole, true);
    }
done:
    return status;
}

skel_status skel_inspect_layers(skel_reader *reader, bool tsv)
{
    layout how = {
        .tsv = tsv, .masked = skel_reader_has(reader, "/masks"), .name_width = NAME_WIDTH};
    size_t count = 0;
    char **names = NULL;
    figure_table figures = {0};
    skel_status status = SKEL_OK;

    /* damage must not look like a file of an earlier release, which has fewer figures */
    SKEL_TRY(skel_reader_check(reader, "/masks", NULL));
    SKEL_TRY(skel_reader_check(reader, "/metrics/layers", NULL));
    SKEL_TRY(skel_reader_list(reader, how.masked ? "/masks" : "/weights", &count, &names));
    SKEL_TRY(read_figures(reader, &figures));
    how.has_figures = how.masked && figures.name != NULL;
    for (size_t i = 0; i < count; i++) {
        int length = (int)strlen(names[i]);

        how.name_width = length > how.name_width ? length : how.name_width;
    }
    SKEL_TRY(print_layers(reader, &how, count, names, &figures));
done:
    free_figures(&figures);
    skel_reader_free_names(count, &names);
    return status;
}
