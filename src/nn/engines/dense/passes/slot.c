/* Slots: the places of the microbatches that pass through the network together. */
#include "slot.h"

#include "../kernels/elementwise.h"

#include <omp.h>

skel_status skel_dense_slot_assign(skel_dense *dense, size_t count, const skel_batch batches[],
                                   bool direct)
{
    skel_status status = SKEL_OK;

    omp_set_num_threads(dense->base.options.threads);
    for (size_t slot = 0; slot < count; slot++) {
        SKEL_TRY(
            skel_dense_plan_find(dense, batches[slot].count, direct, &dense->arena[slot].plan));
    }
done:
    return status;
}

float *skel_dense_slot_side_buffer(const skel_dense *dense, skel_dense_side side, size_t slot,
                                   size_t buffer)
{
    const skel_dense_arena *arena = &dense->arena[slot];

    return buffer == SKEL_NONE ? NULL
                               : arena->data[side] + arena->plan->placement.buffer[buffer].offset;
}

float *skel_dense_slot_buffer(const skel_dense *dense, size_t slot, size_t buffer)
{
    return skel_dense_slot_side_buffer(dense, SKEL_DENSE_VALUE, slot, buffer);
}

const float *skel_dense_slot_value(const skel_dense *dense, size_t slot, size_t tensor,
                                   const float *images)
{
    return tensor == 0 ? images
                       : skel_dense_slot_buffer(dense, slot,
                                                dense->arena[slot].plan->placement.value[tensor]);
}

float *skel_dense_slot_side_gather(const skel_dense *dense, skel_dense_side side, size_t slot,
                                   const skel_graph_step *step)
{
    const skel_dense_plan *plan = dense->arena[slot].plan;
    size_t floats = plan->images * dense->graph.tensor[step->output].floats;
    size_t first = skel_placement_gradient_part(&dense->graph, &plan->placement, step->output, 0);
    float *sum = skel_dense_slot_side_buffer(dense, side, slot, first);
    size_t part = SKEL_NONE;

    for (size_t n = step->kind == SKEL_STEP_NORM ? 2 : 1;
         (part = skel_placement_gradient_part(&dense->graph, &plan->placement, step->output, n)) !=
         SKEL_NONE;
         n++) {
        skel_dense_f32_elementwise_add(floats, sum,
                                       skel_dense_slot_side_buffer(dense, side, slot, part), sum);
    }
    return sum;
}

float *skel_dense_slot_gather(const skel_dense *dense, size_t slot, const skel_graph_step *step)
{
    return skel_dense_slot_side_gather(dense, SKEL_DENSE_VALUE, slot, step);
}

float *skel_dense_slot_tangent(const skel_dense *dense, size_t slot, size_t tensor)
{
    return dense->graph.tensor[tensor].differentiable
               ? skel_dense_slot_side_buffer(dense, SKEL_DENSE_TANGENT, slot,
                                             dense->arena[slot].plan->placement.value[tensor])
               : NULL;
}
