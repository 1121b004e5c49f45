/* Active paths: logits of the gated network are the shares of the whole network's logits in a flow.
 */
#include "active_paths.h"

#include "skel/gated.h"
#include "skel/memory.h"

/* The gated network with its vectors. */
typedef struct weighing {
    skel_gated *gated;
    skel_worker *worker;
    float *parameters; /* [gated->network->parameter_count] */
    float *averages;   /* [gated->network->buffer_count] */
    float *shares;     /* [classes] */
} weighing;

static skel_status prepare(const skel_inputs *in, const skel_state *weights, const uint8_t keep[],
                           weighing *of)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_gated_create(in->network, &of->gated));
    SKEL_TRY(SKEL_ALLOC(of->gated->network->parameter_count, sizeof(float), &of->parameters));
    SKEL_TRY(SKEL_ALLOC(of->gated->network->buffer_count, sizeof(float), &of->averages));
    SKEL_TRY(SKEL_ALLOC(in->network->classes, sizeof(float), &of->shares));
    status = skel_gated_fill(of->gated, weights->parameters, keep, weights->buffers, of->parameters,
                             of->averages);
done:
    return status;
}

static void release(weighing *of)
{
    skel_worker_destroy(&of->worker);
    SKEL_FREE(&of->shares);
    SKEL_FREE(&of->averages);
    SKEL_FREE(&of->parameters);
    skel_gated_destroy(&of->gated);
}

/* Makes the largest share 1, unless all are 0. */
static void scale(size_t count, float shares[])
{
    float most = 0;

    for (size_t k = 0; k < count; k++) {
        most = shares[k] > most ? shares[k] : most;
    }
    for (size_t k = 0; most > 0 && k < count; k++) {
        shares[k] /= most;
    }
}

skel_status skel_active_paths_flow(const skel_inputs *in, skel_worker *worker,
                                   const skel_state *weights, const uint8_t keep[],
                                   const skel_batches *batches, float flow[])
{
    weighing of = {.gated = NULL};
    skel_worker_options options = skel_settings_paths_worker(in->job, &in->settings);
    double logarithm = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(in->comm, prepare(in, weights, keep, &of)));
    SKEL_TRY(skel_worker_create(in->comm, of.gated->network, &options, &of.worker));
    status = skel_worker_logits(of.worker, of.parameters, of.averages, batches, of.shares);
    if (status == SKEL_ERR_NUMBER) {
        status = skel_error_prefix("active paths");
    }
    SKEL_TRY(status);
    scale(in->network->classes, of.shares);
    status = skel_worker_squared_flow(worker, weights->parameters, weights->buffers, of.shares,
                                      flow, &logarithm);
done:
    release(&of);
    return status;
}
