/* All that a killed process can leave beside a run file. */
#include "skel/leftovers.h"

#include "generations.h"

#include <stdio.h>
#include <unistd.h>

enum {
    NAME = SKEL_GENERATION_PATH + 8,
    CHECKPOINTS = 2 * SKEL_GENERATIONS,
    PART = CHECKPOINTS,
    LOCK
};

/* Names 0 to LOCK: the checkpoints, each also while it is written; the run file while it is
 * written; the lock. */
static void name_left(const char *path, size_t i, char out[NAME])
{
    if (i < CHECKPOINTS) {
        char checkpoint[SKEL_GENERATION_PATH];

        skel_generation_path(path, i / 2, checkpoint);
        (void)snprintf(out, NAME, "%s%s", checkpoint, i % 2 == 0 ? "" : ".part");
    } else {
        (void)snprintf(out, NAME, "%s%s", path, i == PART ? ".part" : ".lock");
    }
}

bool skel_leftovers_exist(const char *path)
{
    char name[NAME];
    bool found = false;

    for (size_t i = 0; !found && i <= LOCK; i++) {
        name_left(path, i, name);
        found = access(name, F_OK) == 0;
    }
    return found;
}

void skel_leftovers_remove(const char *path)
{
    char name[NAME];

    for (size_t i = 0; i < LOCK; i++) { /* the lock goes when it is released */
        name_left(path, i, name);
        (void)unlink(name); /* most are not there */
    }
}
