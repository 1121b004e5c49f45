/** Files that appear whole or not at all: written under another name beside their place, then
 *  renamed. Text may go to a pipe or a device as well.
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

#include <stdbool.h>
#include <stddef.h>

enum { SKEL_OUTPUT_PATH = 4200 }; /**< bytes of the path of an output, with its end */

/** A file that is being written. Opaque. */
typedef struct skel_output skel_output;

/** Looks whether a file can take a place: nothing is there, or a file.
 *
 *  Local. A renamed file would replace a device or a pipe.
 *  Errors: SKEL_ERR_IO with what the path is instead, also for the file that this process prints to.
 */
SKEL_CHECKED skel_status skel_output_look(const char *path);

/** As skel_output_look(), for an output of text: a stream will do, too.
 *
 *  Local. Errors: as skel_output_look().
 */
SKEL_CHECKED skel_status skel_output_look_text(const char *path);

/** Whether a path leads to what this process prints to: "/dev/stdout" does.
 *
 *  Local.
 */
bool skel_output_is_stdout(const char *path);

/** Whether a path leads to what takes bytes as they come: a pipe, a terminal or another character
 *  device, or whatever this process prints to.
 *
 *  Local.
 */
bool skel_output_is_stream(const char *path);

/** Finds the place of an output: the path, or what its symbolic link leads to. A renamed file would
 *  replace the link.
 *
 *  Local.
 *  @param place  out: a path that is no symbolic link
 *  Errors: as skel_output_look(); SKEL_ERR_IO for links without an end and paths that are too long.
 */
SKEL_CHECKED skel_status skel_output_place(const char *path, char place[SKEL_OUTPUT_PATH]);

/** Whether two outputs have one place: the later one would replace the earlier one.
 *
 *  Local. Neither needs to be there. False if a path has no place.
 */
bool skel_output_is_same(const char *a, const char *b);

/** Whether an output would replace a file: both are one file, whatever leads to it.
 *
 *  Local. False if one of them is not there.
 */
bool skel_output_replaces(const char *path, const char *file);

/** Opens PLACE.part-PID for writing, PLACE being that of the path.
 *
 *  Local. `*out` is *owned*: skel_output_publish() or skel_output_discard() it.
 *  Errors: as skel_output_place(); SKEL_ERR_IO or SKEL_ERR_STORAGE if it cannot be written;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_output_open(const char *path, skel_output **out);

/** As skel_output_open(), for an output of text: a stream is opened itself, and is written at once.
 *  A pipe that no one reads is waited for, with a message. If its reader goes away, that is an error
 *  of writing, and no signal.
 *
 *  Local. Changes what SIGPIPE does, until the output is published or discarded.
 *  Errors: as skel_output_open().
 */
SKEL_CHECKED skel_status skel_output_open_text(const char *path, skel_output **out);

/** Writes the next bytes. An error is kept for skel_output_publish().
 *
 *  Local.
 */
void skel_output_write(skel_output *output, size_t bytes, const void *data);

/** Writes the content of another file. An error in writing is kept for skel_output_publish().
 *
 *  Local. Errors: SKEL_ERR_IO if that file cannot be read; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_output_copy(skel_output *output, const char *path);

/** Where the bytes are that were written so far, for a library that changes some of them.
 *
 *  Local. Borrowed. Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE if they cannot be written.
 */
SKEL_CHECKED skel_status skel_output_part(skel_output *output, const char **out);

/** Bytes that were written so far.
 *
 *  Local.
 */
size_t skel_output_bytes(const skel_output *output);

/** Puts the file into its place, in which another one may be, once all bytes are on the disk.
 *
 *  Local. Frees `*output` and nulls it, also after an error, which leaves nothing behind. What went
 *  to a stream is there already.
 *  Errors: as skel_output_look(); SKEL_ERR_IO; SKEL_ERR_STORAGE.
 */
SKEL_CHECKED skel_status skel_output_publish(skel_output **output);

/** Removes what was written; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_output_discard(skel_output **output);

#endif
