/** Attributes and links that are too many or too large for their object's header. */
#ifndef SKEL_STORE_DENSE_MESSAGES_H
#define SKEL_STORE_DENSE_MESSAGES_H

#include "object_header.h"

/** Reads the messages to which a header's message leads: all attributes of an object (0x0c) from
 *  its "heap of attributes" (0x15), all links of a group (0x06) from its "group's heap" (0x02).
 *
 *  Local. One that two lists name is visited twice.
 *  @param message  of one of these types; it fits
 *  Errors: the visit's; SKEL_ERR_DATA if an attribute is shared by objects; as
 *          skel_fractal_heap_open(), skel_fractal_heap_find(), skel_record_tree_read().
 */
SKEL_CHECKED skel_status skel_dense_messages_read(skel_blocks *file,
                                                  const skel_header_message *message,
                                                  skel_header_visit *visit, void *context);

#endif
