/** The mask of a run as bits, to be compared with others. */
#ifndef SKEL_REPORT_MASK_BITS_H
#define SKEL_REPORT_MASK_BITS_H

#include "skel/overlap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** All prunable weights of a run, in the file's order. */
typedef struct skel_mask_bits {
    size_t weights; /**< 0: the run has no mask */
    size_t kept;
    uint64_t *word; /**< [weights / 64, rounded up] owned; bits above `weights` are 0 */
} skel_mask_bits;

/** Reads the masks of a run file.
 *
 *  Local. `out` is owned: SKEL_FREE(&out->word); empty after an error.
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_mask_bits_read(const char *path, skel_mask_bits *out);

/** The overlap of two masks; false if they have different numbers of weights, or none.
 *
 *  Local.
 */
bool skel_mask_bits_overlap(const skel_mask_bits *a, const skel_mask_bits *b, skel_overlap *out);

#endif
