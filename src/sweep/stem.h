/** Stems: the names of run files, without their folder. */
#ifndef SKEL_SWEEP_STEM_H
#define SKEL_SWEEP_STEM_H

#include "skel/sweep.h"

enum { SKEL_STEM = 101 }; /**< bytes of a file's name, its ending and the terminating zero too */

/** Writes the name of a run's file: METHOD-sSPARSITY-seedN-KEY=VALUE-8HEX.h5.
 *
 *  Local. There is a KEY=VALUE for each swept key but method, sparsity and seed, as far as 100
 *  characters allow. All characters are letters, digits and . _ + = -.
 *  @param sweep  its axes
 *  @param run    its job and identity
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_stem_of(const skel_sweep *sweep, const skel_sweep_run *run,
                                      char out[SKEL_STEM]);

/** Whether every name of a run has the value of a key, swept or not.
 *
 *  Local.
 *  @param key  dotted path
 */
bool skel_stem_has_always(const char *key);

#endif
