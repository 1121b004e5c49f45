/** One run: prunes a network, trains the skeleton, tests it and writes its file. */
#ifndef SKEL_EXPERIMENT_H
#define SKEL_EXPERIMENT_H

#include "skel/checksum.h"
#include "skel/comm.h"
#include "skel/dataset.h"
#include "skel/identity.h"
#include "skel/job.h"

enum { SKEL_HOST = 64 }; /**< bytes of a host's name in the provenance */

/** How the program was started; the run file holds it as provenance. Plain data. */
typedef struct skel_invocation {
    char *command_line; /**< the same on every rank */
    char *scheduler;    /**< NAME=VALUE lines of the scheduler's variables, the root's; may be "" */
    char *hosts;        /**< [size][SKEL_HOST] */
} skel_invocation;

/** The journal of a run while it goes on; see chronicle.h. Opaque. */
typedef struct skel_chronicle skel_chronicle;

/** The job of one run with its data set, its file and its place in a sweep. Borrowed while the run
 *  goes on. */
typedef struct skel_assignment {
    const skel_comm *comm;
    const skel_job *job;         /**< the same on every rank */
    const skel_dataset *dataset; /**< the job's */
    const skel_invocation *invocation;
    size_t index;                  /**< number of the run in its sweep, for messages and the file */
    size_t runs;                   /**< of the sweep; 0 or 1: there is one run */
    const char *identity;          /**< of the run, for the file; NULL: nothing is written */
    const skel_contents *contents; /**< what the files are to hold that the identity is of; NULL:
                                        nothing is compared */
    const char *path;              /**< of the run file */
    bool timed;   /**< only its time counts: nothing is said of its mask, as images may be random */
    bool restart; /**< start from the beginning if there are checkpoints and none can be used */
    const char *swept; /**< lines "KEY=VALUE" of the keys that the sweep varies, for the journal;
                            NULL: none */
    skel_chronicle *chronicle; /**< the root's; NULL on the other ranks, or if nothing is kept */
} skel_assignment;

/** The figures of a finished run, which `/summary` of its file holds too. Plain data. */
typedef struct skel_outcome {
    size_t prunable;
    size_t kept;
    double sparsity;      /**< reached: share of the prunable weights that was removed */
    size_t effective;     /**< kept weights on a path from image to output, with a gradient */
    size_t collapsed;     /**< layers without a weight on such a path */
    bool connected;       /**< there is such a path */
    double objective;     /**< sum over kept i of |theta_i g_i| at the final mask */
    bool tested;          /**< false if nothing was trained */
    double test_accuracy; /**< 0 to 1, after the last epoch */
    double test_loss;
    double test_speed;    /**< images/s of the latest test; 0: not known, after a resume */
    double seconds_prune; /**< wall clock, over all restarts */
    double seconds_train; /**< testing included */
    double seconds;       /**< both */
    char mask_hash[SKEL_CHECKSUM_TEXT];
} skel_outcome;

/** Does one run and publishes its file.
 *
 *  Collective; masks, weights and metrics have the same bits on any number of ranks (unless
 *  `compute.reduction` is float).
 *  @param assignment  no file may exist at its `path`
 *  @param out         out, the same on every rank
 *  Errors: those of every room below, naming the phase; agreed on.
 *  Source: de Jorge et al. 2021, algorithm 1.
 */
SKEL_CHECKED skel_status skel_experiment_run(const skel_assignment *assignment, skel_outcome *out);

#endif
