/* Measures of one gradient at the mask that an iteration has made. */
#include "trace.h"

#include "skel/memory.h"
#include "skel/work.h"

#include <math.h>
#include <string.h>

/* Whether a worker of the pruning phase can compute a plain gradient at the mask that the iteration
 * has made: not with a temperature, for one image, or for the weights that were kept before. How
 * many weights units of several leave is not known before. */
static bool shares_worker(const skel_inputs *in)
{
    skel_signal signal = in->settings.method->signal;
    double density = 1 - in->job->prune.sparsity;
    double least = 0;
    double most = 0;
    skel_worker_options last;

    skel_work_range(in->network, (size_t)(density * (double)in->network->prunable_count), &least,
                    &most);
    last = skel_settings_prune_worker(in->job, &in->settings, density, least);

    return (signal == SKEL_SIGNAL_GRADIENT || signal == SKEL_SIGNAL_CURVATURE) &&
           !last.engine.kept_only && !(in->units != NULL && in->settings.method->permanent);
}

skel_status skel_trace_open(const skel_inputs *in, const skel_mask *mask, skel_trace *out)
{
    skel_worker_options options = skel_settings_gradient_worker(in->job, &in->settings);
    skel_status status = SKEL_OK;

    *out = (skel_trace){.wanted = in->job->prune.trace};
    options.keep = mask->keep;
    if (out->wanted) {
        status = SKEL_ALLOC(mask->count, 1, &out->before);
    }
    SKEL_TRY(skel_comm_agree(in->comm, status));
    if (out->wanted && !shares_worker(in)) {
        SKEL_TRY(skel_worker_create(in->comm, in->network, &options, &out->own));
    }
done:
    return status;
}

void skel_trace_close(skel_trace *trace)
{
    skel_worker_destroy(&trace->own);
    SKEL_FREE(&trace->before);
}

void skel_trace_remember(const skel_trace *trace, const skel_mask *mask)
{
    if (trace->wanted) {
        memcpy(trace->before, mask->keep, mask->count);
    }
}

void skel_trace_undo(const skel_trace *trace, skel_mask *mask)
{
    if (trace->wanted) {
        memcpy(mask->keep, trace->before, mask->count);
        skel_mask_recount(mask);
    }
}

skel_status skel_trace_mask(const skel_trace *trace, const skel_inputs *in, skel_worker *worker,
                            const skel_mask *mask, const float parameters[], size_t iteration,
                            skel_scratch *scratch, skel_foresight *after)
{
    skel_result result;
    skel_batches batches;
    skel_status status = SKEL_OK;

    *after = (skel_foresight){(double)NAN, (double)NAN, (double)NAN};
    if (!trace->wanted) {
        return SKEL_OK;
    }
    SKEL_TRY(
        skel_inputs_batches(in, in->settings.sampling, iteration, scratch->order, NULL, &batches));
    SKEL_TRY(skel_worker_gradient(trace->own != NULL ? trace->own : worker, parameters, &batches,
                                  scratch->gradient, NULL, &result));
    *after = skel_foresight_of(mask, parameters, scratch->gradient);
done:
    return status;
}
