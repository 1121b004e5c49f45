/* Operations: the images of an iteration, the signal, the update. */
#include "operation.h"

#include "skel/memory.h"

#include <string.h>

static skel_status choose(const skel_inputs *in, size_t iteration, uint32_t index[])
{
    return skel_sampler_prune(&in->train, in->dataset->train.labels, in->network->classes,
                              in->settings.sampling, in->job->seed, (uint32_t)iteration - 1, 1,
                              in->job->prune.fisher_samples, index);
}

skel_status skel_operation_begin(const skel_inputs *in, const skel_state *theta,
                                 const skel_mask *mask, size_t iteration, size_t removals,
                                 skel_progress *progress, skel_scratch *scratch,
                                 skel_operation *out)
{
    const skel_ntk_point point = {.network = in->network,
                                  .kind = in->job->compute.engine,
                                  .threads = (int)in->job->compute.threads,
                                  .parameters = theta->parameters,
                                  .buffers = theta->buffers,
                                  .keep = mask->keep};
    skel_ntk_images images = {
        .view = &in->plain, .samples = &in->dataset->train, .count = in->job->prune.fisher_samples};
    uint32_t *index = NULL;
    skel_status status = SKEL_ALLOC(images.count, sizeof *index, &index);

    *out = (skel_operation){0};
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(mask->count, sizeof(float), &out->before);
    }
    if (status == SKEL_OK) {
        status = choose(in, iteration, index);
    }
    SKEL_TRY(skel_comm_agree(in->comm, status));
    images.index = index;
    if (in->settings.method->signal == SKEL_SIGNAL_ELIMINATION) {
        SKEL_TRY(skel_layer_surgeon_create(in->comm, &point, &images, in->job->prune.damping,
                                           progress, &out->loss, &out->by_layers));
        out->engine = skel_layer_surgeon_engine();
        status = skel_layer_surgeon_scores(out->by_layers, theta->parameters, removals,
                                           scratch->gradient);
    } else {
        SKEL_TRY(skel_surgeon_create(in->comm, &point, &images, in->job->prune.damping, progress,
                                     &out->loss, &out->surgeon));
        out->engine = skel_surgeon_engine(out->surgeon);
        status = skel_surgeon_inverse(out->surgeon, scratch->gradient);
    }
done:
    SKEL_FREE(&index);
    return status;
}

bool skel_operation_is_on(const skel_operation *operation)
{
    return operation->surgeon != NULL || operation->by_layers != NULL;
}

skel_status skel_operation_finish(skel_operation *operation, const skel_mask *mask,
                                  float parameters[])
{
    memcpy(operation->before, parameters, mask->count * sizeof(float));
    return operation->by_layers != NULL
               ? skel_layer_surgeon_operate(operation->by_layers, mask->keep, parameters)
               : skel_surgeon_operate(operation->surgeon, mask->keep, parameters);
}

void skel_operation_undo(const skel_operation *operation, size_t count, float parameters[])
{
    if (skel_operation_is_on(operation)) {
        memcpy(parameters, operation->before, count * sizeof(float));
    }
}

void skel_operation_end(skel_operation *operation)
{
    skel_surgeon_destroy(&operation->surgeon);
    skel_layer_surgeon_destroy(&operation->by_layers);
    SKEL_FREE(&operation->before);
}
