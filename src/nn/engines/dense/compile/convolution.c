/* Convolutions: which of oneDNN's algorithms, in which direction. */
#include "convolution.h"

#include "layer.h"
#include "tiles.h"

typedef struct shape {
    dnnl_memory_desc_t source;
    dnnl_memory_desc_t weights;
    dnnl_memory_desc_t bias;
    dnnl_memory_desc_t destination;
    dnnl_dims_t strides;
    dnnl_dims_t padding;
    bool has_bias;
    const char *name;
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

static skel_status shape_of(const skel_dense *dense, size_t images, size_t step_number, shape *out)
{
    const skel_graph_step *step = &dense->graph.step[step_number];
    const skel_op *op = step->op;
    const skel_graph_tensor input = widened(&dense->graph.tensor[step->operand[SKEL_STEP_INPUT]]);
    const skel_graph_tensor *output = &dense->graph.tensor[step->output];
    const dnnl_dims_t weights = {(dnnl_dim_t)output->channels, (dnnl_dim_t)input.channels,
                                 (dnnl_dim_t)op->window.kernel[0],
                                 (dnnl_dim_t)op->window.kernel[0]};
    const dnnl_dims_t bias = {(dnnl_dim_t)output->channels};
    skel_status status = SKEL_OK;

    *out = (shape){.strides = {(dnnl_dim_t)op->window.stride[0], (dnnl_dim_t)op->window.stride[0]},
                   .padding = {(dnnl_dim_t)op->window.before[0], (dnnl_dim_t)op->window.before[0]},
                   .has_bias = op->bias != SKEL_NONE,
                   .name = op->name};
    SKEL_TRY(skel_onednn_tensor(&input, images, &out->source));
    SKEL_TRY(skel_onednn_tensor(output, images, &out->destination));
    SKEL_ONEDNN_TRY(
        dnnl_memory_desc_init_by_tag(&out->weights, 4, weights, dnnl_f32, dnnl_format_tag_any),
        "description", op->name);
    SKEL_ONEDNN_TRY(dnnl_memory_desc_init_by_tag(&out->bias, 1, bias, dnnl_f32, dnnl_x),
                    "description", op->name);
done:
    return status;
}

/* Whether Winograd's algorithm F(4x4, 3x3) should be faster, from its cost in multiply-adds per
 * pair of channels: 36 a tile and the transforms of data, and about 1100 for the weights'. The
 * direct algorithm skips taps on the padding and wastes time in the weights' gradient.
 * Its rounding errors are below 1e-5 of a tensor's norm. Source: Lavin and Gray 2016. */
static bool prefers_winograd(const skel_dense *dense, const skel_dense_plan *plan,
                             const skel_graph_step *step, bool of_weights)
{
    size_t images = plan->images;
    const skel_graph_tensor *out = &dense->graph.tensor[step->output];
    size_t tiles = images * ((out->height + 3) / 4) * ((out->width + 3) / 4);
    double taps = (double)(images * (3 * out->height - 2) * (3 * out->width - 2));

    if (plan->direct || step->op->window.kernel[0] != 3 || step->op->window.stride[0] != 1 ||
        step->op->window.before[0] != 1 ||
        dense->graph.tensor[step->operand[SKEL_STEP_INPUT]].channels < 16) {
        return false;
    }
    if (of_weights) {
        taps = 1.5 * 9 * (double)(images * out->height * out->width);
    }
    return 45 * (double)tiles + 1100 < taps;
}

static dnnl_status_t describe(const skel_dense *dense, skel_dense_direction direction,
                              dnnl_alg_kind_t algorithm, const shape *s,
                              dnnl_convolution_desc_t *out)
{
    const dnnl_memory_desc_t *bias = s->has_bias ? &s->bias : NULL;

    switch (direction) {
    case SKEL_DENSE_FORWARD:
        return dnnl_convolution_forward_desc_init(
            out, dense->base.options.inference ? dnnl_forward_inference : dnnl_forward_training,
            algorithm, &s->source, &s->weights, bias, &s->destination, s->strides, s->padding,
            s->padding);
    case SKEL_DENSE_BACKWARD_DATA:
        return dnnl_convolution_backward_data_desc_init(out, algorithm, &s->source, &s->weights,
                                                        &s->destination, s->strides, s->padding,
                                                        s->padding);
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        break;
    }
    return dnnl_convolution_backward_weights_desc_init(out, algorithm, &s->source, &s->weights,
                                                       bias, &s->destination, s->strides,
                                                       s->padding, s->padding);
}

/* Winograd's algorithm if it is preferred and there is one for this processor, else the direct.
 * The engine's own convolution takes its place where oneDNN has none but plain loops, or a slower
 * one. `out` is NULL only where oneDNN has none: backward primitives refer to the forward one. */
static skel_status choose(const skel_dense *dense, skel_dense_direction direction, bool winograd,
                          const shape *s, skel_dense_layer_choice *choice,
                          dnnl_primitive_desc_t *out)
{
    static const char *const what[] = {"convolution forward", "convolution backward data",
                                       "convolution backward weights"};
    dnnl_alg_kind_t algorithm = winograd ? dnnl_convolution_winograd : dnnl_convolution_direct;
    dnnl_convolution_desc_t description;
    bool slow = false;
    skel_status status = SKEL_OK;

    SKEL_ONEDNN_TRY(describe(dense, direction, algorithm, s, &description), what[direction],
                    s->name);
    SKEL_TRY(skel_onednn_ask(&dense->dnnl, &description, choice->forward, what[direction], s->name,
                             &slow, out));
    if (slow && winograd) {
        if (*out != NULL) {
            (void)dnnl_primitive_desc_destroy(*out);
            *out = NULL; /* may be `choice->forward` */
        }
        return choose(dense, direction, false, s, choice, out);
    }
    choice->own[direction] =
        slow || (!winograd && skel_dense_tiles_preferred(&choice->tiles, direction));
done:
    return status;
}

skel_status skel_dense_convolution_compile(skel_dense *dense, const skel_dense_plan *plan,
                                           size_t step_number, skel_dense_work *work)
{
    const skel_graph_step *step = &dense->graph.step[step_number];
    bool winograd = prefers_winograd(dense, plan, step, false);
    skel_dense_layer_choice choice = {.tiles =
                                          skel_dense_tiles_of(&dense->graph, step, plan->images)};
    shape s;
    skel_status status = SKEL_OK;

    SKEL_TRY(shape_of(dense, plan->images, step_number, &s));
    SKEL_TRY(choose(dense, SKEL_DENSE_FORWARD, winograd, &s, &choice, &choice.forward));
    if (!dense->base.options.inference) {
        if (dense->graph.tensor[step->operand[SKEL_STEP_INPUT]].differentiable) {
            SKEL_TRY(choose(dense, SKEL_DENSE_BACKWARD_DATA, winograd, &s, &choice,
                            &choice.backward_data));
        }
        winograd = prefers_winograd(dense, plan, step, true);
        SKEL_TRY(choose(dense, SKEL_DENSE_BACKWARD_WEIGHTS, winograd, &s, &choice,
                        &choice.backward_weights));
    }
    status = skel_dense_layer_compile(dense, step_number, &choice, work);
done:
    skel_dense_layer_clear(&choice);
    return status;
}
