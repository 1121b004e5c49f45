/** Attributes in object headers; those of HDF5's first format have no checksum.
 *
 *  HDF5 1.10 copies as many bytes of an attribute's values as its type and its shape ask for, also
 *  from behind the header that it holds in memory.
 */
#ifndef SKEL_STORE_ATTRIBUTE_MESSAGE_H
#define SKEL_STORE_ATTRIBUTE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether name, type, shape and values of an attribute lie within its message.
 *
 *  Local. Says nothing of types and shapes that are kept elsewhere.
 *  @param size     bytes of the message
 *  @param content  [size]
 *  Source: HDF5 File Format Specification, version 3.0, sections IV.A.2.b, d and m.
 */
bool skel_attribute_message_fits(size_t size, const uint8_t content[]);

/** The elements of an attribute of texts of variable length: where each text is.
 *
 *  Local.
 *  @param content   [size] of a message that fits
 *  @param count     out: elements; 0 if the attribute has other values
 *  @param elements  out: [count][16], borrowed from `content`
 */
void skel_attribute_message_texts(size_t size, const uint8_t content[], size_t *count,
                                  const uint8_t **elements);

#endif
