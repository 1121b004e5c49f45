/* Convolutions that the engine's own tiles execute. */
#include "tiles.h"

#include "shape.h"

#include "../kernels/matmul.h"
#include "../kernels/spans.h"
#include "../kernels/winograd.h"

#include "skel/isa.h"

#include <stdint.h>

skel_dense_f32_tiles skel_dense_tiles_of(const skel_graph *graph, const skel_graph_step *step,
                                         size_t images)
{
    const skel_graph_tensor *input = &graph->tensor[step->operand[SKEL_STEP_INPUT]];
    const skel_graph_tensor *output = &graph->tensor[step->output];
    const skel_op *op = step->op;

    return (skel_dense_f32_tiles){.images = images,
                                  .lanes = output->block,
                                  .inputs = input->channels,
                                  .outputs = output->channels,
                                  .has_bias = op->bias != SKEL_NONE,
                                  .height = input->height,
                                  .width = input->width,
                                  .out_height = output->height,
                                  .out_width = output->width,
                                  .window = skel_dense_shape_window(op),
                                  .plain = input->block == 1};
}

/* The longest row of pixels for which a direction's tiles are faster, 0 for none. oneDNN's kernels
 * for 8 lanes take rows of pixels, and short rows leave registers unused; its backward pass to the
 * data uses them best. The tiles' columns are images, or input channels, and do not depend on the
 * row; few channels do not pay for the tiles' panels. With 16 lanes oneDNN's rows are shorter, and
 * it has Winograd's algorithm for a stride of 1. */
static size_t longest_row(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    enum { FEW = 32, SOME = 64, MANY = 128, TINY = 2, SHORT = 4, MIDDLE = 8, WIDE = 16 };
    size_t channels = t->inputs < t->outputs ? t->inputs : t->outputs;

    if (channels < FEW) {
        return 0;
    }
    if (t->lanes == WIDE) {
        bool strides = t->window.stride[0] > 1 || t->window.stride[1] > 1;

        return direction == SKEL_DENSE_BACKWARD_WEIGHTS && strides ? SHORT : TINY;
    }
    switch (direction) {
    case SKEL_DENSE_FORWARD:
        return channels < MANY ? SHORT : MIDDLE;
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        return channels < SOME ? SHORT : MIDDLE;
    case SKEL_DENSE_BACKWARD_DATA:
        break;
    }
    return SHORT;
}

bool skel_dense_tiles_preferred(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    enum { NARROW = 8, IMAGES = 2 * 6 };

    return (t->lanes == NARROW || skel_isa_best() == SKEL_ISA_AVX512) && !t->plain &&
           skel_dense_window_taps(&t->window) > 1 && t->images >= IMAGES &&
           t->out_width <= longest_row(t, direction);
}

skel_status skel_dense_tiles_layout(const skel_dense_f32_tiles *t, skel_dense_algorithm algorithm,
                                    skel_dense_direction direction, const skel_onednn_layout *flat,
                                    skel_onednn_layout *layout)
{
    static const int swap[] = {1, 0, 2, 3};
    static const char what[] = "description";
    static const char name[] = "the weights of tiles";
    dnnl_format_tag_t tag = t->lanes == 16 ? dnnl_Ohwi16o : dnnl_Ohwi8o;
    const dnnl_dims_t shape = {(dnnl_dim_t)t->outputs, (dnnl_dim_t)t->inputs,
                               (dnnl_dim_t)t->window.kernel[0], (dnnl_dim_t)t->window.kernel[1]};
    const dnnl_dims_t swapped = {shape[1], shape[0], shape[2], shape[3]};
    skel_onednn_layout md = {0};
    skel_status status = SKEL_OK;

    if (direction == SKEL_DENSE_BACKWARD_WEIGHTS && algorithm != SKEL_DENSE_TILES) {
        return skel_onednn_check(skel_onednn_layout_copy(flat, layout), what, name);
    }
    if (direction != SKEL_DENSE_BACKWARD_DATA || algorithm == SKEL_DENSE_SPANS) {
        SKEL_ONEDNN_TRY(skel_onednn_layout_make(4, shape, tag, layout), what, name);
    } else { /* inputs and outputs change places */
        SKEL_ONEDNN_TRY(skel_onednn_layout_make(4, swapped, tag, &md), what, name);
        SKEL_ONEDNN_TRY(skel_onednn_layout_permute(&md, swap, layout), what, name);
    }
done:
    skel_onednn_layout_clear(&md);
    return status;
}

/* The functions of an algorithm. */
typedef struct algorithm {
    size_t (*scratch)(const skel_dense_f32_tiles *shape, skel_dense_direction direction);
    void (*forward)(const skel_dense_f32_tiles *shape, const float *x, const float *weights,
                    const float *bias, float *y, float *scratch);
    void (*backward_data)(const skel_dense_f32_tiles *shape, const float *dy, const float *weights,
                          float *dx, float *scratch);
    void (*backward_weights)(const skel_dense_f32_tiles *shape, const float *x, const float *dy,
                             float *dweights, float *dbias, float *scratch);
} algorithm;

static const algorithm algorithms[] = {
    [SKEL_DENSE_TILES] = {skel_dense_f32_tiles_scratch, skel_dense_f32_tiles_forward,
                          skel_dense_f32_tiles_backward_data,
                          skel_dense_f32_tiles_backward_weights},
    [SKEL_DENSE_WINOGRAD] = {skel_dense_f32_winograd_scratch, skel_dense_f32_winograd_forward,
                             skel_dense_f32_winograd_backward_data,
                             skel_dense_f32_winograd_backward_weights},
    [SKEL_DENSE_MATMUL] = {skel_dense_f32_matmul_scratch, skel_dense_f32_matmul_forward,
                           skel_dense_f32_matmul_backward_data,
                           skel_dense_f32_matmul_backward_weights},
    [SKEL_DENSE_SPANS] = {skel_dense_f32_spans_scratch, skel_dense_f32_spans_forward,
                          skel_dense_f32_spans_backward_data,
                          skel_dense_f32_spans_backward_weights},
};

size_t skel_dense_tiles_scratch(const skel_dense_f32_tiles *t, skel_dense_algorithm by,
                                skel_dense_direction direction)
{
    return algorithms[by].scratch(t, direction);
}

void skel_dense_tiles_run(const skel_dense_call *call, const void *const data[], void *scratch)
{
    const skel_dense_f32_tiles *t = &call->tiles;
    const algorithm *by = &algorithms[call->algorithm];
    /* outputs, as of oneDNN's calls, are among addresses that are not writable */
    float *third = (float *)(uintptr_t)data[2];

    switch (call->direction) {
    case SKEL_DENSE_FORWARD:
        by->forward(t, data[0], data[1], t->has_bias ? data[3] : NULL, third, scratch);
        break;
    case SKEL_DENSE_BACKWARD_DATA:
        by->backward_data(t, data[0], data[1], third, scratch);
        break;
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        by->backward_weights(t, data[0], data[1], third,
                             t->has_bias ? (float *)(uintptr_t)data[3] : NULL, scratch);
        break;
    }
}
