/* The gradient of the loss after some steps of descent by the weights before them: a reverse
 * recursion with one product of the Hessian for each step. */
#include "worker_impl.h"

#include <string.h>

/* weights[i] -= factor * change[i] */
static void subtract(size_t count, double factor, const float change[restrict],
                     float weights[restrict])
{
    for (size_t i = 0; i < count; i++) {
        weights[i] -= (float)(factor * (double)change[i]);
    }
}

skel_status skel_worker_lookahead(skel_worker *worker, const float parameters[],
                                  const skel_lookahead *ahead, const skel_batches *batches,
                                  float gradient[], skel_result *result)
{
    size_t count = worker->network->parameter_count;
    float *now = ahead->trajectory; /* [steps + 1][count]: the weights before and after each step */
    skel_result unused;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(worker->options.engine.second_order && ahead->steps > 0);
    memcpy(now, parameters, count * sizeof *now);
    for (size_t step = 0; step < ahead->steps; step++) {
        SKEL_TRY(skel_worker_gradient(worker, now, batches, gradient, NULL,
                                      step == 0 ? result : &unused));
        memcpy(now + count, now, count * sizeof *now);
        now += count;
        subtract(count, ahead->rate, gradient, now);
    }
    SKEL_TRY(skel_worker_gradient(worker, now, batches, gradient, NULL, &unused));
    for (size_t step = ahead->steps; step > 0; step--) {
        now -= count;
        SKEL_TRY(skel_worker_hessian(worker, now, gradient, batches, ahead->product, &unused));
        subtract(count, ahead->rate, ahead->product, gradient);
    }
done:
    return status;
}
