/** Checks of a job that need facts about data sets and networks. */
#ifndef SKEL_SOUND_H
#define SKEL_SOUND_H

#include "skel/networks.h"

/** Checks one run of a job: names of data set, network and engine, the resolved settings, the
 *  network for these images, batch sizes, and the number of images of a pruning iteration.
 *
 *  Local. Reads no data. skel_job_file_open() compares the job's values with each other.
 *  @param networks  of the job's runs
 *  @param key       out: dotted path of the key whose value is wrong, in static storage; NULL: no
 *                   single key
 *  Errors: SKEL_ERR_CONFIG; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sound_check(skel_networks *networks, const skel_job *job,
                                          const char **key);

/** Refuses a batch of which batch norm would normalise one image alone that it sees one pixel of:
 *  such a pixel has no variance. For every pass with statistics of the batch.
 *
 *  Local.
 *  @param batch   what it is in messages, with its number: "prune.batch-size 33"
 *  @param images  of the batch
 *  Errors: SKEL_ERR_CONFIG.
 */
SKEL_CHECKED skel_status skel_sound_check_batch(const skel_job *job, const skel_network *network,
                                                const char *batch, uint64_t images);

/** The part of it about the images of a pruning iteration: there are enough, and batch norm has
 *  statistics of each microbatch.
 *
 *  Local. Errors: SKEL_ERR_CONFIG, and the key as above.
 */
SKEL_CHECKED skel_status skel_sound_check_images(const skel_job *job, const skel_settings *settings,
                                                 const skel_network *network, const char **key);

#endif
