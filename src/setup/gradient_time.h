/** The time of a gradient on this machine. */
#ifndef SKEL_SETUP_GRADIENT_TIME_H
#define SKEL_SETUP_GRADIENT_TIME_H

#include "skel/job.h"
#include "skel/network.h"

/** The engine that computes gradients of all weights in a job's run.
 *
 *  Local. Static storage, or the job's.
 */
const char *skel_gradient_time_engine(const skel_job *job);

/** Measures the gradient of a microbatch of random images: the median of several, after a first.
 *
 *  Local.
 *  @param seconds  out: per image
 *  Errors: as skel_engine_create() and skel_engine_gradient(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_gradient_time_measure(const skel_job *job,
                                                    const skel_network *network, double *seconds);

#endif
