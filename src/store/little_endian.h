/** Numbers as HDF5's files have them. */
#ifndef SKEL_STORE_LITTLE_ENDIAN_H
#define SKEL_STORE_LITTLE_ENDIAN_H

#include <stddef.h>
#include <stdint.h>

/** A number whose lowest byte comes first.
 *
 *  Local.
 *  @param bytes  of the number, at most 8
 */
uint64_t skel_little_endian(const uint8_t *from, size_t bytes);

/** Bytes that a number needs, 1 to 8.
 *
 *  Local.
 */
size_t skel_little_endian_width(uint64_t number);

#endif
