/** Files to be read: a path that is no file is refused before it is opened.
 *
 *  Opening a pipe waits for a writer, and opening a device can move it. A folder, a pipe, a socket
 *  or a device in the place of a file is therefore an error at once.
 */
#ifndef SKEL_INPUT_H
#define SKEL_INPUT_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/** Looks whether a path is a file, without opening it.
 *
 *  Local.
 *  @param bytes  out: size of the file; may be NULL
 *  Errors: SKEL_ERR_IO with the system's reason, or with what the path is instead.
 */
SKEL_CHECKED skel_status skel_input_look(const char *path, size_t *bytes);

/** Opens a file for reading. Never waits for another process.
 *
 *  Local.
 *  @param descriptor  out: *owned*, close() it; -1 after an error
 *  @param bytes       out: size of the file; may be NULL
 *  Errors: as skel_input_look().
 */
SKEL_CHECKED skel_status skel_input_open(const char *path, int *descriptor, size_t *bytes);

/** As skel_input_open(), a stream.
 *
 *  Local.
 *  @param out  *owned*, fclose() it; NULL after an error
 *  Errors: as skel_input_look(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_input_stream(const char *path, FILE **out);

/** Reads a whole file as a text.
 *
 *  Local.
 *  @param out  *owned*: the bytes of the file, and a zero byte behind them; NULL after an error
 *  Errors: as skel_input_look(); SKEL_ERR_IO if the file becomes shorter; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_input_text(const char *path, char **out);

/** The first line of a small file that the system makes, such as those of /proc; "" if it cannot
 *  be read.
 *
 *  Local.
 *  @param line  [size] out: without the line's end, and cut if it is longer
 */
void skel_input_line(const char *path, size_t size, char line[]);

/** Fails if another process has a file open for writing, and says so by a lock, as HDF5 does.
 *
 *  Local. Succeeds where the file system has no locks, and for a path that cannot be opened.
 *  Errors: SKEL_ERR_DATA naming the file.
 */
SKEL_CHECKED skel_status skel_input_check_written(const char *path);

/** Reads bytes of an open file from a place on, in spite of signals and short reads.
 *
 *  Local.
 *  @param offset  of the first byte in the file
 *  @param block   [bytes] out
 *  @return the bytes that were read, fewer than `bytes` only where the file ends; -1 with errno
 */
ssize_t skel_input_read(int descriptor, uint64_t offset, size_t bytes, void *block);

/** As skel_input_read(), where the file must have all of the bytes.
 *
 *  Local.
 *  @param path   of the file in messages
 *  @param block  [bytes] out
 *  Errors: SKEL_ERR_IO with the system's reason, or if the file ends within the block.
 */
SKEL_CHECKED skel_status skel_input_read_whole(int descriptor, const char *path, uint64_t offset,
                                               size_t bytes, void *block);

#endif
