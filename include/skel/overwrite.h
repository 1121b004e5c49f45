/** Files that a user names to be written, and that are there already: what must not be lost. */
#ifndef SKEL_OVERWRITE_H
#define SKEL_OVERWRITE_H

#include "skel/status.h"

#include <stddef.h>

/** The kind of HDF5 file that a command writes, and may therefore replace. */
typedef enum skel_overwrite {
    SKEL_OVERWRITE_NONE, /**< none: it writes files of another form */
    SKEL_OVERWRITE_WEIGHTS,
    SKEL_OVERWRITE_SPECTRA,
} skel_overwrite;

/** Fails if an output would destroy a file that the command reads, or one that is the result of
 *  long work: a run file, its journal, a checkpoint, spectra, a data file, a weight file. To be
 *  called before the work.
 *
 *  Local. A path where no file is passes; whoever opens it says what is wrong with it. Every path
 *  that leads to the file counts, also through symbolic links.
 *  @param path   of the output; NULL: none, passes
 *  @param kind   of HDF5 files that may be replaced
 *  @param input  [inputs] files that the command reads; NULL for none
 *  Errors: SKEL_ERR_USAGE naming the file and what it is; SKEL_ERR_IO if it cannot be read;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_overwrite_check(const char *path, skel_overwrite kind, size_t inputs,
                                              const char *const input[]);

#endif
