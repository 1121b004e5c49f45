/** One run: prune at initialisation, train the skeleton, test it, write its file. */
#ifndef SKEL_EXPERIMENT_H
#define SKEL_EXPERIMENT_H

#include "skel/session.h"

/** What a run came to; also what `/summary` of its file says. Plain data. */
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
    double seconds_prune; /**< wall clock, over all restarts */
    double seconds_train; /**< testing included */
    double seconds;       /**< both */
    char mask_hash[SKEL_CHECKSUM_TEXT];
} skel_outcome;

/** Does one run and publishes its file.
 *
 *  Collective; masks, weights and metrics have the same bits on any number of ranks (unless
 *  `compute.reduction` is float).
 *  @param job    the same on every rank
 *  @param index  number of the run in its sweep, for messages and the file
 *  @param path   file to write; must not exist
 *  @param out    out, the same on every rank
 *  Errors: every layer's, with the run's name in front; agreed on.
 *  Source: de Jorge et al. 2021, algorithm 1.
 */
SKEL_CHECKED skel_status skel_experiment_run(skel_session *session, const skel_job *job,
                                             size_t index, const char *path, skel_outcome *out);

#endif
