/** Files that appear whole or not at all: written under another name beside their place, then
 *  renamed.
 *
 *      SKEL_TRY(skel_output_open(path, &output));
 *      skel_output_write(output, bytes, data);     // any number of times; keeps the first error
 *      SKEL_TRY(skel_output_publish(&output));
 *      done:
 *      skel_output_discard(&output);
 */
#ifndef SKEL_OUTPUT_H
#define SKEL_OUTPUT_H

#include "skel/status.h"

#include <stddef.h>

/** A file that is being written. Opaque. */
typedef struct skel_output skel_output;

/** Opens PATH.part-PID for writing.
 *
 *  Local. `*out` is *owned*: skel_output_publish() or skel_output_discard() it.
 *  Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE if it cannot be written; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_output_open(const char *path, skel_output **out);

/** Writes the next bytes. An error is kept for skel_output_publish().
 *
 *  Local.
 */
void skel_output_write(skel_output *output, size_t bytes, const void *data);

/** Bytes that were written so far.
 *
 *  Local.
 */
size_t skel_output_bytes(const skel_output *output);

/** Puts the file into its place, in which another one may be, once all bytes are on the disk.
 *
 *  Local. Frees `*output` and nulls it, also after an error, which leaves nothing behind.
 *  Errors: SKEL_ERR_IO; SKEL_ERR_STORAGE.
 */
SKEL_CHECKED skel_status skel_output_publish(skel_output **output);

/** Removes what was written; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_output_discard(skel_output **output);

#endif
