/** A file that is being written, as the file_*.c of this folder see it. */
#ifndef SKEL_STORE_FILE_INTERNAL_H
#define SKEL_STORE_FILE_INTERNAL_H

#include "h5.h"

#include "skel/checksum.h"

/** A dataset that was written, to be read back before the file is published. */
typedef struct skel_written {
    char *path;
    char checksum[SKEL_CHECKSUM_TEXT];
} skel_written;

struct skel_file {
    const skel_comm *comm;
    char *path;     /**< final name */
    char *part;     /**< temporary name beside it */
    int descriptor; /**< root's, to reserve space and to sync; -1 elsewhere */
    off_t reserved; /**< root's: bytes from the start for which there is room */
    hid_t id;       /**< -1 once closed */
    size_t count;
    skel_written *written; /**< [count] */
};

/** Ends a step in which all ranks called HDF5. If one rank failed, no rank goes on.
 *
 *  Collective. Once a call through MPI-IO has failed on one rank, the others may be waiting for it
 *  inside HDF5, any further call may wait for ever, and even closing the file may crash. So with
 *  MPI the temporary file is removed, the message printed and the program ended with exit status
 *  74; without MPI the status comes back.
 *  Errors: `local`, without MPI.
 */
SKEL_CHECKED skel_status skel_file_settle(skel_file *file, skel_status local);

/** Makes sure, before HDF5 is asked to write, that the disk has room.
 *
 *  Collective. Most full disks and quotas are met here, where all ranks can still leave in order.
 *  Errors: SKEL_ERR_IO, agreed on.
 */
SKEL_CHECKED skel_status skel_file_reserve(skel_file *file, size_t bytes, const char *object);

/** Makes the folders above a path; `path` is written to, and restored.
 *
 *  Local. Errors: SKEL_ERR_IO naming the folder.
 */
SKEL_CHECKED skel_status skel_file_make_folders(char *path);

/** Creates the groups above an object, or the object too if it is to be a group.
 *
 *  Collective, without agreement. Errors: SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_file_make_groups(skel_file *file, const char *path, bool whole);

/** Sets an attribute of an object that is open; one that exists is replaced.
 *
 *  Collective, without agreement. Errors: SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_file_attach(skel_file *file, hid_t object, const char *name,
                                          hid_t type, const void *value);

/** As skel_file_attach(), a text.
 *
 *  Collective, without agreement. Errors: SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_file_attach_text(skel_file *file, hid_t object, const char *name,
                                               const char *value);

/** Removes the temporary file and closes what is open, HDF5's part included, and frees `*file`.
 *
 *  Collective.
 */
void skel_file_drop(skel_file **file);

#endif
