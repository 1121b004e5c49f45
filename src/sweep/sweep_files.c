/* Finds the files of a sweep's runs below the output folder. */
#include "skel/sweep.h"

#include "inventory.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

/* The file of a run, and whether another sweep made it. Plain data, for the ranks. */
typedef struct place {
    char file[SKEL_SWEEP_FILE];
    bool taken;
} place;

static skel_status find_place(skel_inventory *inventory, const skel_sweep_run *run, place *out)
{
    const char *file = NULL;
    skel_status status = skel_inventory_find(inventory, run, &file);

    out->taken = file != NULL && strcmp(file, run->file) != 0;
    if (file == NULL) {
        file = skel_inventory_checkpoint(inventory, run);
    }
    (void)snprintf(out->file, sizeof out->file, "%s", file != NULL ? file : run->file);
    return status;
}

/* A run that the sweep has twice has one place. */
static skel_status find_places(const skel_sweep *sweep, const char *folder, place places[])
{
    skel_inventory *inventory = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_inventory_create(folder, &inventory));
    for (size_t i = 0; i < sweep->runs; i++) {
        size_t first = sweep->run[i].first;

        if (first < i) {
            places[i] = places[first];
        } else {
            SKEL_TRY(find_place(inventory, &sweep->run[i], &places[i]));
        }
    }
done:
    skel_inventory_destroy(&inventory);
    return status;
}

skel_status skel_sweep_locate(const skel_comm *comm, skel_sweep *sweep, const char *out)
{
    place *places = NULL;
    skel_status status = SKEL_ALLOC(sweep->runs, sizeof *places, &places);

    if (status == SKEL_OK && skel_comm_is_root(comm)) {
        status = find_places(sweep, out, places);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, sweep->runs * sizeof *places, places);
    for (size_t i = 0; i < sweep->runs; i++) {
        memcpy(sweep->run[i].file, places[i].file, sizeof places[i].file);
        sweep->run[i].taken = places[i].taken;
    }
done:
    SKEL_FREE(&places);
    return status;
}
