/** The processor's arithmetic peak. */
#ifndef SKEL_BENCH_PEAK_H
#define SKEL_BENCH_PEAK_H

#include "skel/isa.h"

/** Multiply-adds of one instruction set. Static, immutable. */
typedef struct skel_peak_kernels {
    double operations; /**< floating-point operations of one call */
    /** Does that many operations on registers alone; the result only keeps the compiler from
     *  leaving them out.
     *
     *  Local.
     */
    float (*multiply_add)(float factor);
} skel_peak_kernels;

extern const skel_peak_kernels skel_peak_kernels_baseline;
extern const skel_peak_kernels skel_peak_kernels_avx2;
extern const skel_peak_kernels skel_peak_kernels_avx512;

/** Measures the rate of multiply-adds in registers, on one thread, in about 20 ms.
 *
 *  Local. Unit: floating-point operations a second, two a multiply-add, with the vectors of
 *  skel_isa_best().
 */
double skel_peak_measure(void);

#endif
