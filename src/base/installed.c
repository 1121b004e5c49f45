/* Finds installed files from the place of the executable, so that no path is compiled in. */
#include "skel/installed.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert((int)SKEL_INSTALLED_PATH >= PATH_MAX, "realpath() writes up to PATH_MAX bytes");

/* Writes the folder of the executable, "" if the system does not tell. */
static void executable_folder(char out[SKEL_INSTALLED_PATH])
{
    ssize_t length = readlink("/proc/self/exe", out, SKEL_INSTALLED_PATH - 1);

    out[length > 0 ? length : 0] = '\0';
    if (length > 0) {
        *strrchr(out, '/') = '\0';
    }
}

/* Whether FOLDER/UNDER/NAME exists; `out` is then its path without links. */
static bool is_there(const char *folder, const char *under, const char *name,
                     char out[SKEL_INSTALLED_PATH])
{
    char path[SKEL_INSTALLED_PATH];
    int length = snprintf(path, sizeof path, "%s%s/%s", folder, under, name);

    return length < SKEL_INSTALLED_PATH && realpath(path, out) != NULL;
}

skel_status skel_installed_find(const char *name, char out[SKEL_INSTALLED_PATH])
{
    const char *share = getenv("SKEL_SHARE");
    char folder[SKEL_INSTALLED_PATH];

    if (share != NULL && share[0] != '\0') {
        if (is_there(share, "", name, out)) {
            return SKEL_OK;
        }
        return SKEL_FAIL(SKEL_ERR_MISSING, "%s is not in %s, the folder that SKEL_SHARE names",
                         name, share);
    }
    executable_folder(folder);
    if (is_there(folder, "/../share/skel", name, out) ||
        is_there(folder, "/share/skel", name, out)) {
        return SKEL_OK;
    }
    return SKEL_FAIL(SKEL_ERR_MISSING,
                     "%s is neither in %s/../share/skel nor in %s/share/skel; install skel, or "
                     "name the folder share/skel by SKEL_SHARE in the environment",
                     name, folder, folder);
}
