/* Products with the Hessian: each step of the gradient's pass, and its tangent after it. */
#include "reference.h"

#include "../../../engine/groups.h"
#include "../../../engine/loss.h"

/* Tangent of the loss' gradient, into the last tensor of the gradients' tangents. */
static void score_tangent(const skel_reference *engine, size_t s, double scale)
{
    const skel_network *network = engine->base.network;
    const skel_reference_slot *slot = &engine->slot[s];
    size_t last = network->op[network->ops - 1].output;
    const double *logits = skel_reference_tensor(engine, slot->activation, last);
    const double *rlogits = skel_reference_tensor(engine, slot->activation_tangent, last);
    double *out = skel_reference_tensor(engine, slot->gradient_tangent, last);

    for (size_t n = 0; n < slot->images; n++) {
        size_t at = n * network->classes;

        skel_loss_tangent_image(&engine->base.options, network->classes, logits + at, rlogits + at,
                                out + at);
        for (size_t k = 0; k < network->classes; k++) {
            out[at + k] *= scale;
        }
    }
}

static skel_status forward(skel_reference *engine, size_t count, const skel_pass passes[])
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < engine->base.network->ops; i++) {
        SKEL_TRY(skel_reference_forward_step(engine, i, count, NULL, passes));
        SKEL_TRY(skel_reference_tangent_step(engine, i, count));
    }
done:
    return status;
}

static skel_status backward(skel_reference *engine, size_t count, const skel_pass passes[])
{
    skel_status status = SKEL_OK;

    for (size_t i = engine->base.network->ops; i-- > 0;) {
        SKEL_TRY(skel_reference_backward_step(engine, i, count, passes));
        SKEL_TRY(skel_reference_tangent_backward_step(engine, i, count, passes));
    }
done:
    return status;
}

static skel_status pass_together(skel_engine *base, const float vector[], size_t count,
                                 const skel_batch batches[], double scale, skel_pass passes[])
{
    skel_reference *engine = (skel_reference *)base;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < base->network->parameter_count; i++) {
        engine->vector[i] = (double)vector[i];
    }
    for (size_t s = 0; s < count; s++) {
        skel_reference_batch_load(engine, s, &batches[s]);
    }
    SKEL_TRY(forward(engine, count, passes));
    for (size_t s = 0; s < count; s++) {
        skel_reference_batch_score(engine, s, &batches[s], scale, &passes[s]);
        score_tangent(engine, s, scale);
        skel_reference_backward_start(engine, engine->slot[s].gradient);
        skel_reference_backward_start(engine, engine->slot[s].gradient_tangent);
    }
    SKEL_TRY(backward(engine, count, passes));
done:
    return status;
}

skel_status skel_reference_hessian(skel_engine *base, const float vector[], size_t count,
                                   const skel_batch batches[], double scale, skel_pass passes[])
{
    return skel_groups_run(base, pass_together, vector, count, batches, scale, passes);
}
