/* The diagnosis of a run's final mask. */
#include "experiment_impl.h"

static void describe(skel_experiment *run)
{
    const skel_diagnosis *found = &run->diagnosis;

    run->outcome.effective = found->effective;
    run->outcome.collapsed = found->paths.collapsed;
    run->outcome.connected = found->paths.connected;
    run->outcome.objective = found->figures.objective;
}

/* On the images of the first iteration, in the seed's order also where the method's are balanced by
 * class, as GraSP's are by default: the same for every method, so that all objectives are on one
 * scale. */
skel_status skel_experiment_diagnose(skel_experiment *run)
{
    skel_worker_options options = skel_settings_gradient_worker(run->job, &run->settings);
    skel_sampling sampling = run->settings.sampling == SKEL_SAMPLING_BALANCED
                                 ? SKEL_SAMPLING_SHUFFLED
                                 : run->settings.sampling;
    skel_progress progress;
    skel_batches batches;
    const skel_diagnosis_request request = {.comm = run->comm,
                                            .network = run->network,
                                            .mask = run->mask,
                                            .parameters = run->initial,
                                            .worker = &options,
                                            .batches = &batches,
                                            .gradient = run->gradient};
    skel_status status = SKEL_OK;

    skel_experiment_progress(run, "diagnose", run->job->prune.batches * run->job->prune.batch_size,
                             &progress);
    SKEL_TRY(skel_experiment_batches(run, sampling, 1, &progress, &batches));
    SKEL_TRY(skel_diagnosis_make(&request, &run->diagnosis));
    describe(run);
done:
    (void)skel_progress_finish(&progress);
    return status != SKEL_OK ? skel_error_prefix("diagnosis of the final mask") : SKEL_OK;
}
