/** Files as bytes, to damage them. */
#ifndef SKEL_TEST_FILE_BYTES_H
#define SKEL_TEST_FILE_BYTES_H

#include <stddef.h>

/** Reads a whole file.
 *
 *  Local. `*out` is *owned*: SKEL_FREE() it.
 *  @return bytes of the file
 */
size_t skel_file_bytes_read(const char *path, unsigned char **out);

/** Writes a whole file.
 *
 *  Local.
 */
void skel_file_bytes_write(const char *path, size_t bytes, const unsigned char block[]);

/** Opens the file with each byte changed in turn (each fifth, where SKEL_SAMPLE chooses), but for
 *  zeros behind zeros; lists all that is in it and reads attributes and texts. Fails unless each
 *  file was read, or refused as damaged, and at least one was refused.
 *
 *  Local. The sanitizers watch what the library does meanwhile.
 */
void skel_file_bytes_damage_each(const char *path);

#endif
