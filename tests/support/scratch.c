/* Temporary folders of tests. */
#include "scratch.h"

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

enum { FOLDER_SIZE = 256, PATH_SIZE = 2 * FOLDER_SIZE };

static char folder[FOLDER_SIZE];

static bool makes_it(void)
{
    return skel_suite_comm() == NULL || skel_comm_is_root(skel_suite_comm());
}

void skel_scratch_make(void)
{
    const char *temporary = getenv("TMPDIR");

    if (makes_it()) {
        (void)snprintf(folder, sizeof folder, "%s/skel-test-XXXXXX",
                       temporary != NULL ? temporary : P_tmpdir);
        ck_assert(mkdtemp(folder) != NULL);
    }
    if (skel_suite_comm() != NULL) {
        skel_comm_broadcast(skel_suite_comm(), sizeof folder, folder);
    }
}

void skel_scratch_remove(void)
{
    char command[FOLDER_SIZE + 16];

    if (skel_suite_comm() != NULL) {
        skel_comm_barrier(skel_suite_comm());
    }
    if (makes_it()) {
        (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
        ck_assert_int_eq(system(command), 0);
    }
}

const char *skel_scratch_folder(void)
{
    return folder;
}

const char *skel_scratch_file(const char *name, const char *suffix)
{
    static char path[PATH_SIZE];

    (void)snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
    return path;
}
