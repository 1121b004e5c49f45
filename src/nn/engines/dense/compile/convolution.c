/* Convolutions: which of oneDNN's algorithms, in which direction. */
#include "convolution.h"

#include "grouped.h"
#include "layer.h"
#include "matmul.h"
#include "spans.h"
#include "tiles.h"
#include "winograd.h"

#include <string.h>

typedef struct shape {
    skel_onednn_layer layer;
    bool direct; /* by no algorithm of Winograd's */
} shape;

/* The input with as many channels as its blocks have room for. oneDNN takes fewer channels than a
 * block for an image in plain layout, and has no fast kernel for them in blocks. The channels that
 * this adds are 0 in the data, and skel_dense_layer_compile() hides them in the weights. */
static skel_graph_tensor widened(const skel_graph_tensor *input)
{
    skel_graph_tensor wide = *input;

    if (wide.channels < wide.block) {
        wide.channels = wide.padded;
    }
    return wide;
}

/* Whether batch norm alone reads a tensor. */
static bool is_only_normalised(const skel_graph *graph, const skel_graph_tensor *tensor)
{
    for (size_t u = 0; u < tensor->uses; u++) {
        const skel_graph_step *reader = &graph->step[graph->use[tensor->first_use + u].step];

        if (reader->kind != SKEL_STEP_NORM || reader->op->kind != SKEL_OP_BATCHNORM) {
            return false;
        }
    }
    return tensor->uses > 0;
}

/* Whether no algorithm of Winograd's may compute a layer: no such plan, or no batch norm behind the
 * layer. Where all products of a sum are 0, on black pixels, the output is the bias, which may be
 * 0, and a ReLU lets no gradient through. Winograd's algorithm leaves rounding errors there, and
 * the ReLU would let the gradient of every second such pixel through. */
static bool stays_direct(const skel_dense *dense, const skel_dense_plan *plan,
                         const skel_graph_step *step)
{
    return plan->direct || !is_only_normalised(&dense->graph, &dense->graph.tensor[step->output]);
}

static skel_status shape_of(const skel_dense *dense, const skel_dense_plan *plan,
                            size_t step_number, shape *out)
{
    const skel_graph_step *step = &dense->graph.step[step_number];
    const skel_op *op = step->op;
    size_t groups = op->groups > 1 ? op->groups : 1;
    const skel_graph_tensor input = widened(&dense->graph.tensor[step->operand[SKEL_STEP_INPUT]]);
    const skel_graph_tensor *output = &dense->graph.tensor[step->output];
    const dnnl_dims_t weights = {(dnnl_dim_t)groups, (dnnl_dim_t)(output->channels / groups),
                                 (dnnl_dim_t)(input.channels / groups),
                                 (dnnl_dim_t)op->window.kernel[0],
                                 (dnnl_dim_t)op->window.kernel[1]};
    const dnnl_dims_t bias = {(dnnl_dim_t)output->channels};
    skel_onednn_layer *layer = &out->layer;
    skel_status status = SKEL_OK;

    *out = (shape){.layer = {.has_bias = op->bias != SKEL_NONE, .name = op->name},
                   .direct = stays_direct(dense, plan, step)};
    for (size_t d = 0; d < 2; d++) {
        layer->strides[d] = (dnnl_dim_t)op->window.stride[d];
        layer->dilates[d] = (dnnl_dim_t)op->window.dilation[d] - 1;
        layer->before[d] = (dnnl_dim_t)op->window.before[d];
        layer->after[d] = (dnnl_dim_t)op->window.after[d];
    }
    SKEL_TRY(skel_onednn_tensor(&input, plan->images, &layer->source));
    SKEL_TRY(skel_onednn_tensor(output, plan->images, &layer->destination));
    SKEL_ONEDNN_TRY(skel_onednn_layout_make(groups > 1 ? 5 : 4, groups > 1 ? weights : weights + 1,
                                            dnnl_format_tag_any, &layer->weights),
                    "description", op->name);
    SKEL_ONEDNN_TRY(skel_onednn_layout_make(1, bias, dnnl_x, &layer->bias), "description",
                    op->name);
done:
    return status;
}

/* Whether a convolution is 3x3 with a stride of 1 and a padding of 1, without groups. */
static bool is_three_by_three(const skel_op *op)
{
    const skel_window square = skel_window_square(3, 1, 1);
    bool same = op->groups == 1;

    for (size_t d = 0; d < 2; d++) {
        same = same && op->window.kernel[d] == square.kernel[d] &&
               op->window.stride[d] == square.stride[d] &&
               op->window.dilation[d] == square.dilation[d] &&
               op->window.before[d] == square.before[d] && op->window.after[d] == square.after[d];
    }
    return same;
}

/* Whether oneDNN is asked at all: not where a whole window fits into the padding, which is rare,
 * and nothing that its kernels are tested with. */
static bool asks_onednn(const skel_op *op, const skel_dense_layer_choice *choice)
{
    const skel_window *w = &op->window;
    bool usual = true;

    for (size_t d = 0; d < 2; d++) {
        size_t reach = (w->kernel[d] - 1) * w->dilation[d];

        usual = usual && w->before[d] <= reach && w->after[d] <= reach;
    }
    return usual && !skel_dense_grouped_preferred(&choice->grouped);
}

/* Whether oneDNN's kernel of Winograd's algorithm F(4x4, 3x3) should be faster, from its cost in
 * multiply-adds per pair of channels: 36 a tile and the transforms of data, and about 1100 for the
 * weights'. The direct algorithm skips taps on the padding and wastes time in the weights'
 * gradient. Its rounding errors are below 1e-5 of a tensor's norm. Source: Lavin and Gray 2016. */
static bool prefers_winograd(const skel_dense *dense, const skel_dense_plan *plan,
                             const skel_graph_step *step, skel_dense_direction direction)
{
    size_t images = plan->images;
    const skel_graph_tensor *out = &dense->graph.tensor[step->output];
    size_t tiles = images * ((out->height + 3) / 4) * ((out->width + 3) / 4);
    double taps = (double)(images * (3 * out->height - 2) * (3 * out->width - 2));

    if (stays_direct(dense, plan, step) || !is_three_by_three(step->op) ||
        dense->graph.tensor[step->operand[SKEL_STEP_INPUT]].channels < 16) {
        return false;
    }
    if (direction == SKEL_DENSE_BACKWARD_WEIGHTS) {
        taps = 1.5 * 9 * (double)(images * out->height * out->width);
    }
    return 45 * (double)tiles + 1100 < taps;
}

/* One of the engine's own algorithms, and whether it is faster than oneDNN's kernels. */
typedef struct own_algorithm {
    skel_dense_algorithm kind;
    bool preferred;
} own_algorithm;

static own_algorithm own_algorithm_of(const shape *s, skel_dense_direction direction,
                                      const skel_dense_layer_choice *choice)
{
    const skel_dense_f32_tiles *tiles = &choice->tiles;

    if (choice->grouped.images > 0) {
        return (own_algorithm){.kind = SKEL_DENSE_TILES};
    }
    if (!s->direct && skel_dense_winograd_preferred(tiles, direction)) {
        return (own_algorithm){.kind = SKEL_DENSE_WINOGRAD, .preferred = true};
    }
    if (skel_dense_spans_preferred(tiles, direction)) {
        return (own_algorithm){.kind = SKEL_DENSE_SPANS, .preferred = true};
    }
    if (skel_dense_matmul_preferred(tiles, direction)) {
        return (own_algorithm){.kind = SKEL_DENSE_MATMUL, .preferred = true};
    }
    return (own_algorithm){.kind = SKEL_DENSE_TILES,
                           .preferred = skel_dense_tiles_preferred(tiles, direction)};
}

/* The engine's own algorithm where it is faster than oneDNN's kernels; else Winograd's of oneDNN, if
 * it is preferred, and the engine's own if oneDNN has none for this processor, as with version 3;
 * else the direct one of oneDNN. The engine's own takes its place, too, where oneDNN has none but
 * plain loops, and backward where oneDNN has no forward primitive, which the backward ones refer to.
 */
static skel_status choose(const skel_dense *dense, skel_dense_direction direction, bool winograd,
                          const shape *s, skel_dense_layer_choice *choice,
                          dnnl_primitive_desc_t *out)
{
    const own_algorithm own = own_algorithm_of(s, direction, choice);
    bool asks_winograd = winograd && !own.preferred;
    dnnl_alg_kind_t algorithm = asks_winograd ? dnnl_convolution_winograd : dnnl_convolution_direct;
    bool slow = false;
    skel_status status = SKEL_OK;

    choice->algorithm[direction] = own.kind;
    if (direction != SKEL_DENSE_FORWARD && choice->forward == NULL) {
        choice->own[direction] = true;
        return SKEL_OK;
    }
    SKEL_TRY(skel_onednn_ask(&dense->dnnl, &s->layer, algorithm, direction, choice->forward, &slow,
                             out));
    if (slow && asks_winograd) {
        if (*out != NULL) {
            (void)dnnl_primitive_desc_destroy(*out);
            *out = NULL; /* may be `choice->forward` */
        }
        SKEL_TRY(choose(dense, direction, false, s, choice, out));
        if (skel_dense_winograd_pays(&choice->tiles)) {
            choice->algorithm[direction] = SKEL_DENSE_WINOGRAD;
            choice->own[direction] = true;
        }
        goto done;
    }
    choice->own[direction] = slow || own.preferred;
done:
    return status;
}

/* Chooses all directions that are wanted. */
static skel_status choose_all(const skel_dense *dense, const skel_dense_plan *plan,
                              size_t step_number, skel_dense_layer_choice *choice)
{
    const skel_graph_step *step = &dense->graph.step[step_number];
    bool back = !dense->base.options.inference;
    bool to_data = back && dense->graph.tensor[step->operand[SKEL_STEP_INPUT]].differentiable;
    const bool wanted[SKEL_DENSE_DIRECTIONS] = {true, to_data, back};
    dnnl_primitive_desc_t *const out[SKEL_DENSE_DIRECTIONS] = {
        &choice->forward, &choice->backward_data, &choice->backward_weights};
    shape s = {0};
    skel_status status = SKEL_OK;

    if (!asks_onednn(step->op, choice)) {
        memcpy(choice->own, wanted, sizeof wanted);
        return SKEL_OK;
    }
    SKEL_TRY(shape_of(dense, plan, step_number, &s));
    for (unsigned d = 0; d < SKEL_DENSE_DIRECTIONS; d++) {
        if (wanted[d]) {
            SKEL_TRY(choose(dense, d, prefers_winograd(dense, plan, step, d), &s, choice, out[d]));
        }
    }
done:
    skel_onednn_layer_clear(&s.layer);
    return status;
}

skel_status skel_dense_convolution_compile(skel_dense *dense, const skel_dense_plan *plan,
                                           size_t step_number, skel_dense_work *work)
{
    const skel_graph_step *step = &dense->graph.step[step_number];
    skel_dense_layer_choice choice = {
        .grouped = skel_dense_grouped_of(&dense->graph, step, plan->images,
                                         (size_t)dense->base.options.threads)};
    skel_status status = SKEL_OK;

    if (choice.grouped.images == 0) {
        choice.tiles = skel_dense_tiles_of(&dense->graph, step, plan->images);
    }
    SKEL_TRY(choose_all(dense, plan, step_number, &choice));
    status = skel_dense_layer_compile(dense, step_number, &choice, work);
done:
    skel_dense_layer_clear(&choice);
    return status;
}
