/** Agendas: the order in which the runs of a sweep are taken. */
#ifndef SKEL_SWEEP_AGENDA_H
#define SKEL_SWEEP_AGENDA_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

/** The answer of an empty agenda. */
#define SKEL_AGENDA_EMPTY UINT64_MAX

/** Runs that wait. */
typedef struct skel_agenda {
    size_t count;
    size_t next;     /**< position of the run that is taken next */
    bool closed;     /**< no more runs are taken */
    uint64_t *index; /**< [count] of the runs, in the order in which they are taken; owned */
} skel_agenda;

/** Puts runs on an agenda, the longest first; of equally long ones, the first in the list.
 *
 *  Local.
 *  @param index  [count] of the runs
 *  @param cost   [count] of the same runs, in any unit
 *  @param out    skel_agenda_free() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_agenda_fill(size_t count, const uint64_t index[], const double cost[],
                                          skel_agenda *out);

/** Frees the agenda's memory.
 *
 *  Local.
 */
void skel_agenda_free(skel_agenda *agenda);

/** Takes the next run.
 *
 *  Local.
 *  @return its index; SKEL_AGENDA_EMPTY if none is left, or the agenda is closed
 */
uint64_t skel_agenda_take(skel_agenda *agenda);

/** Runs that wait.
 *
 *  Local.
 */
size_t skel_agenda_left(const skel_agenda *agenda);

#endif
