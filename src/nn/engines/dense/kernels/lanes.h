/** One function for each number of lanes, and planes of tensors that may be missing.
 *
 *  A file FAMILY_lanes.h holds the loops over one plane. FAMILY_kernels.c includes it through
 *  each_lanes.h, once for each number of lanes, with two macros defined: LANES is the number,
 *  NAME(verb) is the name of the function with the number behind it.
 */
#ifndef SKEL_NN_DENSE_LANES_H
#define SKEL_NN_DENSE_LANES_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

/* Calls the function for the number of lanes. */
#define FOR_LANES(lanes, verb, ...)                                                                \
    do {                                                                                           \
        if ((lanes) == 16) {                                                                       \
            verb##_16(__VA_ARGS__);                                                                \
        } else if ((lanes) == 8) {                                                                 \
            verb##_8(__VA_ARGS__);                                                                 \
        } else {                                                                                   \
            SKEL_ASSERT((lanes) == 1);                                                             \
            verb##_1(__VA_ARGS__);                                                                 \
        }                                                                                          \
    } while (0)

/* Address of a plane; NULL if the tensor is NULL. */
static inline const float *plane_or_null(const float *tensor, size_t plane)
{
    return tensor == NULL ? NULL : tensor + plane;
}

#endif
