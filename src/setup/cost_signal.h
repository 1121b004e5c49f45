/** What the signals of pruning iterations cost, beside the pruning phase's worker. */
#ifndef SKEL_SETUP_COST_SIGNAL_H
#define SKEL_SETUP_COST_SIGNAL_H

#include "skel/settings.h"

/** Images of one pruning iteration.
 *
 *  Local.
 */
size_t skel_cost_signal_batch(const skel_settings *settings);

/** Images whose gradients cost what pruning iterations do.
 *
 *  Local. A product with the Hessian is eight convolutions a layer, a gradient three, and it needs
 *  the gradient first.
 *  @param iterations  number of them
 */
double skel_cost_signal_images(const skel_job *job, const skel_settings *settings,
                               size_t iterations);

/** Bytes of what the signal needs beside the pruning phase's worker: networks that are made from
 *  the job's, with their workers and vectors.
 *
 *  Local. Errors: as skel_worker_bytes(), skel_gated_create() and skel_folded_create().
 */
SKEL_CHECKED skel_status skel_cost_signal_bytes(const skel_job *job, const skel_settings *settings,
                                                const skel_network *network, int ranks,
                                                size_t *bytes);

#endif
