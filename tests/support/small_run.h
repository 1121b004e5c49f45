/** A small run file with every structure that HDF5 uses for skel's files. */
#ifndef SKEL_TEST_SMALL_RUN_H
#define SKEL_TEST_SMALL_RUN_H

#include "skel/status.h"

#include <stdint.h>

enum {
    SMALL_RUN_VALUES = 600, /**< of each weight and of each mask */
    SMALL_RUN_MEMBERS = 12  /**< weights, masks, and attributes of /provenance */
};

/** Writes many members and attributes, plain and compressed data, and texts.
 *
 *  Local.
 *  @param values  [SMALL_RUN_VALUES] of every weight
 *  @param mask    [SMALL_RUN_VALUES] of every weight
 *  Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_small_run_write(const char *path, const float values[],
                                              const uint8_t mask[]);

#endif
