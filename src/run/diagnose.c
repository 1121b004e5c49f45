/* The diagnosis of a run's final mask. */
#include "experiment_impl.h"

#include "skel/memory.h"

/* The first images in the seed's order: the same for every method, whatever it has seen, and
 * however it samples, so that objectives are on one scale. And room for the gradient, which some
 * methods have not needed so far. */
static skel_status choose_images(skel_experiment *run, uint32_t **order)
{
    const skel_job *job = run->job;
    skel_status status = SKEL_OK;

    if (run->gradient == NULL) {
        SKEL_TRY(SKEL_ALLOC(run->network->parameter_count, sizeof(float), &run->gradient));
    }
    SKEL_TRY(SKEL_ALLOC(job->prune.batches * job->prune.batch_size, sizeof **order, order));
    SKEL_TRY(skel_sampler_prune(&run->train, run->dataset->train.labels, run->network->classes,
                                SKEL_SAMPLING_SHUFFLED, job->seed, 0, job->prune.batches,
                                job->prune.batch_size, *order));
done:
    return status;
}

static void describe(skel_experiment *run)
{
    const skel_diagnosis *found = &run->diagnosis;

    run->outcome.effective = found->effective;
    run->outcome.collapsed = found->paths.collapsed;
    run->outcome.connected = found->paths.connected;
    run->outcome.objective = found->figures.objective;
}

skel_status skel_experiment_diagnose(skel_experiment *run)
{
    size_t images = run->job->prune.batches * run->job->prune.batch_size;
    skel_worker_options options = skel_settings_gradient_worker(run->job, &run->settings);
    uint32_t *order = NULL;
    skel_progress progress;
    skel_batches batches = {.view = &run->plain,
                            .samples = &run->dataset->train,
                            .count = images,
                            .batch_size = run->job->prune.batch_size,
                            .progress = &progress};
    skel_diagnosis_request request = {.comm = run->comm,
                                      .network = run->network,
                                      .mask = run->mask,
                                      .parameters = run->initial,
                                      .worker = &options,
                                      .batches = &batches};
    skel_status status = SKEL_OK;

    skel_experiment_progress(run, "diagnose", images, &progress);
    SKEL_TRY(skel_comm_agree(run->comm, choose_images(run, &order)));
    batches.index = order;
    request.gradient = run->gradient;
    SKEL_TRY(skel_diagnosis_make(&request, &run->diagnosis));
    describe(run);
done:
    (void)skel_progress_finish(&progress);
    SKEL_FREE(&order);
    return status != SKEL_OK ? skel_error_prefix("diagnosis of the final mask") : SKEL_OK;
}
