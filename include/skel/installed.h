/** Files that are installed with the program: job files, scripts, examples. */
#ifndef SKEL_INSTALLED_H
#define SKEL_INSTALLED_H

#include "skel/status.h"

#include <stddef.h>

enum { SKEL_INSTALLED_PATH = 4096 }; /**< bytes of a path, terminating zero included */

/** Finds a file or folder that is installed with the program.
 *
 *  Local. If SKEL_SHARE is set in the environment, it names the one folder that is looked in.
 *  Otherwise these are ../share/skel (of an installed program) and share/skel (of a program in its
 *  build folder), seen from the folder of the executable: an installation may be moved.
 *  @param name  "jobs/quickstart.yaml"
 *  @param out   absolute, without links and ".."
 *  Errors: SKEL_ERR_MISSING with the places, if the file is in none of them.
 */
SKEL_CHECKED skel_status skel_installed_find(const char *name, char out[SKEL_INSTALLED_PATH]);

#endif
