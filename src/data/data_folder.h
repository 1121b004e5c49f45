/** The folders that data sets are fetched into, and the files in them. */
#ifndef SKEL_DATA_FOLDER_H
#define SKEL_DATA_FOLDER_H

#include "skel/claim.h"
#include "skel/dataset.h"

#include <stddef.h>

/** Joins a folder and a name; cuts what does not fit, so that opening it fails.
 *
 *  Local.
 */
void skel_data_folder_join(const char *dir, const char *name, char out[SKEL_PATH]);

/** Bytes of a file, or of all files in a folder; 0 if it is not there.
 *
 *  Local.
 */
size_t skel_data_folder_bytes(const char *path);

/** Whether the file system of a folder has room for `bytes` bytes.
 *
 *  Local. Errors: SKEL_ERR_IO with the needed and the free bytes.
 */
SKEL_CHECKED skel_status skel_data_folder_has_room(const char *path, size_t bytes);

/** A folder's lock. Plain data; {.descriptor = -1} is none. */
typedef struct skel_data_folder_hold {
    int descriptor;    /**< of the locked file */
    skel_claim *claim; /**< where the file system cannot lock; else NULL */
} skel_data_folder_hold;

/** Locks a folder by a file in it, until skel_data_folder_unlock() or the end of this process and of
 *  those that it started. Where the file system cannot lock, a claim beside the folder does, which
 *  ends with this process.
 *
 *  Local.
 *  @param hold  *owned*: skel_data_folder_unlock() it, also after an error
 *  Errors: SKEL_ERR_IO if another process holds the lock or the folder is not writable; as
 *          skel_claim_take().
 */
SKEL_CHECKED skel_status skel_data_folder_lock(const char *path, skel_data_folder_hold *hold);

/** Releases the lock, if there is one.
 *
 *  Local.
 */
void skel_data_folder_unlock(skel_data_folder_hold *hold);

/** Copies a file's content.
 *
 *  Local. Errors: SKEL_ERR_IO, nothing is left of `to` then.
 */
SKEL_CHECKED skel_status skel_data_folder_copy(const char *from, const char *to);

/** Renames a file within a file system: the new name has the whole content, or is not there.
 *
 *  Local. The content is on disk before the name. Errors: SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_data_folder_adopt(const char *from, const char *to);

#endif
