/** The checkpoints of a run: their names, newest first. */
#ifndef SKEL_RUN_GENERATIONS_H
#define SKEL_RUN_GENERATIONS_H

#include "skel/job.h"

enum { SKEL_GENERATION_PATH = SKEL_JOB_PATH + 320 }; /**< bytes of a checkpoint's path */

/** The generations. The first one has its name only between its publication and the renaming of
 *  the others: both older ones are kept until it is complete. */
enum {
    SKEL_GENERATION_FRESH,
    SKEL_GENERATION_NEWEST,
    SKEL_GENERATION_OLDER,
    SKEL_GENERATIONS,
};

/** Path of a checkpoint of the run file `path`.
 *
 *  Local.
 */
void skel_generation_path(const char *path, size_t generation, char out[SKEL_GENERATION_PATH]);

#endif
