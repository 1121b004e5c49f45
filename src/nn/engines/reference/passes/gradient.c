/* Gradients: all operations forward, the loss, all operations backward. */
#include "reference.h"

#include "../../../engine/groups.h"

static skel_status pass_together(skel_engine *base, const float vector[], size_t count,
                                 const skel_batch batches[], double scale, skel_pass passes[])
{
    skel_reference *engine = (skel_reference *)base;
    skel_status status = SKEL_OK;

    (void)vector;
    for (size_t s = 0; s < count; s++) {
        skel_reference_batch_load(engine, s, &batches[s]);
    }
    SKEL_TRY(skel_reference_forward(engine, count, NULL, passes));
    for (size_t s = 0; s < count; s++) {
        skel_reference_batch_score(engine, s, &batches[s], scale, &passes[s]);
        skel_reference_backward_start(engine, engine->slot[s].gradient);
    }
    for (size_t i = base->network->ops; i-- > 0;) {
        for (size_t s = 0; s < count; s++) {
            skel_reference_energy_add(engine, s, base->network->op[i].output, scale);
        }
        SKEL_TRY(skel_reference_backward_step(engine, i, count, passes));
    }
done:
    return status;
}

skel_status skel_reference_gradient(skel_engine *base, size_t count, const skel_batch batches[],
                                    double scale, skel_pass passes[])
{
    return skel_groups_run(base, pass_together, NULL, count, batches, scale, passes);
}
