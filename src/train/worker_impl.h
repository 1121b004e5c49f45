/** A worker's members, and the functions that only its own files call. */
#ifndef SKEL_TRAIN_WORKER_IMPL_H
#define SKEL_TRAIN_WORKER_IMPL_H

#include "skel/loader.h"
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
    skel_packing *packing; /* of the summed gradients: all parameters, or the kept ones */
    float *packed; /* [packing->count] parameters or a gradient of a caller with flat vectors; NULL:
                      all parameters are summed */
    size_t segments;
    skel_segment *segment;     /* [segments] parameter tensors, then buffers, as they are summed */
    const char **segment_name; /* their names, for messages */
    float *sum;                /* [values] */
    size_t slots;              /* microbatches that are in memory at once */
    float *images;             /* [slots][microbatch][channels][height][width] */
    uint16_t *labels;          /* [slots][microbatch] */
    skel_loader *loader;       /* of images that take long to load; NULL without `loads_ahead` */
    skel_batch *batch;         /* [slots] */
    skel_pass *pass;           /* [slots] */
    float *logits;             /* [microbatch][classes] */
    double *rows;              /* [microbatches of a batch][widest row], for batch norm */
    size_t microbatches;       /* of the reduction that is going on */
};

/** Lists the values that a microbatch adds to the sums: the packed gradient by tensor, and right
 *  behind it all statistics.
 *
 *  Local. Fills `values`, `segments` and the segments from `packing`.
 */
void skel_worker_terms_list(skel_worker *worker);

/** Adds a reduction's sums to gradient and statistics.
 *
 *  Local.
 *  @param first       whether they are the first: the gradient of before does not count
 *  @param share       factor of the statistics: 1 / their number
 *  @param gradient    [packing->count] in and out
 *  @param statistics  [buffer_count] in and out; NULL if not wanted
 */
void skel_worker_terms_add(const skel_worker *worker, bool first, float share, float gradient[],
                           float statistics[]);

/** Loads flat parameters into the engine, packed if the worker sums kept weights alone.
 *
 *  Collective. `parameters` is [parameter_count]. Errors: the engine's; SKEL_ERR_STOPPED if the
 *  user has asked to stop; agreed on.
 */
SKEL_CHECKED skel_status skel_worker_load(skel_worker *worker, const float parameters[]);

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
 *  Local. With `loads_ahead`, images that are read from a file, decoded or resized are loaded by a
 *  thread, a microbatch ahead.
 *  @param slot  place in the worker's memory
 *  @param out   out: borrowed until the slot's next load
 *  Errors: as skel_view_fill(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_worker_range_load(const skel_worker_range *range, size_t microbatch,
                                                size_t slot, skel_batch *out);

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
