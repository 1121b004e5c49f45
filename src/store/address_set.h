/** Sets of addresses in an HDF5 file. */
#ifndef SKEL_STORE_ADDRESS_SET_H
#define SKEL_STORE_ADDRESS_SET_H

#include "skel/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A set; all zeros is an empty one. SKEL_FREE(&at). */
typedef struct skel_address_set {
    size_t count;
    size_t room;  /**< 0, or a power of two, at least twice `count` */
    uint64_t *at; /**< [room] each address plus one; 0 for none */
} skel_address_set;

/** Adds an address.
 *
 *  Local.
 *  @param address  below the file's size
 *  @param is_new   out: the set did not have it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_address_set_add(skel_address_set *to, uint64_t address, bool *is_new);

#endif
