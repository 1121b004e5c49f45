/* Folders that all nodes must share: the root writes an empty file, and the others look for it. */
#include "skel/shared_folder.h"

#include "skel/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH = 4300, HOST = 256, LOOKS = 50, NAP = 100000 /* microseconds between two looks */ };

/* What the root has written, and where it runs. */
typedef struct mark {
    char path[PATH]; /* "": nothing */
    char host[HOST];
} mark;

/* Root only. */
static void leave_mark(const char *folder, mark *out)
{
    int length = snprintf(out->path, sizeof out->path, "%s/.shared-XXXXXX", folder);
    int file = -1;

    if (length < (int)sizeof out->path && skel_folder_make_above(out->path) == SKEL_OK) {
        file = mkstemp(out->path);
    }
    if (file >= 0) {
        (void)close(file);
    } else {
        out->path[0] = '\0';
        skel_error_clear();
    }
    (void)gethostname(out->host, sizeof out->host - 1);
}

/* Other ranks. */
static skel_status look_for(const mark *left, const skel_comm *comm, const char *folder)
{
    char host[HOST] = "";

    for (int looks = 0; looks < LOOKS; looks++) {
        if (access(left->path, F_OK) == 0) {
            return SKEL_OK;
        }
        (void)usleep(NAP);
    }
    (void)gethostname(host, sizeof host - 1);
    return SKEL_FAIL(SKEL_ERR_IO,
                     "rank %d on %s does not see the file %s, which rank 0 on %s has just made: "
                     "the output folder %s must be on a file system that all nodes share",
                     skel_comm_rank(comm), host, left->path, left->host, folder);
}

skel_status skel_shared_folder_check(const skel_comm *comm, const char *folder)
{
    mark left = {.path = ""};
    skel_status status = SKEL_OK;

    if (skel_comm_size(comm) == 1) {
        return SKEL_OK;
    }
    if (skel_comm_is_root(comm)) {
        leave_mark(folder, &left);
    }
    skel_comm_broadcast(comm, sizeof left, &left);
    if (left.path[0] != '\0' && !skel_comm_is_root(comm)) {
        status = look_for(&left, comm, folder);
    }
    status = skel_comm_agree(comm, status);
    if (left.path[0] != '\0' && skel_comm_is_root(comm)) {
        (void)unlink(left.path);
    }
    return status;
}
