/** The microbatches of a call, in the groups that go through a pass together.
 *
 *  With `statistics_sum` every batch norm needs the sums of all microbatches: all are one group,
 *  each in a slot of its own. Without it each microbatch is a group by itself, in slot 0.
 */
#ifndef SKEL_NN_GROUPS_H
#define SKEL_NN_GROUPS_H

#include "skel/engine.h"

/** Forward and backward pass of one group.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param vector   of skel_engine_hessian(); NULL in skel_engine_gradient()
 *  @param count    microbatches of the group: 1 without `statistics_sum`, else maybe 0
 *  @param batches  [count]
 *  @param passes   [count]
 */
typedef skel_status (*skel_groups_pass_fn)(skel_engine *engine, const float vector[], size_t count,
                                           const skel_batch batches[], double scale,
                                           skel_pass passes[]);

/** Slots that a call with these options fills at once: the engine takes memory for so many.
 *
 *  Local.
 */
size_t skel_groups_slots(const skel_engine_options *options);

/** Calls `pass` on every group, in the order of the microbatches, up to the first error.
 *
 *  Local, or collective with `statistics_sum`. Parameters are those of skel_engine_hessian().
 *  Errors: those of `pass`.
 */
SKEL_CHECKED skel_status skel_groups_run(skel_engine *engine, skel_groups_pass_fn pass,
                                         const float vector[], size_t count,
                                         const skel_batch batches[], double scale,
                                         skel_pass passes[]);

#endif
