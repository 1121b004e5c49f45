/** A folder for one test's files, the same on every rank, removed afterwards. */
#ifndef SKEL_TESTS_SCRATCH_H
#define SKEL_TESTS_SCRATCH_H

/** Makes an empty folder; all ranks of a collective test know it.
 *
 *  Collective where the suite has ranks, else local.
 */
void skel_scratch_make(void);

/** Removes the folder with all that is in it, after every rank has come here.
 *
 *  Collective where the suite has ranks, else local.
 */
void skel_scratch_remove(void);

/** The folder, without a slash at its end.
 *
 *  Local. Borrowed until skel_scratch_make() is called again.
 */
const char *skel_scratch_folder(void);

/** The path of a file in the folder: its name and a suffix such as ".h5" or "".
 *
 *  Local. Borrowed until the next call.
 */
const char *skel_scratch_file(const char *name, const char *suffix);

#endif
