/** The arithmetic of methods that update the weights that stay, and their memory. */
#ifndef SKEL_SETUP_SURGERY_H
#define SKEL_SETUP_SURGERY_H

#include "skel/settings.h"

/** Bytes of an operation on the rank that needs most.
 *
 *  Local. Errors: as skel_surgeon_bytes() and skel_layer_surgeon_bytes().
 */
SKEL_CHECKED skel_status skel_surgery_bytes(const skel_job *job, const skel_settings *settings,
                                            const skel_network *network, int ranks, size_t *bytes);

/** Floating-point operations of the matrices of pruning iterations, without the gradients; 0 for a
 *  method that does not operate.
 *
 *  Local.
 *  @param done  iterations that are done, and do not count
 */
double skel_surgery_flop(const skel_job *job, const skel_settings *settings,
                         const skel_network *network, size_t done);

#endif
