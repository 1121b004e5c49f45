/** Small text files, read whole. */
#ifndef SKEL_JOB_WHOLE_H
#define SKEL_JOB_WHOLE_H

#include "skel/status.h"

#include <stddef.h>
#include <stdio.h>

/** Reads all of a stream.
 *
 *  Local.
 *  @param label  names the stream in messages
 *  @param noun   names in messages what the stream should be: "job file"
 *  @param text   out, *owned*: [*bytes]
 *  Errors: SKEL_ERR_IO; SKEL_ERR_CONFIG if it is longer than a MiB; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_whole_read(const char *label, const char *noun, FILE *stream,
                                         char **text, size_t *bytes);

#endif
