/** Other programs (curl, npm, tar) as child processes, without a shell. */
#ifndef SKEL_DATA_CHILD_H
#define SKEL_DATA_CHILD_H

#include "skel/status.h"

#include <stddef.h>

/** A program to run. Plain data, all borrowed. */
typedef struct skel_child {
    const char *const *argv; /**< ends with NULL; argv[0] is looked for on the PATH */
    const char *dir;         /**< working folder, NULL for ours */
    const char *messages;    /**< file that receives what it prints; standard input is empty */
    const char *watched;     /**< file or folder that grows as it works, NULL for none */
    const char *label;       /**< of the progress line */
    size_t expected;         /**< bytes by which `watched` will grow; 0 if not known: no progress */
} skel_child;

/** Runs a program to its end, and shows the bytes that it has written.
 *
 *  Local.
 *  @param exit_status  out: what it ended with
 *  Errors: SKEL_ERR_IO if it is not installed, cannot be started or was killed.
 */
SKEL_CHECKED skel_status skel_child_run(const skel_child *child, int *exit_status);

/** Runs a program that must end with 0.
 *
 *  Local. Errors: as skel_child_run(); SKEL_ERR_IO with what it said if it ends otherwise.
 */
SKEL_CHECKED skel_status skel_child_succeed(const skel_child *child);

/** Finds the line of a program's messages that tells the reason of its failure.
 *
 *  Local. `out` is "" if there is no message.
 */
void skel_child_reason(const char *messages, size_t size, char out[]);

#endif
