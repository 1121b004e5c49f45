/* One microbatch after another, or all together. */
#include "groups.h"

#include "engine_impl.h"

size_t skel_groups_slots(const skel_engine_options *options)
{
    return options->statistics_sum != NULL ? options->slots : 1;
}

skel_status skel_groups_run(skel_engine *engine, skel_groups_pass_fn pass, const float vector[],
                            size_t count, const skel_batch batches[], double scale,
                            skel_pass passes[])
{
    skel_status status = SKEL_OK;

    if (engine->options.statistics_sum != NULL) {
        return pass(engine, vector, count, batches, scale, passes);
    }
    for (size_t i = 0; status == SKEL_OK && i < count; i++) {
        status = pass(engine, vector, 1, &batches[i], scale, &passes[i]);
    }
    return status;
}
