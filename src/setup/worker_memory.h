/** Memory of workers: each kind of worker is asked for its memory once for all runs that have it.
 */
#ifndef SKEL_SETUP_WORKER_MEMORY_H
#define SKEL_SETUP_WORKER_MEMORY_H

#include "skel/worker.h"

#include <stdint.h>

enum { SKEL_WORKER_MEMORY_CHAINS = 4099 };

/** The answers so far. Zero bytes are none. Plain data. */
typedef struct skel_worker_memory {
    size_t last[SKEL_WORKER_MEMORY_CHAINS]; /**< number, from 1, of each chain's latest answer */
    size_t count;
    size_t room;
    struct skel_worker_answer *answer; /**< [count], owned: skel_worker_memory_clear() it */
} skel_worker_memory;

/** Frees the answers.
 *
 *  Local.
 */
void skel_worker_memory_clear(skel_worker_memory *memory);

/** As skel_worker_bytes(), remembered.
 *
 *  Local. Errors: as skel_worker_bytes(); SKEL_ERR_MEMORY.
 *  @param network  must live as long as the answers
 */
SKEL_CHECKED skel_status skel_worker_memory_of(skel_worker_memory *memory,
                                               const skel_network *network,
                                               const skel_worker_options *options, int ranks,
                                               size_t *bytes);

#endif
