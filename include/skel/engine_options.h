/** What an engine is compiled for: its loss, its size, and what it can be asked to compute. */
#ifndef SKEL_ENGINE_OPTIONS_H
#define SKEL_ENGINE_OPTIONS_H

#include "skel/status.h"

#include <stdbool.h>
#include <stddef.h>

/** A loss, of the logits of one image and its label or its targets. */
typedef enum skel_loss {
    SKEL_LOSS_CROSS_ENTROPY, /**< softmax cross-entropy, natural logarithm */
    SKEL_LOSS_RAW_NLL,       /**< minus the label's raw logit: the authors' published code */
    SKEL_LOSS_LINEAR,        /**< sum over the classes of |target - softmax output|: Mozer and
                                  Smolensky 1989. First derivatives only */
    SKEL_LOSS_SQUARES, /**< sum over the classes of (logit - target)^2. First derivatives only */
    SKEL_LOSS_SUM,     /**< minus the sum of all logits, whatever the label */
} skel_loss;

/** What skel_engine_terms() computes of each image and each output channel of each layer. */
typedef enum skel_term {
    SKEL_TERM_NONE,
    SKEL_TERM_MEAN,      /**< mean over the pixels of z dL/dz: see skel_engine_terms() */
    SKEL_TERM_MAGNITUDE, /**< mean over the pixels of |z dL/dz| */
    SKEL_TERM_ENERGY,    /**< mean over the pixels of e(o^2): see skel_engine_options.energy */
} skel_term;

enum { SKEL_ENERGY_ORDERS = 3 }; /**< orders of the energy: 0, 1, 2 */

/** Sums batch-norm statistics over the microbatches of all ranks (`batchnorm: batch`).
 *
 *  Collective: every rank calls it the same number of times in the same order.
 *  @param rows     this rank's microbatches, maybe 0
 *  @param columns  the same on every rank
 *  @param values   [rows][columns] in: one row per local microbatch
 *  @param sum      [columns] out: sum over all microbatches of all ranks, the same bits everywhere
 */
typedef skel_status (*skel_statistics_sum_fn)(void *context, size_t rows, size_t columns,
                                              const double values[], double sum[]);

/** Options that an engine is compiled with. Plain data; zeros are good defaults,
 *  except for `microbatch`. */
typedef struct skel_engine_options {
    size_t microbatch; /**< largest number of images in a batch */
    size_t slots;      /**< batches whose activations are held at once; 0 means 1 */
    bool inference;    /**< evaluation only: no memory for gradients */
    bool profile;      /**< measure the time of each kind of operation */
    int threads;       /**< of this process, at most SKEL_PROCESS_THREADS; 0 means 1. Bits may
                            depend on it */
    bool kept_only;    /**< the caller does not read gradients of pruned weights: they may be 0 */
    double density;    /**< share of the prunable weights that masks keep, 0 to 1, a hint for
                            planning memory; 0: not known */
    double work;       /**< of the masks, skel_work_of(), 0 to 1, a hint for "auto"; 0: not known,
                            as large as `density` */
    skel_loss loss;
    double label_smoothing; /**< 0 to below 1; cross-entropy only */
    double temperature;     /**< divides the logits in the cross-entropy; 0 means 1 */
    bool second_order;      /**< also takes memory for skel_engine_hessian() */
    bool curvature;         /**< also takes memory for skel_engine_curvature() */
    bool samples;           /**< also takes memory for skel_engine_samples(); needs `kept_only` */
    skel_term terms;        /**< not NONE: also takes memory for skel_engine_terms() */
    double energy;          /**< strength of a penalty, in skel_engine_gradient() alone: `energy`
                                 times the sum over the images and the hidden units
                                 (skel_hidden_list()) of the mean over the pixels of e(o^2), o being
                                 the unit's output. The loss of a pass does not contain it */
    unsigned energy_order;  /**< n of e'(x) = 1 / (1 + x)^n: e is x, ln(1 + x) or x / (1 + x) */
    skel_statistics_sum_fn statistics_sum; /**< NULL: statistics of each microbatch alone */
    void *statistics_context;
} skel_engine_options;

#endif
