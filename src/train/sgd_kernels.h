/** The optimiser's loop, for every instruction set, with the same bits on each. */
#ifndef SKEL_TRAIN_SGD_KERNELS_H
#define SKEL_TRAIN_SGD_KERNELS_H

#include "skel/isa.h"

#include <stddef.h>
#include <stdint.h>

/** The constants of a step, as the loop needs them. Plain data. */
typedef struct skel_sgd_rates {
    float momentum;
    float decay;
    float step;   /**< the learning rate */
    float direct; /**< share of the gradient in the move: 1 for Nesterov, else 0 */
    float along;  /**< share of the velocity in the move: the momentum for Nesterov, else 1 */
} skel_sgd_rates;

/** Loops of one instruction set. Static, immutable. */
typedef struct skel_sgd_kernels {
    /** One step of weights; see skel_sgd_step(). */
    void (*step)(const skel_sgd_rates *rates, size_t count, const uint8_t keep[],
                 const float gradient[], float parameters[], float velocity[]);
    /** The same where all are kept. */
    void (*step_all)(const skel_sgd_rates *rates, size_t count, const float gradient[],
                     float parameters[], float velocity[]);
} skel_sgd_kernels;

extern const skel_sgd_kernels skel_sgd_kernels_baseline;
extern const skel_sgd_kernels skel_sgd_kernels_avx2;
extern const skel_sgd_kernels skel_sgd_kernels_avx512;

/** The loops of an instruction set.
 *
 *  Local. Static storage. The processor must have the instruction set.
 */
const skel_sgd_kernels *skel_sgd_kernels_of(skel_isa isa);

#endif
