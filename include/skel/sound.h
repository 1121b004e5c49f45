/** Whether a run makes sense: the checks of a job that need data sets and networks. */
#ifndef SKEL_SOUND_H
#define SKEL_SOUND_H

#include "skel/job.h"

/** Checks one run of a job: names of data set, network and engine, the resolved settings, the
 * network for these images, batch sizes, and the number of images of a pruning iteration.
 *
 *  Local. Reads no data. Checks among the job's own values are skel_job_file_open()'s.
 *  @param key  out: dotted path of the key to blame, in static storage; NULL: no single key
 *  Errors: SKEL_ERR_CONFIG; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sound_check(const skel_job *job, const char **key);

#endif
