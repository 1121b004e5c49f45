/* Traces: one gradient at the mask that an iteration has made. */
#include "trace.h"

#include <math.h>

skel_status skel_trace_open(const skel_inputs *in, const skel_mask *mask, skel_worker *worker,
                            skel_trace *out)
{
    skel_worker_options options = skel_settings_gradient_worker(in->job, &in->settings);
    skel_signal signal = in->settings.method->signal;
    bool shares = signal == SKEL_SIGNAL_GRADIENT || signal == SKEL_SIGNAL_CURVATURE;
    skel_status status = SKEL_OK;

    *out = (skel_trace){NULL, NULL};
    if (!in->job->prune.trace) {
        return SKEL_OK;
    }
    if (!shares) {
        options.keep = mask->keep;
        SKEL_TRY(skel_worker_create(in->comm, in->network, &options, &out->own));
    }
    out->worker = shares ? worker : out->own;
done:
    return status;
}

void skel_trace_close(skel_trace *trace)
{
    skel_worker_destroy(&trace->own);
}

skel_status skel_trace_mask(const skel_trace *trace, const skel_inputs *in, const skel_mask *mask,
                            const float parameters[], size_t iteration, skel_scratch *scratch,
                            skel_foresight *after)
{
    skel_result result;
    skel_batches batches;
    skel_status status = SKEL_OK;

    *after = (skel_foresight){(double)NAN, (double)NAN, (double)NAN};
    if (trace->worker == NULL) {
        return SKEL_OK;
    }
    SKEL_TRY(
        skel_inputs_batches(in, in->settings.sampling, iteration, scratch->order, NULL, &batches));
    SKEL_TRY(skel_worker_gradient(trace->worker, parameters, &batches, scratch->gradient, NULL,
                                  &result));
    *after = skel_foresight_of(mask, parameters, scratch->gradient);
done:
    return status;
}
