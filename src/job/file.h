/** The inside of a job file: its values, where each was given, and its sweep. */
#ifndef SKEL_JOB_FILE_H
#define SKEL_JOB_FILE_H

#include "axis.h"

/** The place that gave a key its value; no tree: none, the value is the default. */
typedef struct skel_origin {
    const skel_tree *tree;
    size_t at;
} skel_origin;

/** A job file that has been read. */
struct skel_job_file {
    skel_job base; /**< the values of all keys, swept ones excepted */
    skel_axes sweep;
    size_t runs;
    skel_origin origin[SKEL_KEY_COUNT];
    size_t trees;
    skel_tree *tree; /**< [trees] the file's, then one for each override */
};

/** Checks the file as a whole: required keys, the number of runs, values that contradict each other
 *  in a run, keys that no method of the job reads.
 *
 *  Local. Sets `file->runs`.
 *  @param stored  of a run file: keys that the method does not read are accepted
 *  Errors: SKEL_ERR_CONFIG with the place.
 */
SKEL_CHECKED skel_status skel_job_file_check(skel_job_file *file, bool stored);

#endif
