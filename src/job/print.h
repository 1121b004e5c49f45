/** Values of keys as YAML. */
#ifndef SKEL_JOB_PRINT_H
#define SKEL_JOB_PRINT_H

#include "key.h"

/** Writes the value that a job gives to a key, as the printed job has it: "0.9", "~", "[150, 250]".
 *
 *  Local.
 */
void skel_print_value(const skel_key *key, const skel_job *job, FILE *stream);

#endif
