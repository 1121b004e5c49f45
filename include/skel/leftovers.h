/** Files that lie beside a run file only while the run goes on. */
#ifndef SKEL_LEFTOVERS_H
#define SKEL_LEFTOVERS_H

#include <stdbool.h>

/** Whether checkpoints or unfinished files lie beside a run file, or a lock's own file.
 *
 *  Local.
 */
bool skel_leftovers_exist(const char *path);

/** Removes the checkpoints and unfinished files beside a run file that is published.
 *
 *  Local. The caller holds the lock of the run file, so that no other process needs them.
 */
void skel_leftovers_remove(const char *path);

#endif
