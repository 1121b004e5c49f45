/** Lulls: how long other groups of ranks, or the root, have given no sign of life.
 *
 *  A rank that is stopped is missed by the other ranks of its group, whose watchdogs end the job.
 *  If all ranks of a group are stopped, or its only one, the broker's root misses its letters; and
 *  if that is the root's group, the leaders of the other groups do.
 */
#ifndef SKEL_SWEEP_LULL_H
#define SKEL_SWEEP_LULL_H

#include "skel/comm.h"

/** The silence of the groups. Opaque. */
typedef struct skel_lull skel_lull;

/** Begins to count. The root counts the silence of each group but its own, a leader that of group
 *  0.
 *
 *  Collective over `all`.
 *  @param number  of this rank's group; ranks of group 0 and its leader come first
 *  @param leads   whether this rank is its group's first
 *  @param out     *owned*: skel_lull_close() it; NULL on ranks that lead no group
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_lull_open(const skel_comm *all, size_t groups, size_t number,
                                        bool leads, skel_lull **out);

/** Frees it; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_lull_close(skel_lull **lull);

/** Notes a sign of life of a group.
 *
 *  Local.
 */
void skel_lull_hear(skel_lull *lull, size_t group);

/** Says that a group has no further run: no more signs of life are expected of it.
 *
 *  Root only.
 */
void skel_lull_end(skel_lull *lull, size_t group);

/** Whether skel_lull_end() was called for a group.
 *
 *  Root only.
 */
bool skel_lull_has_ended(const skel_lull *lull, size_t group);

/** The first rank of a group.
 *
 *  Local.
 */
int skel_lull_leader(const skel_lull *lull, size_t group);

/** Ends the job with exit status 74 if a group has been silent for longer than its own watchdogs
 *  would have been, skel_watchdog_patience().
 *
 *  Local. To be called again and again, after the letters that have come were taken: the time
 *  between two calls counts for little if this process itself was stopped meanwhile.
 *  @param now  skel_seconds()
 */
void skel_lull_watch(skel_lull *lull, double now);

#endif
