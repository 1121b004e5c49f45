/** The epoch of a training.
 *
 *      skel_worker_create(comm, network, &options, &worker);
 *      training = (skel_training){.worker = worker, ...};
 *      for (epoch = 0; epoch < epochs; epoch++)
 *          skel_trainer_epoch(&training, epoch, &state, &part, &report);
 *          skel_worker_evaluate(worker, state.parameters, state.buffers, &images, &result);
 */
#ifndef SKEL_TRAINER_H
#define SKEL_TRAINER_H

#include "skel/mask.h"
#include "skel/rate.h"
#include "skel/sampler.h"
#include "skel/sgd.h"
#include "skel/worker.h"

/** The vectors that a training changes. Borrowed from their owner. */
typedef struct skel_state {
    float *parameters; /**< [parameter_count], exactly 0 where the mask is 0 */
    float *velocity;   /**< [parameter_count], the optimiser's momentum */
    float *buffers;    /**< [buffer_count], batch norm's running averages */
} skel_state;

/** Whether the mask moves at a step of the optimiser. */
typedef enum skel_move {
    SKEL_MOVE_NONE,
    SKEL_MOVE_INSTEAD, /**< in place of the step, by the gradient of all weights on its batch */
    SKEL_MOVE_AFTER,   /**< after the step, without a gradient */
} skel_move;

/** A method's functions that move the mask while a network is trained. Borrowed. */
typedef struct skel_mover {
    void *context;
    skel_worker *worker; /**< gives gradients of all weights; NULL if no function needs them */
    /** Tells whether the mask moves at a step. Local, the same on every rank.
     *  @param step  of the whole training, from 1
     */
    skel_move (*when)(const void *context, size_t step);
    /** Moves the mask and calls skel_worker_remask() for the training's worker. Collective.
     *  @param state     in and out
     *  @param gradient  [parameter_count]; NULL after a step
     */
    skel_status (*move)(void *context, size_t step, const skel_state *state,
                        const float gradient[]);
    /** Tells whether watch() is to see a step's gradient. Local, the same on every rank. NULL:
     *  none.
     */
    bool (*watches)(const void *context, size_t step);
    /** Sees the gradient of all weights that the step takes its own from. Local. NULL without
     *  `watches`.
     *  @param gradient  [parameter_count]
     */
    void (*watch)(void *context, const float gradient[]);
} skel_mover;

/** Functions of a training whose network computes with effective weights, not with the ones that it
 *  trains. Borrowed. The worker computes without a mask and gives gradients of all weights. */
typedef struct skel_transform {
    void *context;
    float *effective; /**< [parameter_count] memory of the effective weights */
    /** Computes `effective`. Local, the same on every rank.
     *  @param step    of the leg, from 1
     *  @param stored  [parameter_count]
     */
    void (*compute)(void *context, size_t step, const float stored[]);
    /** Turns the gradient by `effective` into one by `stored`. Local.
     *  @param gradient  [parameter_count] in and out
     */
    void (*pull_back)(void *context, size_t step, const float stored[], float gradient[]);
    /** Follows the optimiser's step: auxiliary values take theirs, and the mask changes if it is
     *  due. Collective.
     *  @param rate  learning rate of the step
     */
    skel_status (*stepped)(void *context, size_t step, double rate, const float stored[]);
} skel_transform;

/** A training: its worker, its data and its constants. Plain data. */
typedef struct skel_training {
    const skel_comm *comm;
    const skel_network *network;
    skel_worker *worker;
    const skel_mask *mask;
    const skel_mover *mover;         /**< NULL: the mask stays */
    const skel_transform *transform; /**< NULL: the network computes with the trained weights */
    double l1; /**< factor of the sign of a prunable weight that its gradient gets */
    skel_sgd sgd;
    skel_rate rate;
    const skel_view *view; /**< with augmentation */
    const skel_samples *samples;
    const skel_indices *train; /**< samples to train on */
    size_t batch_size;
    uint64_t seed;
    size_t steps;            /**< of an epoch, the first ones; 0: all */
    size_t shift;            /**< added to the epoch's number that seeds order and augmentation */
    skel_progress *progress; /**< of the whole training, in images */
    const char *round;       /**< text before the epoch on the live line: "round 2/6, "; NULL: "" */
    void *context;           /**< of the next two; borrowed */
    /** Tells between two batches of an epoch whether to save. Collective. NULL: never. */
    bool (*due)(void *context);
    /** Called where a save is due, when state and part are whole. Collective. */
    skel_status (*save)(void *context);
} skel_training;

/** The part of an epoch that is done: an epoch can be left between two batches. Plain data; all
 *  zero before the epoch. */
typedef struct skel_epoch_part {
    size_t steps;    /**< batches */
    double loss;     /**< sum over the images of these batches */
    double accuracy; /**< likewise */
    size_t images;
    double seconds; /**< of the root's clock */
} skel_epoch_part;

/** The figures of an epoch. */
typedef struct skel_epoch_report {
    skel_result result;   /**< over the epoch, each batch before its step */
    double learning_rate; /**< of the epoch's first step */
    double seconds;       /**< of the root's clock */
} skel_epoch_report;

/** Bytes that an epoch takes beside the state's vectors and the worker's.
 *
 *  Local.
 *  @param density  share of the prunable weights whose gradients the worker sums; 0: all
 *  @param grows    whether a mover needs the gradient of all weights
 */
size_t skel_trainer_bytes(const skel_network *network, double density, bool grows);

/** Visits every training sample once and steps after each batch (the last may be smaller); with
 *  `steps` the samples of that many batches.
 *
 *  Collective; the same bits on any number of ranks.
 *  Batch norm's running averages move with every batch, also with one at which the mask moves in
 *  place of the optimiser's step.
 *  @param epoch   from 0
 *  @param state   in and out
 *  @param part    in: the part of the epoch that was done before, with `state` behind it; out: the
 *                 part that is done, after SKEL_ERR_STOPPED or between batches; all of it in the
 *                 end
 *  @param report  out
 *  Errors: SKEL_ERR_NUMBER naming epoch and batch if loss or gradient is not finite;
 *          SKEL_ERR_MEMORY; agreed on. `state` is then undefined. SKEL_ERR_STOPPED, agreed on, if
 *          the user has asked to stop: `state` and `part` are then those behind a batch.
 */
SKEL_CHECKED skel_status skel_trainer_epoch(const skel_training *training, size_t epoch,
                                            const skel_state *state, skel_epoch_part *part,
                                            skel_epoch_report *report);

#endif
