/** Adam, the optimiser of auxiliary values. */
#ifndef SKEL_ADAM_H
#define SKEL_ADAM_H

#include <stddef.h>

/** One step: m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
 *  x -= rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + 1e-8), b1 = 0.9, b2 = 0.999.
 *
 *  Local.
 *  @param step      t, from 1
 *  @param gradient  [count]
 *  @param first     [count] m, in and out; zeros before the first step
 *  @param second    [count] v, in and out; zeros before the first step
 *  @param values    [count] x, in and out
 *  Source: Kingma and Ba 2015, algorithm 1 and its constants, in the form of torch.optim.Adam.
 */
void skel_adam_step(double rate, size_t step, size_t count, const float gradient[], float first[],
                    float second[], float values[]);

#endif
