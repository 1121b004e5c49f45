/* Sizes of auxiliary quantities. */
#include "skel/reparameterisation.h"

size_t skel_auxiliary_count(skel_auxiliary_extent extent, const skel_reparameterised *tensor)
{
    switch (extent) {
    case SKEL_AUXILIARY_NONE:
        return 0;
    case SKEL_AUXILIARY_TENSOR:
        return 1;
    case SKEL_AUXILIARY_UNIT:
        return tensor->linear ? tensor->inputs : tensor->outputs;
    case SKEL_AUXILIARY_WEIGHT:
        break;
    }
    return tensor->count;
}
