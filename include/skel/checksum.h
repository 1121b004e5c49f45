/** Checksums: XXH3-128 of files that skel writes and reads; MD5 of files whose MD5 is published. */
#ifndef SKEL_CHECKSUM_H
#define SKEL_CHECKSUM_H

#include "skel/status.h"

#include <stddef.h>

enum { SKEL_CHECKSUM_TEXT = 33 }; /**< 32 lower-case hexadecimal digits and the terminating zero */

/** XXH3-128 of a block, as text.
 *
 *  Local. A block of bytes has the same checksum on every machine; a block of wider numbers has
 *  not.
 */
void skel_checksum_xxh3(size_t bytes, const void *block, char out[SKEL_CHECKSUM_TEXT]);

/** An XXH3-128 of a block that comes in pieces. Opaque. */
typedef struct skel_checksum skel_checksum;

/** Begins with no bytes.
 *
 *  Local. `*out` is *owned*: skel_checksum_end() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_checksum_begin(skel_checksum **out);

/** Adds the next piece.
 *
 *  Local.
 */
void skel_checksum_add(skel_checksum *checksum, size_t bytes, const void *piece);

/** Ends; accepts NULL and nulls the pointer.
 *
 *  Local.
 *  @param out  out: as skel_checksum_xxh3() of all pieces in a row; untouched if `*checksum` is
 *              NULL
 */
void skel_checksum_end(skel_checksum **checksum, char out[SKEL_CHECKSUM_TEXT]);

/** MD5 of a block, as text: for comparison with published sums, not for security.
 *
 *  Local.
 */
void skel_checksum_md5(size_t bytes, const void *block, char out[SKEL_CHECKSUM_TEXT]);

/** MD5 of a whole file, as text.
 *
 *  Local. Errors: SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_checksum_md5_file(const char *path, char out[SKEL_CHECKSUM_TEXT]);

#endif
