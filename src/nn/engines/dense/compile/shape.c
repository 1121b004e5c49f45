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

skel_dense_f32_pool_windows skel_dense_shape_windows(const skel_dense *dense,
                                                     const skel_graph_step *step, size_t images)
{
    const skel_graph_tensor *in = &dense->graph.tensor[step->operand[SKEL_STEP_INPUT]];
    const skel_graph_tensor *out = &dense->graph.tensor[step->output];

    return (skel_dense_f32_pool_windows){.planes = images * in->padded / in->block,
                                         .height = in->height,
                                         .width = in->width,
                                         .lanes = in->block,
                                         .kernel = step->op->window.kernel[0],
                                         .stride = step->op->window.stride[0],
                                         .out_height = out->height,
                                         .out_width = out->width};
}
