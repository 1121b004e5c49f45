/** Segments of a node's shared memory, which POSIX knows by their names. */
#ifndef SKEL_COMM_SEGMENT_H
#define SKEL_COMM_SEGMENT_H

#include <stddef.h>

/** Makes a segment, with all its pages, so that none is missing later, and maps it.
 *
 *  Local.
 *  @param name  of no segment yet; shm_unlink() it when the others have mapped it
 *  @param out   [bytes] out: zeros; *owned*, munmap() it; NULL after an error, and no segment is
 *               left
 *  @return 0, or the system's number of the error
 */
int skel_segment_make(const char *name, size_t bytes, void **out);

/** Maps a segment that another process has made.
 *
 *  Local.
 *  @param out  [bytes] out: *owned*, munmap() it; NULL after an error
 *  @return 0, or the system's number of the error
 */
int skel_segment_map(const char *name, size_t bytes, void **out);

#endif
