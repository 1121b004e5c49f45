/* Convolutions in groups that the engine's own kernels execute. */
#include "grouped.h"

#include "shape.h"

#include <stdint.h>

skel_dense_f32_grouped skel_dense_grouped_of(const skel_graph *graph, const skel_graph_step *step,
                                             size_t images, size_t threads)
{
    const skel_graph_tensor *input = &graph->tensor[step->operand[SKEL_STEP_INPUT]];
    const skel_graph_tensor *output = &graph->tensor[step->output];
    const skel_op *op = step->op;

    return (skel_dense_f32_grouped){.images = op->groups > 1 ? images : 0,
                                    .lanes = output->block,
                                    .groups = op->groups,
                                    .inputs = input->channels,
                                    .outputs = output->channels,
                                    .has_bias = op->bias != SKEL_NONE,
                                    .height = input->height,
                                    .width = input->width,
                                    .out_height = output->height,
                                    .out_width = output->width,
                                    .window = skel_dense_shape_window(op),
                                    .threads = threads};
}

bool skel_dense_grouped_preferred(const skel_dense_f32_grouped *g)
{
    return g->images > 0 &&
           (g->inputs / g->groups % g->lanes != 0 || g->outputs / g->groups % g->lanes != 0);
}

void skel_dense_grouped_run(const skel_dense_call *call, const void *const data[], void *scratch)
{
    const skel_dense_f32_grouped *g = &call->grouped;
    /* outputs, as of oneDNN's calls, are among addresses that are not writable */
    float *third = (float *)(uintptr_t)data[2];

    switch (call->direction) {
    case SKEL_DENSE_FORWARD:
        skel_dense_f32_grouped_forward(g, data[0], data[1], g->has_bias ? data[3] : NULL, third,
                                       scratch);
        break;
    case SKEL_DENSE_BACKWARD_DATA:
        skel_dense_f32_grouped_backward_data(g, data[0], data[1], third, scratch);
        break;
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        skel_dense_f32_grouped_backward_weights(
            g, data[0], data[1], third, g->has_bias ? (float *)(uintptr_t)data[3] : NULL, scratch);
        break;
    }
}
