/** Types of datasets and attributes in object headers.
 *
 *  HDF5 1.10 reads as many members of a type as its head asks for, also from behind the header that
 *  it holds in memory; and where sizes of parts contradict each other, it converts values that are
 *  larger than their place.
 */
#ifndef SKEL_STORE_DATATYPE_MESSAGE_H
#define SKEL_STORE_DATATYPE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether all parts of a type lie within its message, and their sizes agree.
 *
 *  Local.
 *  @param size     bytes of the message
 *  @param content  [size]
 *  Source: HDF5 File Format Specification, version 3.0, section IV.A.2.d.
 */
bool skel_datatype_message_fits(size_t size, const uint8_t content[]);

/** Whether a type is of a later version than HDF5 1.10 reads: it refuses the type by its first
 *  byte, and with it a dataset, but it crashes where one attribute of several has such a type.
 *
 *  Local.
 *  @param size     bytes of the message
 *  @param content  [size]
 */
bool skel_datatype_message_is_later(size_t size, const uint8_t content[]);

#endif
