/** Sessions: the data set and the provenance that all runs of one invocation share. */
#ifndef SKEL_SESSION_H
#define SKEL_SESSION_H

#include "skel/experiment.h"

/** One invocation. Plain data, read-only for its users. */
typedef struct skel_session {
    const skel_comm *comm;
    skel_invocation invocation;     /**< its texts are owned */
    size_t runs;                    /**< of the sweep; 0 or 1: there is one run */
    skel_dataset *dataset;          /**< of the latest run, kept for the next one */
    skel_job job;                   /**< that `dataset` was opened for */
    const struct skel_stock *stock; /**< data sets shared with other groups; borrowed, or NULL */
} skel_session;

/** Starts a session: collects command line, hosts and the scheduler's variables.
 *
 *  Collective. `*out` is *owned*: skel_session_destroy() it; `comm` is borrowed.
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_USAGE if the ranks' instruction sets differ; both agreed on.
 */
SKEL_CHECKED skel_status skel_session_create(const skel_comm *comm, int argc, char **argv,
                                             skel_session **out);

/** Starts the session of a group of its ranks, with the provenance of this group.
 *
 *  Collective over `group`. `*out` is *owned*: skel_session_destroy() it; `group` is borrowed.
 *  Errors: SKEL_ERR_MEMORY, agreed on in the group.
 */
SKEL_CHECKED skel_status skel_session_part(const skel_session *whole, const skel_comm *group,
                                           skel_session **out);

/** Frees the session and its data set; accepts NULL and nulls the pointer.
 *
 *  Collective.
 */
void skel_session_destroy(skel_session **session);

/** The data set of a job; read again only if it is another one than the latest run's.
 *
 *  Collective. Errors: as skel_dataset_open().
 *  @param out  borrowed until the next call
 */
SKEL_CHECKED skel_status skel_session_dataset(skel_session *session, const skel_job *job,
                                              const skel_dataset **out);

#endif
