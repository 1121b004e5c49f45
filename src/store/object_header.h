/** Headers of an HDF5 file's objects, read without HDF5. */
#ifndef SKEL_STORE_OBJECT_HEADER_H
#define SKEL_STORE_OBJECT_HEADER_H

#include "blocks.h"

#include <stdbool.h>
#include <stddef.h>

/** One message of a header. */
typedef struct skel_header_message {
    unsigned type;
    bool is_shared;         /**< its content lies elsewhere */
    uint64_t address;       /**< of its head */
    size_t size;            /**< that its head claims */
    size_t rest;            /**< bytes of the header from its content on, all readable */
    const uint8_t *content; /**< [rest], borrowed during the call */
} skel_header_message;

/** What skel_object_header_read() calls for a message. An error ends the reading. */
typedef skel_status skel_header_visit(void *context, const skel_header_message *message);

/** Reads the header at an address, with the parts in which it goes on. Other bytes than a header's
 *  have no messages.
 *
 *  Local. Errors: the visit's; as skel_blocks_fetch().
 *  Source: HDF5 File Format Specification, version 3.0, section IV.A.
 */
SKEL_CHECKED skel_status skel_object_header_read(skel_blocks *file, uint64_t address,
                                                 skel_header_visit *visit, void *context);

#endif
