/** Links in object headers of HDF5's later groups that have few members.
 *
 *  HDF5 1.10 copies as many bytes of a name as its message asks for, also from behind the header
 *  that it holds in memory, and where it cannot read one link of a list it frees what it never
 *  allocated. A header of the first version, which has no checksum, can hold links,
 *  too: those of groups that keep the order of their members.
 */
#ifndef SKEL_STORE_LINK_MESSAGE_H
#define SKEL_STORE_LINK_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether HDF5 can read a link: its name, and where it leads, lie within its message, and it is of
 *  a known kind.
 *
 *  Local.
 *  @param size     bytes of the message
 *  @param content  [size]
 *  Source: HDF5 File Format Specification, version 3.0, section IV.A.2.g.
 */
bool skel_link_message_fits(size_t size, const uint8_t content[]);

#endif
