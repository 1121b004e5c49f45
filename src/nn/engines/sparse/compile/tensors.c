/* Where values, gradients and pooling choices of a batch lie in memory. */
#include "tensors.h"

float *skel_sparse_block(const skel_sparse *sparse, size_t slot, size_t buffer, size_t block,
                         size_t floats)
{
    const skel_placement *placement = &sparse->placement;
    size_t window = buffer == SKEL_NONE ? 0 : placement->window[buffer];

    if (buffer == SKEL_NONE) {
        return NULL;
    }
    return window > 0 ? sparse->window + placement->buffer[buffer].offset + block % window * floats
                      : sparse->slot[slot].data + placement->buffer[buffer].offset + block * floats;
}

float *skel_sparse_value(const skel_sparse *sparse, size_t slot, size_t tensor, size_t block)
{
    size_t floats = sparse->graph.tensor[tensor].floats;

    return tensor == 0
               ? sparse->slot[slot].image + block * floats
               : skel_sparse_block(sparse, slot, sparse->placement.value[tensor], block, floats);
}

float *skel_sparse_again(const skel_sparse *sparse, size_t slot, size_t tensor, size_t block)
{
    return tensor == 0 ? skel_sparse_value(sparse, slot, tensor, block)
                       : skel_sparse_block(sparse, slot, sparse->placement.again[tensor], block,
                                           sparse->graph.tensor[tensor].floats);
}

uint16_t *skel_sparse_choice(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                             size_t channel)
{
    const skel_sparse_planes *out = &sparse->planes[sparse->graph.step[number].output];
    size_t pixels = out->height * out->width * out->lanes;
    float *first = skel_sparse_block(sparse, slot, sparse->placement.choice[number], 0, 0);

    return first == NULL ? NULL
                         : (uint16_t *)(void *)first + (block * out->channels + channel) * pixels;
}

const float *skel_sparse_norm_input(const skel_sparse *sparse, size_t step, size_t slot,
                                    size_t block, size_t channel)
{
    size_t input = sparse->graph.step[step].operand[SKEL_STEP_INPUT];
    size_t feeder = sparse->work[step].feeder;

    if (feeder != SKEL_NONE && sparse->work[feeder].silent[channel] != 0) {
        return sparse->zeros;
    }
    return skel_sparse_value(sparse, slot, input, block) +
           skel_sparse_planes_origin(&sparse->planes[input], channel);
}

bool skel_sparse_part_is_zero(const skel_sparse *sparse, size_t tensor, size_t n, size_t channel)
{
    const skel_graph_tensor *t = &sparse->graph.tensor[tensor];

    for (size_t u = t->first_use; u < t->first_use + t->uses; u++) {
        const skel_graph_use *use = &sparse->graph.use[u];

        if (sparse->placement.gradient[use->step][use->operand] != SKEL_NONE && n-- == 0) {
            return sparse->work[use->step].spares_input &&
                   sparse->work[use->step].unread[channel] != 0;
        }
    }
    return false;
}

bool skel_sparse_is_dead(const skel_sparse *sparse, size_t step, size_t channel)
{
    const skel_graph_step *norm = &sparse->graph.step[step];

    return norm->operand[SKEL_STEP_OTHER] == SKEL_NONE &&
           sparse->graph.tensor[norm->output].uses == 1 &&
           skel_sparse_part_is_zero(sparse, norm->output, 0, channel);
}
