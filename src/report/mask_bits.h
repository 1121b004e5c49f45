/** The mask of a run as bits, to be compared with others. */
#ifndef SKEL_REPORT_MASK_BITS_H
#define SKEL_REPORT_MASK_BITS_H

#include "skel/status.h"

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

/** Jaccard index: weights that both masks keep, of those that either keeps.
 *
 *  Local. NaN if the masks have different numbers of weights, or none.
 */
double skel_mask_bits_jaccard(const skel_mask_bits *a, const skel_mask_bits *b);

/** Jaccard index of two masks of these sizes that keep random weights.
 *
 *  Local. Both keep kept a * kept b / weights of them on average: the mean of the hypergeometric
 *  distribution. NaN as skel_mask_bits_jaccard().
 */
double skel_mask_bits_chance(const skel_mask_bits *a, const skel_mask_bits *b);

#endif
