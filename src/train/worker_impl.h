/** What a worker is made of: shared by the files that make it and that use it. */
#ifndef SKEL_TRAIN_WORKER_IMPL_H
#define SKEL_TRAIN_WORKER_IMPL_H

#include "skel/worker.h"

/** Sums that each microbatch gives beside its gradient. */
enum { SKEL_SCALAR_LOSS, SKEL_SCALAR_CORRECT, SKEL_SCALARS };

struct skel_worker {
    const skel_comm *comm;
    const skel_network *network;
    skel_worker_options options;
    skel_engine *engine;
    skel_reducer *reducer; /* gradient and statistics */
    skel_reducer *counter; /* loss and right answers of evaluations */
    size_t values;         /* floats that are summed for each microbatch */
    uint32_t *place;       /* [values] where each is among gradient and statistics; NULL: all */
    float *whole;          /* [slots][parameter_count + buffer_count] to take them from */
    size_t segments;
    skel_segment *segment;     /* [segments] parameter tensors, then buffers, as they are summed */
    const char **segment_name; /* their names, for messages */
    float *sum;                /* [values] */
    size_t slots;              /* microbatches that are in memory at once */
    float *images;             /* [slots][microbatch][channels][height][width] */
    uint8_t *labels;           /* [slots][microbatch] */
    skel_batch *batch;         /* [slots] */
    skel_pass *pass;           /* [slots] */
    float *logits;             /* [microbatch][classes] */
    double *rows;              /* [microbatches of a batch][widest row], for batch norm */
    size_t microbatches;       /* of the reduction that is going on */
};

/** Sums batch norm's statistics over the microbatches of all ranks, in the microbatches' order.
 *
 *  Collective. A skel_statistics_sum_fn; `context` is the worker.
 */
skel_status skel_worker_sum_statistics(void *context, size_t rows, size_t columns,
                                       const double values[], double sum[]);

#endif
