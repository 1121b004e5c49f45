/** A worker's members, and the functions that only its own files call. */
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
    uint32_t *place; /* [values] position of each in skel_worker_terms; NULL: all are summed */
    float *whole;    /* [slots][row] rows from which the summed values are taken */
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

/** What a microbatch adds to the sums: the gradient, and right behind it the statistics. */
typedef struct skel_worker_terms {
    size_t length;     /**< of both together */
    float *gradient;   /**< [parameter_count] */
    float *statistics; /**< [buffer_count] */
} skel_worker_terms;

/** The terms in memory that begins at `values`; with NULL the result has a length alone.
 *
 *  Local. `values` is [length].
 */
skel_worker_terms skel_worker_terms_at(const skel_network *network, float *values);

/** Lists the terms that are summed: kept parameters by tensor, then all statistics.
 *
 *  Local. Fills `values`, `segments` and, where only kept weights are summed, `place`.
 */
void skel_worker_terms_list(skel_worker *worker);

/** Copies those terms that are summed; does nothing where all are.
 *
 *  Local. `values` is [worker->values]. Where all are summed the engine has written to `values`.
 */
void skel_worker_terms_take(const skel_worker *worker, const skel_worker_terms *terms,
                            float values[]);

/** Adds a reduction's sums to gradient and statistics.
 *
 *  Local.
 *  @param share       factor of the statistics: 1 / their number
 *  @param gradient    [parameter_count] in and out
 *  @param statistics  [buffer_count] in and out; NULL if not wanted
 */
void skel_worker_terms_add(const skel_worker *worker, float share, float gradient[],
                           float statistics[]);

/** Images [first_image, first_image + images) of some batches: what one reduction sums over. */
typedef struct skel_worker_range {
    skel_worker *worker;
    const skel_batches *batches;
    size_t first_image;
    size_t images;
} skel_worker_range;

/** Number of a range's microbatches, which never cross the border of a batch.
 *
 *  Local.
 */
size_t skel_worker_range_microbatches(const skel_worker_range *range);

/** Loads the images and labels of a microbatch.
 *
 *  Local.
 *  @param slot  place in the worker's memory; the result is borrowed until the slot's next load
 */
skel_batch skel_worker_range_load(const skel_worker_range *range, size_t microbatch, size_t slot);

/** Shows that this rank has done a microbatch; the line assumes that the other ranks are as far.
 *
 *  Local.
 */
void skel_worker_range_show(const skel_worker_range *range, size_t microbatch);

/** The result of some images, from a reduction's scalars.
 *
 *  Local. `totals` is [SKEL_SCALARS].
 */
skel_result skel_worker_result(const double totals[], size_t images);

/** Sums batch norm's statistics over the microbatches of all ranks, in the microbatches' order.
 *
 *  Collective. A skel_statistics_sum_fn; `context` is the worker.
 */
skel_status skel_worker_sum_statistics(void *context, size_t rows, size_t columns,
                                       const double values[], double sum[]);

#endif
