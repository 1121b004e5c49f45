/* Active paths: logits of the gated network are the shares of the whole network's logits in a flow.
 */
#include "active_paths.h"

#include "skel/gated.h"
#include "skel/memory.h"

struct skel_active_paths {
    const skel_inputs *in;
    skel_gated *gated;
    skel_worker *worker;
    float *parameters; /* [gated->network->parameter_count] */
    float *averages;   /* [gated->network->buffer_count] */
    float *shares;     /* [classes] */
};

static skel_status take(skel_active_paths *of)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_gated_create(of->in->network, &of->gated));
    SKEL_TRY(SKEL_ALLOC(of->gated->network->parameter_count, sizeof(float), &of->parameters));
    SKEL_TRY(SKEL_ALLOC(of->gated->network->buffer_count, sizeof(float), &of->averages));
    SKEL_TRY(SKEL_ALLOC(of->in->network->classes, sizeof(float), &of->shares));
done:
    return status;
}

skel_status skel_active_paths_create(const skel_inputs *in, skel_active_paths **out)
{
    skel_worker_options options = skel_settings_paths_worker(in->job, &in->settings);
    skel_active_paths *paths = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    status = SKEL_ALLOC(1, sizeof *paths, &paths);
    if (status == SKEL_OK) {
        paths->in = in;
        status = take(paths);
    }
    SKEL_TRY(skel_comm_agree(in->comm, status));
    SKEL_TRY(skel_worker_create(in->comm, paths->gated->network, &options, &paths->worker));
    *out = paths;
    paths = NULL;
done:
    skel_active_paths_destroy(&paths);
    return status;
}

void skel_active_paths_destroy(skel_active_paths **paths)
{
    if (*paths == NULL) {
        return;
    }
    skel_worker_destroy(&(*paths)->worker);
    SKEL_FREE(&(*paths)->shares);
    SKEL_FREE(&(*paths)->averages);
    SKEL_FREE(&(*paths)->parameters);
    skel_gated_destroy(&(*paths)->gated);
    SKEL_FREE(paths);
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

skel_status skel_active_paths_flow(skel_active_paths *paths, skel_worker *worker,
                                   const skel_state *weights, const uint8_t keep[],
                                   const skel_batches *batches, float flow[])
{
    const skel_inputs *in = paths->in;
    double logarithm = 0;
    skel_status status = skel_gated_fill(paths->gated, weights->parameters, keep, weights->buffers,
                                         paths->parameters, paths->averages);

    SKEL_TRY(skel_comm_agree(in->comm, status));
    status = skel_worker_logits(paths->worker, paths->parameters, paths->averages, batches,
                                paths->shares);
    if (status == SKEL_ERR_NUMBER) {
        status = skel_error_prefix("active paths");
    }
    SKEL_TRY(status);
    scale(in->network->classes, paths->shares);
    status = skel_worker_squared_flow(worker, weights->parameters, weights->buffers, paths->shares,
                                      flow, &logarithm);
done:
    return status;
}
