/** Learning-rate schedules. */
#ifndef SKEL_RATE_H
#define SKEL_RATE_H

#include <stddef.h>
#include <stdint.h>

typedef enum skel_rate_kind {
    SKEL_RATE_CONSTANT,
    SKEL_RATE_STEP,   /**< times gamma at each milestone */
    SKEL_RATE_COSINE, /**< half a cosine from the base to 0, over the epochs after the warm-up */
} skel_rate_kind;

/** A schedule. Plain data. */
typedef struct skel_rate {
    skel_rate_kind kind;
    double base;
    size_t epochs; /**< of the whole training, warm-up included; for the cosine */
    size_t milestones;
    const uint64_t
        *milestone; /**< [milestones] epochs from 0, warm-up included; ascending; borrowed */
    double gamma;
    size_t warmup_epochs; /**< linear from base / (warm-up steps) to base, then the schedule */
} skel_rate;

/** The learning rate of one optimiser step.
 *
 *  Local. Steps and cosine follow PyTorch's MultiStepLR and CosineAnnealingLR; the cosine and the
 *  warm-up move with every step, the milestones with every epoch. The first step after the warm-up
 *  is the cosine's first, as with PyTorch's SequentialLR of LinearLR and CosineAnnealingLR.
 *  @param epoch  from 0
 *  @param step   of the epoch, from 0
 *  @param steps  of an epoch
 */
double skel_rate_at(const skel_rate *rate, size_t epoch, size_t step, size_t steps);

#endif
