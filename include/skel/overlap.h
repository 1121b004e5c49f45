/** Overlap of masks: which weights each two of any number of masks both keep, beside what chance
 *  gives.
 */
#ifndef SKEL_OVERLAP_H
#define SKEL_OVERLAP_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

enum { SKEL_OVERLAP_MASKS = 512 }; /**< as many can be compared at once: their files are open */

/** Two masks, in one layer or in all. Plain data. */
typedef struct skel_overlap {
    size_t size; /**< weights */
    size_t kept[2];
    size_t both;
    double jaccard;        /**< kept by both / kept by either; of two empty masks 1 */
    double chance;         /**< mean of `both` for random masks of these sizes */
    double chance_jaccard; /**< the Jaccard index of that */
} skel_overlap;

/** Bits that two masks of as many words both have.
 *
 *  Local.
 */
size_t skel_overlap_common(size_t words, const uint64_t a[], const uint64_t b[]);

/** The overlap of two masks of `size` weights, from what each keeps and what both keep.
 *
 *  Local.
 */
skel_overlap skel_overlap_make(size_t size, size_t kept_a, size_t kept_b, size_t both);

/** All pairs of some masks. Opaque. */
typedef struct skel_overlaps skel_overlaps;

/** Reads the masks of files and counts what each two have in common.
 *
 *  Local, without MPI. Holds one layer of all masks at a time.
 *  @param paths   [count] run files, checkpoints or weight files with /masks; borrowed until
 *                 skel_overlaps_free()
 *  @param layers  whether to keep the counts of each layer, too
 *  @param out     *owned*: skel_overlaps_free() it
 *  Errors: SKEL_ERR_DATA naming the files if layers or shapes differ, or a mask is damaged;
 *          SKEL_ERR_USAGE for more than SKEL_OVERLAP_MASKS; SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_overlaps_read(size_t count, const char *const paths[], bool layers,
                                            skel_overlaps **out);

/** Rows: the layers, if they were kept, and the whole masks as the last row.
 *
 *  Local.
 */
size_t skel_overlaps_rows(const skel_overlaps *overlaps);

/** Name of a row: a parameter's, or "whole".
 *
 *  Local. Borrowed until skel_overlaps_free().
 */
const char *skel_overlaps_name(const skel_overlaps *overlaps, size_t row);

/** The overlap of masks `a` and `b`, which may be one.
 *
 *  Local.
 */
void skel_overlaps_pair(const skel_overlaps *overlaps, size_t row, size_t a, size_t b,
                        skel_overlap *out);

/** Frees the counts; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_overlaps_free(skel_overlaps **overlaps);

#endif
