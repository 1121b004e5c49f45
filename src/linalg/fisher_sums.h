/** Sums over the weights of all ranks. */
#ifndef SKEL_LINALG_FISHER_SUMS_H
#define SKEL_LINALG_FISHER_SUMS_H

#include "fisher_impl.h"

/** Makes `factor` of N lambda I + G G', of the weights that are not removed.
 *
 *  Collective; the same bits on any number of ranks. Errors: as skel_fisher_diagonal().
 */
SKEL_CHECKED skel_status skel_fisher_factor(skel_fisher *fisher, const uint8_t removed[]);

/** Makes `vector` of what the removed weights do for each sample: G_Q w_Q.
 *
 *  Collective; the same bits on any number of ranks.
 */
void skel_fisher_outputs(skel_fisher *fisher, const uint8_t removed[], const float weight[]);

#endif
