/** The arithmetic of methods that update the weights that stay. */
#ifndef SKEL_SETUP_SURGERY_H
#define SKEL_SETUP_SURGERY_H

#include "skel/settings.h"

/** Floating-point operations of the matrices of all pruning iterations, without the gradients; 0
 *  for a method that does not operate.
 *
 *  Local.
 */
double skel_surgery_flop(const skel_job *job, const skel_settings *settings,
                         const skel_network *network);

#endif
