/* Where values, gradients and pooling choices of a batch lie in memory. */
#include "tensors.h"

float *skel_sparse_block(const skel_sparse *sparse, size_t slot, size_t buffer, size_t block,
                         size_t floats)
{
    return buffer == SKEL_NONE
               ? NULL
               : sparse->slot[slot].data + sparse->buffers.buffer[buffer].offset + block * floats;
}

float *skel_sparse_value(const skel_sparse *sparse, size_t slot, size_t tensor, size_t block)
{
    size_t floats = sparse->graph.tensor[tensor].floats;

    return tensor == 0
               ? sparse->slot[slot].image + block * floats
               : skel_sparse_block(sparse, slot, sparse->buffers.value[tensor], block, floats);
}

uint16_t *skel_sparse_choice(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                             size_t channel)
{
    const skel_sparse_planes *out = &sparse->planes[sparse->graph.step[number].output];
    size_t pixels = out->height * out->width * out->lanes;
    float *first = skel_sparse_block(sparse, slot, sparse->buffers.choice[number], 0, 0);

    return first == NULL ? NULL
                         : (uint16_t *)(void *)first + (block * out->channels + channel) * pixels;
}
