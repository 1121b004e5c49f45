/* Makes and removes folders. */
#include "skel/folder.h"

#include "skel/memory.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { OPEN_FOLDERS = 16 };

bool skel_folder_is(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* Another process may make it at the same time; and of a folder that is there, some file systems
 * first say that it cannot be made. */
static skel_status make_one(const char *path)
{
    int error = mkdir(path, 0777) != 0 ? errno : 0;

    if (error == 0 || skel_folder_is(path)) {
        return SKEL_OK;
    }
    error = error == EEXIST ? ENOTDIR : error;
    return SKEL_FAIL(skel_status_of_errno(error), "cannot make the folder %s: %s", path,
                     strerror(error));
}

skel_status skel_folder_make_above(const char *path)
{
    char *part = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_strdup(path, &part));
    for (size_t i = 1; part[0] != '\0' && part[i] != '\0'; i++) {
        if (part[i] == '/') {
            part[i] = '\0';
            SKEL_TRY(make_one(part));
            part[i] = '/';
        }
    }
done:
    SKEL_FREE(&part);
    return status;
}

skel_status skel_folder_make(const char *path)
{
    skel_status status = skel_folder_make_above(path);

    return status == SKEL_OK ? make_one(path) : status;
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *where)
{
    (void)facts;
    (void)type;
    (void)where;
    (void)remove(path);
    return 0;
}

void skel_folder_remove(const char *path)
{
    (void)nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
