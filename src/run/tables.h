/** The tables of a run: their columns by name, and all of them together. */
#ifndef SKEL_RUN_TABLES_H
#define SKEL_RUN_TABLES_H

#include "skel/method.h"
#include "skel/metrics.h"

/** Columns of /metrics/prune: a row per iteration. */
enum {
    SKEL_PRUNE_ITERATION,
    SKEL_PRUNE_KEPT,
    SKEL_PRUNE_THRESHOLD,
    SKEL_PRUNE_OBJECTIVE,
    SKEL_PRUNE_RESURRECTED,
    SKEL_PRUNE_PRUNED,
    SKEL_PRUNE_POSITIVE_SCORES,
    SKEL_PRUNE_LOSS,
    SKEL_PRUNE_SECONDS,
    SKEL_PRUNE_REPRUNED,
    SKEL_PRUNE_OBJECTIVE_AFTER,
    SKEL_PRUNE_GRADIENT_NORM_AFTER,
    SKEL_PRUNE_COLUMNS,
};

/** Columns of /metrics/train: a row per epoch. */
enum {
    SKEL_TRAIN_ROUND,
    SKEL_TRAIN_EPOCH,
    SKEL_TRAIN_LOSS,
    SKEL_TRAIN_ACCURACY,
    SKEL_TRAIN_VALIDATION_LOSS,
    SKEL_TRAIN_VALIDATION_ACCURACY,
    SKEL_TRAIN_TEST_LOSS,
    SKEL_TRAIN_TEST_ACCURACY,
    SKEL_TRAIN_LEARNING_RATE,
    SKEL_TRAIN_SECONDS,
    SKEL_TRAIN_COLUMNS,
};

/** Columns of /metrics/evolve: a row per change of a moving mask. */
enum {
    SKEL_EVOLVE_EPOCH,
    SKEL_EVOLVE_STEP,
    SKEL_EVOLVE_FRACTION,
    SKEL_EVOLVE_EXCHANGED,
    SKEL_EVOLVE_MOVED,
    SKEL_EVOLVE_KEPT,      /**< only where weights move between layers */
    SKEL_EVOLVE_THRESHOLD, /**< likewise */
    SKEL_EVOLVE_COLUMNS,
};

/** Columns of /metrics/sparsity: a row per epoch of a reparameterised leg. */
enum {
    SKEL_SPARSITY_EPOCH,
    SKEL_SPARSITY_KEPT,
    SKEL_SPARSITY_REMOVED,
    SKEL_SPARSITY_RETURNED,
    SKEL_SPARSITY_COLUMNS,
};

/** The tables. */
typedef struct skel_tables {
    skel_metrics *prune;    /**< owned */
    skel_metrics *train;    /**< owned */
    skel_metrics *evolve;   /**< owned; NULL if the mask never moves */
    skel_metrics *sparsity; /**< owned; NULL if the method does not reparameterise */
} skel_tables;

/** Makes empty tables.
 *
 *  Local. `*out` is *owned*: skel_tables_free() it, also after an error.
 *  @param method  a mask that moves has a table of its changes, a reparameterised leg one of its
 *                 sparsity
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_tables_make(const skel_method *method, skel_tables *out);

/** Frees the tables.
 *
 *  Local.
 */
void skel_tables_free(skel_tables *tables);

/** Writes the tables to a file.
 *
 *  Collective. Errors: as skel_metrics_write().
 */
SKEL_CHECKED skel_status skel_tables_write(const skel_tables *tables, skel_file *file);

/** Reads the tables from a checkpoint into empty ones.
 *
 *  Collective.
 *  @param reader  the root's; ignored on the other ranks
 *  Errors: as skel_metrics_read(); agreed on.
 */
SKEL_CHECKED skel_status skel_tables_read(skel_tables *tables, const skel_comm *comm,
                                          skel_reader *reader);

#endif
