/** Copies that bypass the caches, for memory that another rank reads next. */
#ifndef SKEL_COMM_BYPASS_H
#define SKEL_COMM_BYPASS_H

#include <stddef.h>

/** Copies past this processor's caches where the processor can, so that the lines need not be
 *  fetched from the cache of the rank that has read them before.
 *
 *  Local. The writes are visible after the next barrier.
 *  @param to    [bytes] aligned to 16 bytes
 *  @param from  [bytes] any alignment
 */
void skel_bypass_copy(size_t bytes, const char from[], char to[]);

#endif
