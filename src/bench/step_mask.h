/** Masks for benchmarks of training steps. */
#ifndef SKEL_BENCH_STEP_MASK_H
#define SKEL_BENCH_STEP_MASK_H

#include "skel/bench.h"
#include "skel/network.h"

/** The image's channels and the classes of the network that a file's masks are for.
 *
 *  Local. "uniform" and "blocks" change nothing.
 *  @param network   with the names of the file's network, maybe for other images and classes
 *  @param channels  in and out
 *  @param classes   in and out
 *  Errors: as skel_reader_open(); SKEL_ERR_USAGE for a misspelt word; SKEL_ERR_DATA for a file
 *          without the network's masks.
 */
SKEL_CHECKED skel_status skel_step_mask_fit(const skel_network *network, const char *source,
                                            size_t *channels, size_t *classes);

/** Draws the mask that the user asks for, or reads it from a run file.
 *
 *  Local. `bench->mask` is "uniform": the same share of every prunable tensor, drawn at random;
 *  "blocks": the same in blocks of the weights of eight neighbouring output channels at one place;
 *  else a file with /masks, which must not keep more than the density that the user gave.
 *  @param mask  [parameter_count] out; *owned*
 *  @param kept  out: prunable weights that the mask keeps
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_USAGE for a mask that keeps more, and for a misspelt word;
 *          SKEL_ERR_DATA for a mask of another network; as skel_reader_open().
 */
SKEL_CHECKED skel_status skel_step_mask_create(const skel_network *network, const skel_bench *bench,
                                               uint8_t **mask, size_t *kept);

#endif
