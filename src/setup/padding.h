/** Which value of data.pad-to makes images large enough for a network. */
#ifndef SKEL_SETUP_PADDING_H
#define SKEL_SETUP_PADDING_H

#include "skel/job.h"
#include "skel/network.h"

/** The smallest side of a square that the job's network accepts and its images fit into.
 *
 *  Local. The last error stays the network's refusal, which is SKEL_ERR_CONFIG.
 *  @param input    shape of the images, which the network refuses
 *  @param classes  of the data set
 *  @return 0 if no square of at most 256 pixels helps: the images are too large, or the fault is
 *          another one
 */
size_t skel_padding_needed(const skel_job *job, skel_tensor input, size_t classes);

#endif
