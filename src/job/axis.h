/** The axes of a sweep: the swept keys, their values, and the values of each run. */
#ifndef SKEL_JOB_AXIS_H
#define SKEL_JOB_AXIS_H

#include "key.h"

enum {
    SKEL_AXIS_LONGEST = 1000, /**< values of one axis */
    SKEL_AXES_RUNS = 100000   /**< runs of one sweep */
};

/** One swept key. Plain data; the tree is borrowed. */
typedef struct skel_axis {
    const skel_key *key;
    const skel_tree *tree;
    size_t list;  /**< node: the list of values, all of them checked */
    size_t count; /**< its entries */
} skel_axis;

/** All swept keys, in the order in which they were given. Plain data. */
typedef struct skel_axes {
    size_t axes;
    skel_axis axis[SKEL_KEY_COUNT];
} skel_axes;

/** The axis of a key, NULL if the key is not swept.
 *
 *  Local. Borrowed until the sweep changes.
 */
const skel_axis *skel_axes_find(const skel_axes *sweep, const skel_key *key);

/** Adds an axis, or replaces the list of the axis that the key has.
 *
 *  Local.
 *  @param list  node: must be a list, not empty, of different values that the key may have
 *  Errors: SKEL_ERR_CONFIG at the list or the entry.
 */
SKEL_CHECKED skel_status skel_axes_set(skel_axes *sweep, const skel_key *key, const skel_tree *tree,
                                       size_t list);

/** Removes the axis of a key, if it has one.
 *
 *  Local.
 */
void skel_axes_remove(skel_axes *sweep, const skel_key *key);

/** Reads a mapping of dotted paths to lists.
 *
 *  Local. Errors: SKEL_ERR_CONFIG with the place.
 */
SKEL_CHECKED skel_status skel_axes_read(skel_axes *sweep, const skel_tree *tree, size_t mapping);

/** Number of runs, or SKEL_AXES_RUNS + 1 if it is larger than that.
 *
 *  Local.
 */
size_t skel_axes_runs(const skel_axes *sweep);

/** Gives the swept keys the values that they have in a run; the last axis changes fastest.
 *
 *  Local.
 */
void skel_axes_apply(const skel_axes *sweep, size_t index, skel_job *job);

#endif
