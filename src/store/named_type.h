/** Types that have names of their own (H5Tcommit), so that several attributes and datasets can have
 *  them: their messages say where the type is.
 */
#ifndef SKEL_STORE_NAMED_TYPE_H
#define SKEL_STORE_NAMED_TYPE_H

#include "blocks.h"

#include <stdbool.h>
#include <stddef.h>

/** Where a message that is kept elsewhere lies: in the header of an object of its own.
 *
 *  Local.
 *  @param size     bytes of the message
 *  @param content  [size]
 *  @param address  out: of the object
 *  @return false if the message ends before, or lies in a table of messages that objects share
 *  Source: HDF5 File Format Specification, version 3.0, section IV.A.2, "shared message".
 */
bool skel_named_type_address(size_t size, const uint8_t content[], uint64_t *address);

/** Reads the message of a named type.
 *
 *  Local.
 *  @param address  of the object's header
 *  @param bytes    out: of the message
 *  @param out      out: [bytes], *owned*: SKEL_FREE() it
 *  Errors: SKEL_ERR_DATA if the object has no type, or a type that is itself elsewhere; as
 *          skel_object_header_read().
 */
SKEL_CHECKED skel_status skel_named_type_read(skel_blocks *file, uint64_t address, size_t *bytes,
                                              uint8_t **out);

#endif
