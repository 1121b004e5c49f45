/** Inventories: the run files and checkpoints that lie below an output folder. */
#ifndef SKEL_SWEEP_INVENTORY_H
#define SKEL_SWEEP_INVENTORY_H

#include "skel/sweep.h"

/** An inventory. Opaque. */
typedef struct skel_inventory skel_inventory;

/** Lists the files OUT/JOB/NAME of all jobs, by their names alone.
 *
 *  Local. A folder that is missing or cannot be read counts as empty.
 *  @param out  *owned*: skel_inventory_destroy() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_inventory_create(const char *folder, skel_inventory **out);

/** Frees the inventory; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_inventory_destroy(skel_inventory **inventory);

/** Finds a finished run of the same identity as a run: in the run's own place, else in a file whose
 *  name ends in the first characters of the identity, else in a file that is named as earlier
 *  releases did, INDEX-METHOD-sSPARSITY-seedN.h5, and whose job is the same.
 *
 *  Local. Opens the files that may be it. One in the folder of the run's own job comes first.
 *  @param file  out: below the output folder; NULL: none. Borrowed
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_inventory_find(skel_inventory *inventory, const skel_sweep_run *run,
                                             const char **file);

/** Finds the checkpoint of a run in the folder of the run's job, under any name.
 *
 *  Local.
 *  @return  the run file that the checkpoint belongs to, below the output folder; NULL: none.
 *           Borrowed
 */
const char *skel_inventory_checkpoint(const skel_inventory *inventory, const skel_sweep_run *run);

#endif
