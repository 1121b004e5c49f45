/* What an iteration has led to, beside what it started from. */
#include "experiment_impl.h"

#include <math.h>

/* The phase's own worker, unless what it is made for differs: a temperature, another batch, nothing
 * at all. */
static skel_status tracer_of(skel_experiment *run, skel_worker **out)
{
    skel_worker_options options = skel_settings_gradient_worker(run->job, &run->settings);
    skel_signal signal = run->settings.criterion->signal;
    skel_status status = SKEL_OK;

    if (signal == SKEL_SIGNAL_GRADIENT || signal == SKEL_SIGNAL_CURVATURE) {
        *out = run->worker;
        return SKEL_OK;
    }
    options.keep = run->mask->keep;
    if (run->tracer == NULL) {
        status = skel_worker_create(run->comm, run->network, &options, &run->tracer);
    }
    *out = run->tracer;
    return status;
}

skel_status skel_experiment_trace(skel_experiment *run, const float parameters[], size_t iteration,
                                  skel_foresight *after)
{
    skel_worker *worker = NULL;
    skel_result result;
    skel_batches batches;
    skel_status status = SKEL_OK;

    *after = (skel_foresight){(double)NAN, (double)NAN, (double)NAN};
    if (!run->job->prune.trace) {
        return SKEL_OK;
    }
    SKEL_TRY(tracer_of(run, &worker));
    SKEL_TRY(skel_experiment_batches(run, run->settings.sampling, iteration, NULL, &batches));
    SKEL_TRY(skel_worker_gradient(worker, parameters, &batches, run->gradient, NULL, &result));
    *after = skel_foresight_of(run->mask, parameters, run->gradient);
done:
    return status;
}
