/** `skel data FILE`: looks at a data file. */
#ifndef SKEL_CLI_DATA_LOOK_H
#define SKEL_CLI_DATA_LOOK_H

#include "skel/status.h"

/** Whether a word of the command line names a file, not a data set.
 *
 *  Local. It does if it has a slash or ends in ".h5" or ".hdf5" and is no folder, or if there is a
 *  file of that name.
 */
bool skel_data_look_is(const char *word);

/** Checks a data file, and prints what it holds.
 *
 *  Local.
 *  @param store  whether to write mean and deviation into the file
 *  Errors: as skel_dataset_verify() and skel_dataset_store().
 */
SKEL_CHECKED skel_status skel_data_look_run(const char *path, bool store);

#endif
