/** Folders that all nodes must share. */
#ifndef SKEL_SHARED_FOLDER_H
#define SKEL_SHARED_FOLDER_H

#include "skel/comm.h"

/** Fails if some rank does not see what the root writes into a folder, which is made if it is
 *  missing.
 *
 *  Collective. Without this check a group of ranks on another node would put its run files into a
 *  folder of its own that has the same name. Ranks wait some seconds for a slow file system. Where
 *  the root cannot write, nothing is checked: whoever writes next says why.
 *  Errors: SKEL_ERR_IO with rank, host and folder, agreed on.
 */
SKEL_CHECKED skel_status skel_shared_folder_check(const skel_comm *comm, const char *folder);

#endif
