/** The measurement of a gradient, for its report. */
#ifndef SKEL_BENCH_GRADIENT_H
#define SKEL_BENCH_GRADIENT_H

#include "bench_workload.h"

#include "skel/reduce.h"

/** The gradient of one batch on all ranks. */
typedef struct skel_gradient {
    skel_workload work;
    skel_reducer *reducer;
    skel_segment *segment;             /* one per parameter tensor */
    float *sum;                        /* [parameter_count] */
    double seconds;                    /* of this rank's steps after the first */
    double engine_seconds;             /* of them in the engine */
    skel_engine_profile warm;          /* the engine's profile after the first step */
    skel_engine_layer_profile *layers; /* [ops] the layers' profiles after the first step */
    size_t resident_before;            /* resident bytes before the first allocation */
    size_t estimate;                   /* expected bytes: engine, reducer, images, vectors */
} skel_gradient;

/** Prints the arithmetic rate, the root's time by kind of work, and memory.
 *
 *  Collective.
 *  @param median  seconds of a step
 */
void skel_gradient_print_profile(const skel_gradient *gradient, double median);

/** Resets the kernel's record of the largest resident memory, where the kernel allows it.
 *
 *  Local. Returns the resident memory of now. Unit: bytes.
 */
size_t skel_gradient_reset_resident(void);

#endif
