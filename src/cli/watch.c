/* The watchdog's options, and its start. */
#include "watch.h"

#include "skel/duration.h"
#include "skel/memory.h"
#include "skel/watchdog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACE = 96 /* bytes of a process number and a host */ };

static const double default_limit = 600; /* seconds */

/* A duration of an option, or 0. */
static skel_status read_limit(const skel_arguments *arguments, const char *name, double *seconds)
{
    const char *text = skel_arguments_get(arguments, name);
    char option[64];

    if (text == NULL) {
        return SKEL_OK;
    }
    if (strcmp(text, "0") == 0) {
        *seconds = 0;
        return SKEL_OK;
    }
    (void)snprintf(option, sizeof option, "skel %s: --%s", arguments->command->name, name);
    return skel_duration_read(option, text, seconds);
}

/* Finds the other ranks on this rank's host among the places of all: "12345 host". */
static size_t find_peers(const skel_comm *comm, const char *places, skel_watchdog_peer peer[])
{
    const char *own = places + (size_t)skel_comm_rank(comm) * PLACE;
    size_t peers = 0;

    SKEL_ASSERT(peer != NULL);
    for (int rank = 0; rank < skel_comm_size(comm); rank++) {
        const char *place = places + (size_t)rank * PLACE;

        if (rank != skel_comm_rank(comm) && strcmp(strchr(place, ' '), strchr(own, ' ')) == 0) {
            peer[peers++] = (skel_watchdog_peer){rank, strtol(place, NULL, 10)};
        }
    }
    return peers;
}

skel_status skel_watch_start(const skel_arguments *arguments, const skel_comm *comm)
{
    skel_watchdog_options options = {.compute = default_limit, .rank = skel_comm_rank(comm)};
    size_t size = (size_t)skel_comm_size(comm);
    skel_watchdog_peer *peer = NULL;
    char host[PLACE - 16] = "";
    char place[PLACE];
    char *places = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(read_limit(arguments, "watchdog", &options.compute));
    options.io = options.compute;
    SKEL_TRY(read_limit(arguments, "watchdog-io", &options.io));
    status = SKEL_ALLOC(size, PLACE, &places);
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(size, sizeof *peer, &peer);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    (void)gethostname(host, sizeof host - 1);
    (void)snprintf(place, sizeof place, "%d %s", (int)getpid(), host);
    skel_comm_gather_text(comm, place, PLACE, places);
    options.peers = find_peers(comm, places, peer);
    options.peer = peer;
    SKEL_TRY(skel_comm_agree(comm, skel_watchdog_start(&options)));
done:
    SKEL_FREE(&places);
    SKEL_FREE(&peer);
    return status;
}
