/** Lists of addresses in an HDF5 file. */
#ifndef SKEL_STORE_ADDRESSES_H
#define SKEL_STORE_ADDRESSES_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

/** A list; all zeros is an empty one. SKEL_FREE(&at). */
typedef struct skel_addresses {
    size_t count;
    size_t room;
    uint64_t *at; /**< [room] */
} skel_addresses;

/** Adds an address.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_addresses_add(skel_addresses *to, uint64_t address);

#endif
