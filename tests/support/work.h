/** Work for a worker: a network, its parameters, and batches of random images. */
#ifndef SKEL_TESTS_WORK_H
#define SKEL_TESTS_WORK_H

#include "skel/worker.h"

enum { WORK_SAMPLES = 40, WORK_SIDE = 28, WORK_CLASSES = 4 };

/** What a test works with; the same on every rank. */
typedef struct work {
    skel_network *network;
    float *parameters;
    float *buffers;
    float *gradient;
    float *statistics;
    const uint8_t *keep;
    uint8_t *labels; /* [WORK_SAMPLES] those of `samples` */
    skel_view view;
    skel_samples samples;
    skel_batches batches;
} work;

/** Makes the work; residual networks have width 4.
 *
 *  Local. One at a time has the images; two works have the same.
 *  @param side  pixels of an image's side, 28 or more
 *  @param out   work_free() it
 */
void work_make(const char *model, size_t side, size_t count, size_t batch_size, work *out);

/** Frees what the work owns.
 *
 *  Local.
 */
void work_free(work *from);

/** Options of a worker for all batches, with the engine "reference".
 *
 *  Local.
 */
skel_worker_options work_options(const work *from, size_t microbatch);

/** The gradient of these options on a group of ranks, in the work's `gradient` and `statistics`.
 *
 *  Collective.
 */
skel_result work_gradient(const skel_comm *comm, const work *from,
                          const skel_worker_options *options);

/** Whether two results are equal to the last bit.
 *
 *  Local.
 */
bool work_same(const skel_result *a, const skel_result *b);

#endif
