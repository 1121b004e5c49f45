/** Attributes in object headers; those of HDF5's first format have no checksum.
 *
 *  HDF5 1.10 copies as many bytes of an attribute's values as its type and its shape ask for, also
 *  from behind the header that it holds in memory. Where it refuses one attribute of several, it
 *  frees others that it has not read, and crashes.
 */
#ifndef SKEL_STORE_ATTRIBUTE_MESSAGE_H
#define SKEL_STORE_ATTRIBUTE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether name, type, shape and values of an attribute lie within its message, and have a form
 *  that HDF5 1.10 reads.
 *
 *  Local. Of a named type only its place is looked at. False for shapes that are kept elsewhere, in
 *  a table of messages.
 *  @param size     bytes of the message
 *  @param content  [size]
 *  Source: HDF5 File Format Specification, version 3.0, sections IV.A.2.b, d and m.
 */
bool skel_attribute_message_fits(size_t size, const uint8_t content[]);

/** Whether an attribute has a named type, and where.
 *
 *  Local.
 *  @param content  [size] of a message that fits
 *  @param address  out, if so: of the type's header
 */
bool skel_attribute_message_named_type(size_t size, const uint8_t content[], uint64_t *address);

/** Whether the type of an attribute is of a later version than HDF5 1.10 reads.
 *
 *  Local. The message need not fit.
 *  @param content  [size]
 *  @param named    the message of its named type; NULL: its type is its own
 */
bool skel_attribute_message_is_later(size_t size, const uint8_t content[], size_t bytes,
                                     const uint8_t named[]);

/** Whether the values lie within the message of an attribute that has a named type.
 *
 *  Local.
 *  @param content  [size] of a message that fits
 *  @param type     [bytes] the message of the type
 */
bool skel_attribute_message_fits_type(size_t size, const uint8_t content[], size_t bytes,
                                      const uint8_t type[]);

/** The elements of an attribute of texts of variable length: where each text is.
 *
 *  Local.
 *  @param content   [size] of a message that fits, and whose values do
 *  @param named     the message of its named type; NULL: its type is its own
 *  @param count     out: elements; 0 if the attribute has other values
 *  @param elements  out: [count][16], borrowed from `content`
 */
void skel_attribute_message_texts(size_t size, const uint8_t content[], const uint8_t named[],
                                  size_t *count, const uint8_t **elements);

#endif
