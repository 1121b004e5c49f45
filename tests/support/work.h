/** Work for a worker: a network, its parameters, and batches of random images. */
#ifndef SKEL_TESTS_WORK_H
#define SKEL_TESTS_WORK_H

#include "skel/worker.h"

enum { SKEL_WORK_SAMPLES = 40, SKEL_WORK_SIDE = 28, SKEL_WORK_CLASSES = 4 };

/** What a test works with; the same on every rank. */
typedef struct skel_work {
    skel_network *network;
    float *parameters;
    float *buffers;
    float *gradient;
    float *statistics;
    const uint8_t *keep;
    uint16_t *labels; /* [SKEL_WORK_SAMPLES] those of `samples` */
    skel_view view;
    skel_samples samples;
    skel_batches batches;
} skel_work;

/** Makes the work; residual networks have width 4.
 *
 *  Local. One at a time has the images; two works have the same.
 *  @param side  pixels of an image's side, 28 or more
 *  @param out   skel_work_free() it
 */
void skel_work_make(const char *model, size_t side, size_t count, size_t batch_size,
                    skel_work *out);

/** Frees what the work owns.
 *
 *  Local.
 */
void skel_work_free(skel_work *from);

/** Options of a worker for all batches, with the engine "reference".
 *
 *  Local.
 */
skel_worker_options skel_work_options(const skel_work *from, size_t microbatch);

/** The gradient of these options on a group of ranks, in the work's `gradient` and `statistics`.
 *
 *  Collective.
 */
skel_result skel_work_gradient(const skel_comm *comm, const skel_work *from,
                               const skel_worker_options *options);

/** Whether two results are equal to the last bit.
 *
 *  Local.
 */
bool skel_work_same(const skel_result *a, const skel_result *b);

#endif
