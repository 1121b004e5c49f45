/* Multiply-adds in registers. This file is compiled with fused multiply-adds. */
#include "peak.h"

#include <stddef.h>

enum {
    LANES = SKEL_ISA_LANES,
    SUMS = 12, /* independent: two units of 4 to 5 cycles need 8 to 10; 16 registers hold them */
    STEPS = 1 << 20,
};

typedef float vector __attribute__((vector_size(4 * LANES)));

/* The compiler cannot know what the sums are, so that it keeps every multiply-add. */
static float multiply_add(float factor)
{
    vector sum[SUMS];
    vector all = {0};

    for (size_t j = 0; j < SUMS; j++) {
        sum[j] = all + (float)j;
    }
    for (size_t i = 0; i < STEPS; i++) {
        for (size_t j = 0; j < SUMS; j++) {
            sum[j] = sum[j] * factor + factor;
        }
    }
    for (size_t j = 0; j < SUMS; j++) {
        all += sum[j];
    }
    return all[0];
}

const skel_peak_kernels SKEL_ISA_NAME(skel_peak_kernels) = {
    .operations = 2.0 * SUMS * LANES * STEPS,
    .multiply_add = multiply_add,
};
