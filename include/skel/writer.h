/** Files that are written as streams, of which no error is lost.
 *
 *      SKEL_TRY(skel_writer_open(folder, "table.csv", &writer));
 *      (void)fprintf(writer.file, ...);              // any number of times
 *      done:
 *      return skel_writer_close(&writer, status);
 *
 *  For a file that must appear whole or not at all, see skel/output.h.
 */
#ifndef SKEL_WRITER_H
#define SKEL_WRITER_H

#include "skel/status.h"

#include <stdio.h>

/** A file that is being written; all zero bytes are none. */
typedef struct skel_writer {
    FILE *file;
    char *path;
} skel_writer;

/** Opens a file for writing; what it held is gone.
 *
 *  Local.
 *  @param folder  that the file is in; NULL: `name` is a path
 *  @param out     *owned*: skel_writer_close() it; none after an error
 *  Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE with the system's reason; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_writer_open(const char *folder, const char *name, skel_writer *out);

/** Closes the file, and hands on the status of what was done with it; none is no error.
 *
 *  Local.
 *  @param status  of the caller so far
 *  Errors: `status`, if that is one; else SKEL_ERR_IO or SKEL_ERR_STORAGE if some write, or the
 *          closing, has failed.
 */
SKEL_CHECKED skel_status skel_writer_close(skel_writer *writer, skel_status status);

#endif
