/** Every value of a data file, looked at without a run. */
#ifndef SKEL_DATASET_VERIFY_H
#define SKEL_DATASET_VERIFY_H

#include "skel/dataset.h"

/** Checks all values of a data file: labels, offsets, pixels; heads of JPEG files; checksums where
 *  the file has some.
 *
 *  Local, in slices: the file may be larger than memory.
 *  @param has_statistics  out: whether mean and deviation are attributes of the file
 *  @param statistics      out: *owned*, [2][channels] mean and deviation of the file, else
 *                         computed; `out` points to them
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA naming file, dataset and value; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dataset_verify(const char *path, skel_dataset_info *out,
                                             bool *has_statistics, float **statistics);

/** Writes mean and deviation into a data file without them. Its content stays the same for runs.
 *
 *  Local.
 *  @param info  as skel_dataset_verify() gives it: deviation follows mean in memory
 *  Errors: SKEL_ERR_IO if the file cannot be written; SKEL_ERR_DATA if skel wrote the file: its
 *          manifest would no longer be right.
 */
SKEL_CHECKED skel_status skel_dataset_store(const char *path, const skel_dataset_info *info);

#endif
