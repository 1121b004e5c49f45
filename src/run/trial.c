/* A run on trial, for the cost of its checkpoints. */
#include "skel/trial.h"

#include "checkpoint.h"
#include "phases.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <sys/stat.h>

struct skel_trial {
    skel_prepared run;
};

/* A state as after some training, because zeros and masks of ones are written faster. */
static void fill(skel_prepared *run)
{
    const skel_network *network = run->inputs.network;
    skel_state *weights = &run->state.weights;
    skel_mask *mask = run->state.mask;
    skel_stream stream = skel_stream_open(run->inputs.job->seed, SKEL_PURPOSE_BENCH, 7, 0);
    double density = 1 - run->inputs.job->prune.sparsity;

    for (size_t i = 0; i < network->parameter_count; i++) {
        weights->parameters[i] = run->inputs.initial[i];
        weights->velocity[i] = (float)(skel_stream_uniform(&stream) - 0.5);
    }
    for (size_t i = 0; i < mask->segments; i++) {
        for (size_t k = 0; k < mask->segment[i].count; k++) {
            mask->keep[mask->segment[i].offset + k] = skel_stream_uniform(&stream) < density;
        }
    }
    skel_mask_recount(mask);
    run->state.position.iterations = 1;
}

skel_status skel_trial_create(const skel_assignment *assignment, skel_trial **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    SKEL_TRY(skel_comm_agree(assignment->comm, status));
    SKEL_TRY(skel_phase_prepare(assignment, &(*out)->run));
    fill(&(*out)->run);
done:
    if (status != SKEL_OK) {
        skel_trial_destroy(out);
    }
    return status;
}

void skel_trial_destroy(skel_trial **trial)
{
    if (*trial == NULL) {
        return;
    }
    if ((*trial)->run.inputs.assignment != NULL) {
        skel_checkpoint_remove(&(*trial)->run.inputs);
    }
    skel_phase_release(&(*trial)->run);
    SKEL_FREE(trial);
}

skel_status skel_trial_checkpoint(skel_trial *trial, double *seconds, size_t *bytes)
{
    const skel_inputs *in = &trial->run.inputs;
    char path[SKEL_PATH + sizeof ".checkpoint"];
    struct stat file;
    skel_status status = skel_checkpoint_save(in, &trial->run.state);

    *seconds = trial->run.state.took;
    (void)snprintf(path, sizeof path, "%s.checkpoint", in->assignment->path);
    *bytes = stat(path, &file) == 0 ? (size_t)file.st_size : 0;
    return status;
}
