/* Singular values of layers. */
#include "skel/layer_spectrum.h"

#include "skel/memory.h"
#include "skel/singular.h"

/* The layer whose elements a matrix takes. */
typedef struct skel_layer {
    const float *parameters; /* of the layer */
    const uint8_t *keep;
    size_t columns;
    skel_layer_matrix what;
} skel_layer;

static double element(void *context, size_t row, size_t column)
{
    const skel_layer *layer = context;
    size_t i = row * layer->columns + column;

    switch (layer->what) {
    case SKEL_LAYER_WEIGHTS:
        return (double)layer->parameters[i];
    case SKEL_LAYER_MASKED:
        return layer->keep[i] ? (double)layer->parameters[i] : 0;
    case SKEL_LAYER_MASK:
        break;
    }
    return layer->keep[i];
}

skel_status skel_layer_spectrum(const skel_grid *grid, const skel_network *network,
                                size_t parameter, const float parameters[], const uint8_t keep[],
                                skel_layer_matrix what, skel_spectrum *out)
{
    const skel_parameter *it = &network->parameter[parameter];
    size_t rows = it->shape[0];
    skel_layer layer = {.parameters = parameters + it->offset,
                        .keep = keep + it->offset,
                        .columns = it->count / rows,
                        .what = what};
    size_t count = rows < layer.columns ? rows : layer.columns;
    skel_matrix *matrix = NULL;
    double *values = NULL;
    skel_status status = SKEL_OK;

    *out = (skel_spectrum){0};
    SKEL_TRY(skel_comm_agree(skel_grid_comm(grid), SKEL_ALLOC(count, sizeof *values, &values)));
    SKEL_TRY(skel_matrix_create(grid, rows, layer.columns, &matrix));
    skel_matrix_fill(matrix, element, &layer);
    SKEL_TRY(skel_singular_values(matrix, values));
    status = skel_comm_agree(skel_grid_comm(grid), skel_spectrum_of_values(count, values, out));
done:
    skel_matrix_destroy(&matrix);
    SKEL_FREE(&values);
    return status;
}
