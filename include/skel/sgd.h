/** Stochastic gradient descent with momentum, on masked parameters. */
#ifndef SKEL_SGD_H
#define SKEL_SGD_H

#include "skel/network.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The optimiser's constants. Plain data. */
typedef struct skel_sgd {
    double momentum;
    double weight_decay; /**< of every parameter, batch norm's and biases included */
    bool nesterov;
} skel_sgd;

/** One step: d = g + decay w; v = momentum v + d; w -= rate (nesterov ? d + momentum v : v).
 *
 *  Local. Where `keep` is 0, parameter and velocity become exactly 0.
 *  @param keep        [count], 0 or 1; NULL: all 1
 *  @param gradient    [count]
 *  @param parameters  [count] in and out
 *  @param velocity    [count] in and out; zeros before the first step
 *  Source: Sutskever et al. 2013, in the form of torch.optim.SGD (dampening 0).
 */
void skel_sgd_step(const skel_sgd *sgd, double rate, size_t count, const uint8_t keep[],
                   const float gradient[], float parameters[], float velocity[]);

/** Adds the derivative of l1 |w| to the gradient of every prunable weight: l1 times its sign, and 0
 *  for a weight of 0.
 *
 *  Local.
 *  @param offset      [network->parameters + 1] first element of each parameter tensor
 *  @param l1          0: nothing is added
 *  @param parameters  [offset[network->parameters]]
 *  @param gradient    likewise, in and out
 */
void skel_sgd_penalise(const skel_network *network, const size_t offset[], double l1,
                       const float parameters[], float gradient[]);

/** Batch norm's momentum. Source: PyTorch's default. */
#define SKEL_BATCHNORM_MOMENTUM 0.1

/** Moves running averages towards a batch's statistics: b = (1 - weight) b + weight s.
 *
 *  Local. `weight` is SKEL_BATCHNORM_MOMENTUM.
 */
void skel_running_average(double weight, size_t count, const float statistics[], float buffers[]);

#endif
