/* What skel inspect prints of a file's layers. */
#include "inspect.h"
#include "layer_masks.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 36 };

/* One layer, or the sum of all. */
typedef struct layer_counts {
    char shape[SKEL_LAYER_SHAPE];
    size_t size;
    size_t kept;
} layer_counts;

static void print_row(bool tsv, bool masked, const char *name, const layer_counts *layer)
{
    double density = layer->size > 0 ? (double)layer->kept / (double)layer->size : 0.0;

    if (tsv) {
        (void)printf("%s\t%s\t%zu", name, layer->shape, layer->size);
        (void)(masked ? printf("\t%zu\t%.8g\n", layer->kept, density) : printf("\n"));
    } else {
        (void)printf("  %-*s %-16s %10zu", NAME_WIDTH, name, layer->shape, layer->size);
        (void)(masked ? printf(" %10zu %9.4f %%\n", layer->kept, 100.0 * density) : printf("\n"));
    }
}

static void print_head(bool tsv, bool masked)
{
    if (tsv) {
        (void)printf("layer\tshape\tsize%s\n", masked ? "\tkept\tdensity" : "");
    } else {
        (void)printf("  %-*s %-16s %10s%s\n", NAME_WIDTH, "layer", "shape", "size",
                     masked ? "       kept     density" : "");
    }
}

static skel_status look_at_layer(skel_reader *reader, const char *group, const char *name,
                                 bool masked, layer_counts *out)
{
    char path[SKEL_LAYER_PATH];
    size_t dims = 0;
    size_t shape[4];
    size_t count = 0;
    uint8_t *keep = NULL;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    skel_layer_path(group, name, path);
    SKEL_TRY(skel_reader_shape(reader, path, &dims, shape));
    skel_layer_shape_text(dims, shape, out->shape);
    out->size = 1;
    for (size_t i = 0; i < dims; i++) {
        out->size *= shape[i];
    }
    if (masked) {
        SKEL_TRY(skel_layer_mask(reader, name, &count, &keep));
    }
    for (size_t i = 0; i < count; i++) {
        out->kept += keep[i];
    }
done:
    SKEL_FREE(&keep);
    return status;
}

skel_status skel_inspect_layers(skel_reader *reader, bool tsv)
{
    bool masked = skel_reader_has(reader, "/masks");
    const char *group = masked ? "/masks" : "/weights";
    layer_counts whole = {0};
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list(reader, group, &count, &names));
    if (count > 0 || tsv) {
        print_head(tsv, masked);
    }
    for (size_t i = 0; i < count; i++) {
        layer_counts layer;

        SKEL_TRY(look_at_layer(reader, group, names[i], masked, &layer));
        print_row(tsv, masked, names[i], &layer);
        whole.size += layer.size;
        whole.kept += layer.kept;
    }
    if (count > 0 && !tsv) {
        print_row(tsv, masked, "whole", &whole);
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}
