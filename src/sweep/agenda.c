/* Agendas: the order in which the runs of a sweep are taken. */
#include "agenda.h"

#include "skel/memory.h"

#include <stdlib.h>

/* A run before the runs are ordered. */
typedef struct ticket {
    double cost;
    size_t place;
    uint64_t index;
} ticket;

static int compare(const void *left, const void *right)
{
    const ticket *a = left;
    const ticket *b = right;

    if (a->cost != b->cost) {
        return a->cost > b->cost ? -1 : 1;
    }
    return a->place < b->place ? -1 : 1;
}

skel_status skel_agenda_fill(size_t count, const uint64_t index[], const double cost[],
                             skel_agenda *out)
{
    ticket *tickets = NULL;
    skel_status status = SKEL_OK;

    *out = (skel_agenda){.count = count};
    SKEL_TRY(SKEL_ALLOC(count, sizeof *tickets, &tickets));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->index, &out->index));
    for (size_t i = 0; i < count; i++) {
        tickets[i] = (ticket){cost[i], i, index[i]};
    }
    qsort(tickets, count, sizeof *tickets, compare);
    for (size_t i = 0; i < count; i++) {
        out->index[i] = tickets[i].index;
    }
done:
    SKEL_FREE(&tickets);
    return status;
}

void skel_agenda_free(skel_agenda *agenda)
{
    SKEL_FREE(&agenda->index);
    *agenda = (skel_agenda){0};
}

uint64_t skel_agenda_take(skel_agenda *agenda)
{
    return skel_agenda_left(agenda) > 0 ? agenda->index[agenda->next++] : SKEL_AGENDA_EMPTY;
}

size_t skel_agenda_left(const skel_agenda *agenda)
{
    return agenda->closed ? 0 : agenda->count - agenda->next;
}
