/* Shapes of the graph's tensors as the kernels see them. */
#include "shape.h"

skel_dense_extent skel_dense_shape_extent(const skel_dense *dense, size_t step, size_t images)
{
    const skel_graph_tensor *tensor = &dense->graph.tensor[dense->graph.step[step].output];

    return (skel_dense_extent){.images = images,
                               .blocks = tensor->padded / tensor->block,
                               .pixels = tensor->height * tensor->width,
                               .lanes = tensor->block};
}

skel_dense_window skel_dense_shape_window(const skel_op *op)
{
    const skel_window *w = &op->window;

    return (skel_dense_window){.kernel = {w->kernel[0], w->kernel[1]},
                               .stride = {w->stride[0], w->stride[1]},
                               .dilation = {w->dilation[0], w->dilation[1]},
                               .before = {w->before[0], w->before[1]}};
}

skel_dense_f32_activation skel_dense_shape_activation(const skel_op *op)
{
    SKEL_ASSERT(op->kind == SKEL_OP_LEAKY_RELU || op->kind == SKEL_OP_CLIP ||
                op->kind == SKEL_OP_SIGMOID);
    return (skel_dense_f32_activation){.kind = op->kind == SKEL_OP_LEAKY_RELU
                                                   ? SKEL_DENSE_LEAKY_RELU
                                               : op->kind == SKEL_OP_CLIP ? SKEL_DENSE_CLIP
                                                                          : SKEL_DENSE_SIGMOID,
                                       .slope = (float)op->slope,
                                       .low = (float)op->low,
                                       .high = (float)op->high};
}

skel_dense_f32_product skel_dense_shape_product(const skel_dense *dense,
                                                const skel_graph_step *step, size_t images)
{
    const skel_graph_tensor *out = &dense->graph.tensor[step->output];
    const skel_graph_tensor *other = &dense->graph.tensor[step->operand[SKEL_STEP_OTHER]];

    return (skel_dense_f32_product){.planes = images * out->padded / out->block,
                                    .pixels = out->height * out->width,
                                    .lanes = out->block,
                                    .one_pixel = other->height * other->width == 1};
}

skel_dense_channels skel_dense_shape_channels(const skel_dense *dense, const skel_graph_step *step,
                                              size_t operand)
{
    const skel_graph_tensor *out = &dense->graph.tensor[step->output];
    const skel_graph_tensor *input = &dense->graph.tensor[step->operand[SKEL_STEP_INPUT]];

    return (skel_dense_channels){.blocks = out->padded / out->block,
                                 .first = operand == SKEL_STEP_INPUT ? 0 : input->channels};
}

skel_dense_f32_pool_windows skel_dense_shape_windows(const skel_dense *dense,
                                                     const skel_graph_step *step, size_t images)
{
    const skel_graph_tensor *in = &dense->graph.tensor[step->operand[SKEL_STEP_INPUT]];
    const skel_graph_tensor *out = &dense->graph.tensor[step->output];

    return (skel_dense_f32_pool_windows){.planes = images * in->padded / in->block,
                                         .height = in->height,
                                         .width = in->width,
                                         .lanes = in->block,
                                         .window = skel_dense_shape_window(step->op),
                                         .counts_padding = step->op->counts_padding,
                                         .out_height = out->height,
                                         .out_width = out->width};
}
