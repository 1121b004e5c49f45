/** What the gradient's measurement and its report share. */
#ifndef SKEL_CLI_BENCH_GRADIENT_H
#define SKEL_CLI_BENCH_GRADIENT_H

#include "skel/bench.h"

#include "skel/engine.h"
#include "skel/reduce.h"

enum { BENCH_CLASSES = 10 };

/** One model's gradient. */
typedef struct skel_gradient {
    skel_bench *bench;
    bool second_order; /* whether the engine is to multiply with the Hessian, too */
    skel_network *network;
    skel_engine *engine;
    skel_reducer *reducer;
    skel_segment *segment; /* one per parameter tensor */
    float *parameters;
    float *sum;
    float *images; /* [mine * microbatch][channels][height][width] */
    uint8_t *labels;
    size_t microbatch;
    size_t microbatches;
    size_t first; /* this rank's microbatches: first, ..., first + mine - 1 */
    size_t mine;
    double seconds;           /* of this rank's steps after the first */
    double engine_seconds;    /* of them in the engine */
    skel_engine_profile warm; /* after the first step */
    size_t resident_before;
    size_t engine_bytes; /* what skel_engine_bytes() says */
    size_t estimate;     /* with reducer, images and vectors */
} skel_gradient;

/** Describes a model, draws its weights and this rank's images, makes engine and reducer.
 *
 *  Local.
 *  @param gradient  in: `bench`, `second_order`, all else zero; out; *owned*:
 *                   skel_bench_gradient_destroy() it, also after an error
 *  Errors: as skel_model_create() and skel_engine_create().
 */
SKEL_CHECKED skel_status skel_bench_gradient_create(skel_gradient *gradient, const char *model);

/** Frees what skel_bench_gradient_create() took.
 *
 *  Local.
 */
void skel_bench_gradient_destroy(skel_gradient *gradient);

/** A microbatch of this rank's images.
 *
 *  Local. Borrowed.
 *  @param number  first, ..., first + mine - 1
 */
skel_batch skel_bench_gradient_batch(const skel_gradient *gradient, size_t number);

/** Prints what is compared.
 *
 *  Local. Only the root prints.
 */
void skel_bench_gradient_print(const skel_gradient *gradient);

/** Prints the arithmetic rate, where the root's time goes, and memory.
 *
 *  Collective.
 *  @param median  seconds of a step
 */
void skel_bench_gradient_print_profile(const skel_gradient *gradient, double median);

/** Forgets the most that was ever resident, where the kernel allows it.
 *
 *  Local. Returns what is resident now. Unit: bytes.
 */
size_t skel_bench_resident_reset(void);

#endif
