/** Training a masked network: one epoch, and testing. */
#ifndef SKEL_TRAINER_H
#define SKEL_TRAINER_H

#include "skel/mask.h"
#include "skel/rate.h"
#include "skel/sgd.h"
#include "skel/worker.h"

/** What changes while a network is trained. Borrowed from its owner. */
typedef struct skel_state {
    float *parameters; /**< [parameter_count], exactly 0 where the mask is 0 */
    float *velocity;   /**< [parameter_count], the optimiser's momentum */
    float *buffers;    /**< [buffer_count], batch norm's running averages */
} skel_state;

/** A training: what it works with and its constants. Plain data. */
typedef struct skel_training {
    const skel_comm *comm;
    const skel_network *network;
    skel_worker *worker;
    const skel_mask *mask;
    skel_sgd sgd;
    skel_rate rate;
    const skel_view *view; /**< with augmentation */
    const skel_samples *samples;
    const skel_indices *train; /**< samples to train on */
    size_t batch_size;
    uint64_t seed;
    skel_progress *progress; /**< of the whole training, in images */
} skel_training;

/** What an epoch was like. */
typedef struct skel_epoch_report {
    skel_score score;     /**< over the epoch, each batch before its step */
    double learning_rate; /**< of the epoch's first step */
    double seconds;       /**< of the root's clock */
} skel_epoch_report;

/** Visits every training sample once and steps after each batch (the last may be smaller).
 *
 *  Collective; the same bits on any number of ranks.
 *  @param epoch   from 0
 *  @param state   in and out
 *  @param report  out
 *  Errors: SKEL_ERR_NUMBER naming epoch and batch if loss or gradient is not finite;
 *          SKEL_ERR_MEMORY; agreed on. `state` is then undefined.
 */
SKEL_CHECKED skel_status skel_train_epoch(const skel_training *training, size_t epoch,
                                          const skel_state *state, skel_epoch_report *report);

#endif
