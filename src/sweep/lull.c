/* Lulls: silence is counted between the calls of one process, never by the clock of another. */
#include "lull.h"

#include "skel/experiment.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/watchdog.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PLACE = SKEL_HOST + 32 /* bytes of a group's number, "1" for its leader, and a host */ };

/* A group as another one sees it. */
typedef struct party {
    int leader;
    char host[SKEL_HOST];
    bool watched;
    double silent; /* seconds */
} party;

struct skel_lull {
    size_t parties;
    party *party; /* [parties] */
    double seen;  /* time of the latest look */
};

/* Finds the leaders among the places of all ranks. */
static void find_leaders(const skel_comm *all, const char *places, skel_lull *lull)
{
    for (int rank = 0; rank < skel_comm_size(all); rank++) {
        const char *place = places + (size_t)rank * PLACE;
        char *end = NULL;
        size_t group = strtoul(place, &end, 10);
        bool leads = strtol(end, &end, 10) != 0;

        if (leads && group < lull->parties) {
            lull->party[group].leader = rank;
            (void)snprintf(lull->party[group].host, SKEL_HOST, "%s", *end == ' ' ? end + 1 : end);
        }
    }
}

skel_status skel_lull_open(const skel_comm *all, size_t groups, size_t number, bool leads,
                           skel_lull **out)
{
    char host[SKEL_HOST] = "";
    char place[PLACE];
    char *places = NULL;
    skel_status status = SKEL_ALLOC((size_t)skel_comm_size(all), PLACE, &places);

    *out = NULL;
    if (status == SKEL_OK && leads) {
        status = SKEL_ALLOC(1, sizeof **out, out);
    }
    if (status == SKEL_OK && leads) {
        status = SKEL_ALLOC(groups, sizeof *(*out)->party, &(*out)->party);
    }
    SKEL_TRY(skel_comm_agree(all, status));
    (void)gethostname(host, sizeof host - 1);
    (void)snprintf(place, sizeof place, "%zu %d %s", number, leads ? 1 : 0, host);
    skel_comm_gather_text(all, place, PLACE, places);
    if (leads) {
        SKEL_ASSERT(*out != NULL);
        (*out)->parties = groups;
        (*out)->seen = skel_seconds();
        find_leaders(all, places, *out);
        for (size_t group = 0; group < groups; group++) {
            (*out)->party[group].watched = (number == 0) != (group == 0);
        }
    }
done:
    SKEL_FREE(&places);
    if (status != SKEL_OK) {
        skel_lull_close(out);
    }
    return status;
}

void skel_lull_close(skel_lull **lull)
{
    if (*lull != NULL) {
        SKEL_FREE(&(*lull)->party);
        SKEL_FREE(lull);
    }
}

void skel_lull_hear(skel_lull *lull, size_t group)
{
    SKEL_ASSERT(group < lull->parties);
    lull->party[group].silent = 0;
}

void skel_lull_end(skel_lull *lull, size_t group)
{
    SKEL_ASSERT(group < lull->parties);
    lull->party[group].watched = false;
}

bool skel_lull_has_ended(const skel_lull *lull, size_t group)
{
    SKEL_ASSERT(group < lull->parties);
    return !lull->party[group].watched;
}

int skel_lull_leader(const skel_lull *lull, size_t group)
{
    SKEL_ASSERT(group < lull->parties);
    return lull->party[group].leader;
}

void skel_lull_watch(skel_lull *lull, double now)
{
    const double share = 0.25; /* of the patience that one gap between two calls counts, at most */
    double patience = skel_watchdog_patience();
    double passed = fmin(now - lull->seen, share * patience);

    lull->seen = now;
    for (size_t group = 0; patience > 0 && group < lull->parties; group++) {
        party *other = &lull->party[group];

        other->silent += other->watched ? passed : 0;
        if (other->silent > patience) {
            skel_watchdog_end("rank %d on %s, the first of its group of ranks, has given no sign "
                              "of life for %.0f s",
                              other->leader, other->host, other->silent);
        }
    }
}
