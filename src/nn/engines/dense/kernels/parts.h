/** Counts of equal parts. */
#ifndef SKEL_NN_DENSE_PARTS_H
#define SKEL_NN_DENSE_PARTS_H

#include "skel/sizes.h"

#include <stddef.h>

/* How many parts hold n things; the last part may have room left. */
static inline size_t parts(size_t n, size_t size)
{
    return (n + size - 1) / size;
}

/* The things that so many whole parts would hold. */
static inline size_t round_up(size_t n, size_t size)
{
    return parts(n, size) * size;
}

#endif
