/* The columns of the tables in /metrics; the phases add the rows. */
#include "tables.h"

#include "skel/traits.h"

static const skel_column prune_columns[SKEL_PRUNE_COLUMNS + 1] = {
    [SKEL_PRUNE_ITERATION] = {"iteration", NULL, true},
    [SKEL_PRUNE_KEPT] = {"kept", "weights", true},
    [SKEL_PRUNE_THRESHOLD] = {"threshold", NULL, false},
    [SKEL_PRUNE_OBJECTIVE] = {"objective", NULL, false},
    [SKEL_PRUNE_RESURRECTED] = {"resurrected", "weights", true},
    [SKEL_PRUNE_PRUNED] = {"pruned", "weights", true},
    [SKEL_PRUNE_POSITIVE_SCORES] = {"positive_scores", "weights", true},
    [SKEL_PRUNE_LOSS] = {"loss", "nat", false},
    [SKEL_PRUNE_SECONDS] = {"seconds", "s", false},
    [SKEL_PRUNE_REPRUNED] = {"repruned", "weights", true},
    [SKEL_PRUNE_OBJECTIVE_AFTER] = {"objective_after", NULL, false},
    [SKEL_PRUNE_GRADIENT_NORM_AFTER] = {"gradient_norm_after", NULL, false},
};

static const skel_column train_columns[SKEL_TRAIN_COLUMNS + 1] = {
    [SKEL_TRAIN_ROUND] = {"round", NULL, true},
    [SKEL_TRAIN_EPOCH] = {"epoch", NULL, true},
    [SKEL_TRAIN_LOSS] = {"loss", "nat", false},
    [SKEL_TRAIN_ACCURACY] = {"accuracy", NULL, false},
    [SKEL_TRAIN_VALIDATION_LOSS] = {"validation_loss", "nat", false},
    [SKEL_TRAIN_VALIDATION_ACCURACY] = {"validation_accuracy", NULL, false},
    [SKEL_TRAIN_TEST_LOSS] = {"test_loss", "nat", false},
    [SKEL_TRAIN_TEST_ACCURACY] = {"test_accuracy", NULL, false},
    [SKEL_TRAIN_LEARNING_RATE] = {"learning_rate", NULL, false},
    [SKEL_TRAIN_SECONDS] = {"seconds", "s", false},
};

static const skel_column evolve_columns[SKEL_EVOLVE_COLUMNS + 1] = {
    [SKEL_EVOLVE_EPOCH] = {"epoch", NULL, true},
    [SKEL_EVOLVE_STEP] = {"step", NULL, true},
    [SKEL_EVOLVE_FRACTION] = {"fraction", NULL, false},
    [SKEL_EVOLVE_EXCHANGED] = {"exchanged", "weights", true},
    [SKEL_EVOLVE_MOVED] = {"moved", "weights", true},
};

static const skel_column reallocation_columns[SKEL_EVOLVE_COLUMNS + 1] = {
    [SKEL_EVOLVE_EPOCH] = {"epoch", NULL, true},
    [SKEL_EVOLVE_STEP] = {"step", NULL, true},
    [SKEL_EVOLVE_FRACTION] = {"fraction", NULL, false},
    [SKEL_EVOLVE_EXCHANGED] = {"exchanged", "weights", true},
    [SKEL_EVOLVE_MOVED] = {"moved", "weights", true},
    [SKEL_EVOLVE_KEPT] = {"kept", "weights", true},
    [SKEL_EVOLVE_THRESHOLD] = {"threshold", NULL, false},
};

static const skel_column sparsity_columns[SKEL_SPARSITY_COLUMNS + 1] = {
    [SKEL_SPARSITY_EPOCH] = {"epoch", NULL, true},
    [SKEL_SPARSITY_KEPT] = {"kept", "weights", true},
    [SKEL_SPARSITY_REMOVED] = {"removed", "weights", true},
    [SKEL_SPARSITY_RETURNED] = {"returned", "weights", true},
};

skel_status skel_tables_make(const skel_method *method, skel_tables *out)
{
    bool moves = skel_method_moves(method);
    bool exchanges =
        method->movement == SKEL_MOVEMENT_EXCHANGE || method->movement == SKEL_MOVEMENT_REWIRE;
    skel_status status = SKEL_OK;

    *out = (skel_tables){.prune = NULL};
    SKEL_TRY(skel_metrics_create(prune_columns, &out->prune));
    SKEL_TRY(skel_metrics_create(train_columns, &out->train));
    if (moves) {
        SKEL_TRY(
            skel_metrics_create(exchanges ? evolve_columns : reallocation_columns, &out->evolve));
    }
    if (skel_method_reparameterises(method)) {
        SKEL_TRY(skel_metrics_create(sparsity_columns, &out->sparsity));
    }
done:
    return status;
}

void skel_tables_free(skel_tables *tables)
{
    skel_metrics_destroy(&tables->sparsity);
    skel_metrics_destroy(&tables->evolve);
    skel_metrics_destroy(&tables->train);
    skel_metrics_destroy(&tables->prune);
}

skel_status skel_tables_write(const skel_tables *tables, skel_file *file)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_metrics_write(tables->prune, file, "/metrics/prune", "iteration"));
    SKEL_TRY(skel_metrics_write(tables->train, file, "/metrics/train", "epoch"));
    if (tables->evolve != NULL) {
        SKEL_TRY(skel_metrics_write(tables->evolve, file, "/metrics/evolve", "step"));
    }
    if (tables->sparsity != NULL) {
        SKEL_TRY(skel_metrics_write(tables->sparsity, file, "/metrics/sparsity", "epoch"));
    }
done:
    return status;
}

skel_status skel_tables_read(skel_tables *tables, const skel_comm *comm, skel_reader *reader)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_metrics_read(tables->prune, comm, reader, "/metrics/prune"));
    SKEL_TRY(skel_metrics_read(tables->train, comm, reader, "/metrics/train"));
    if (tables->evolve != NULL) {
        SKEL_TRY(skel_metrics_read(tables->evolve, comm, reader, "/metrics/evolve"));
    }
    if (tables->sparsity != NULL) {
        SKEL_TRY(skel_metrics_read(tables->sparsity, comm, reader, "/metrics/sparsity"));
    }
done:
    return status;
}
