/** Folders on disk: made with those above them, and removed with what is in them. */
#ifndef SKEL_FOLDER_H
#define SKEL_FOLDER_H

#include "skel/status.h"

#include <stdbool.h>

/** Whether a path is a folder; symbolic links are followed.
 *
 *  Local.
 */
bool skel_folder_is(const char *path);

/** Makes a folder and those above it.
 *
 *  Local. A folder that is there is no error.
 *  Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE naming the folder that cannot be made; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_folder_make(const char *path);

/** Makes the folders above a file, which needs not be there.
 *
 *  Local. Errors: as skel_folder_make().
 */
SKEL_CHECKED skel_status skel_folder_make_above(const char *path);

/** Removes a file, or a folder with its content.
 *
 *  Local. A path that does not exist is no error; files that cannot be removed stay. Symbolic links
 *  are removed, not followed.
 */
void skel_folder_remove(const char *path);

#endif
