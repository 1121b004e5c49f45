/** Vectors of the instruction set that a file of kernels is compiled for. */
#ifndef SKEL_SPARSE_LANES_H
#define SKEL_SPARSE_LANES_H

#include "skel/isa.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { LANES = SKEL_ISA_LANES };

typedef float vector __attribute__((vector_size(4 * SKEL_ISA_LANES), may_alias));
typedef int32_t bits __attribute__((vector_size(4 * SKEL_ISA_LANES), may_alias));
typedef uint16_t halves __attribute__((vector_size(2 * SKEL_ISA_LANES), may_alias));

/* For functions with arguments that are constants where they are called: their loops unroll. */
#define INLINE static inline __attribute__((always_inline))

#define VECTORS(address) ((const vector *)(const void *)(address))
#define SOURCE(address) (*(const vector *)(const void *)(address))
#define TARGET(address) (*(vector *)(void *)(address))

/* Stores a vector past the caches, where the instruction set can: the line is not read first, and
 * takes no place of another one. Other threads see it after stream_fence(). */
INLINE void stream(float *address, vector value)
{
#if defined(__clang__)
    __builtin_nontemporal_store(value, (vector *)(void *)address);
#elif SKEL_ISA_LANES == 16 && defined(__AVX512F__)
    __builtin_ia32_movntps512(address, value);
#elif SKEL_ISA_LANES == 8 && defined(__AVX__)
    __builtin_ia32_movntps256(address, value);
#elif SKEL_ISA_LANES == 4 && defined(__SSE__)
    __builtin_ia32_movntps(address, value);
#else
    TARGET(address) = value;
#endif
}

INLINE void stream_or_store(bool streams, float *address, vector value)
{
    if (streams) {
        stream(address, value);
    } else {
        TARGET(address) = value;
    }
}

/* After it, other threads see what was streamed. */
INLINE void stream_fence(void)
{
#if defined(__SSE__)
    __builtin_ia32_sfence();
#endif
}

/* The same bits in all lanes. */
INLINE bits bits_of(int32_t lane)
{
    return (bits){0} + lane;
}

/* Adds sums in float to sums in double, lane by lane. */
INLINE void add_lanes(const float part[], double lane[])
{
    for (size_t l = 0; l < LANES; l++) {
        lane[l] += (double)part[l];
    }
}

/* The sum over all lanes. */
INLINE double sum_of_lanes(const double lane[])
{
    double out = 0;

    for (size_t l = 0; l < LANES; l++) {
        out += lane[l];
    }
    return out;
}

#endif
