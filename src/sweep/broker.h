/** Brokers: give the runs of a sweep to groups of ranks, and collect the results on the root.
 *
 *      SKEL_TRY(skel_broker_open(&deal, &broker));
 *      while (skel_broker_next(broker, &index)) {
 *          status = ...;                                    // all ranks of the group do the run
 *          skel_broker_report(broker, index, status);
 *      }
 *      skel_broker_close(&broker);
 *
 *  A request to stop that reaches any rank (stop.h) reaches all groups: each leaves its run with a
 *  checkpoint, and no further run is begun. A group that gives no sign of life for longer than
 *  skel_watchdog_patience() ends the job with exit status 74.
 */
#ifndef SKEL_SWEEP_BROKER_H
#define SKEL_SWEEP_BROKER_H

#include "agenda.h"

#include "skel/sweep.h"

/** The parties of a broker. Borrowed while the broker lives. */
typedef struct skel_deal {
    const skel_comm *all;
    const skel_comm *group; /**< this rank's; `all` if there is one group */
    size_t groups;
    size_t number;       /**< of this rank's group */
    size_t tried;        /**< runs of the invocation */
    bool keep_going;     /**< after a run that failed, other runs are begun */
    skel_sweep *sweep;   /**< the root's holds all results in the end */
    skel_agenda *agenda; /**< the root's, of the runs to do */
} skel_deal;

/** A broker. Opaque. */
typedef struct skel_broker skel_broker;

/** Opens a broker. The root of `all` answers other groups also while its own group does a run.
 *
 *  Collective over `deal->all`.
 *  @param out  *owned*: skel_broker_close() it
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_broker_open(const skel_deal *deal, skel_broker **out);

/** Takes the next run for this rank's group.
 *
 *  Collective over the group; nobody waits for other groups.
 *  @param index  out: of the run, the same on every rank of the group
 *  @return false if there is no further run
 */
bool skel_broker_next(skel_broker *broker, size_t *index);

/** Tells the root how a run has ended: its outcome is that of the group's `sweep->run[index]`.
 *
 *  Local, on each rank of the group. An error's message is the last error's. SKEL_ERR_STORAGE ends
 *  the sweep: no group begins another run.
 *  @param kept  whether the file of the run was there before
 */
void skel_broker_report(skel_broker *broker, size_t index, skel_status status, bool kept);

/** Waits until all groups have done their runs, and frees the broker; accepts NULL and nulls the
 *  pointer.
 *
 *  Collective over `deal->all`.
 */
void skel_broker_close(skel_broker **broker);

#endif
