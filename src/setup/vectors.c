/* The table of a run's vectors. */
#include "skel/vectors.h"

#include "skel/auxiliary.h"
#include "skel/memory.h"
#include "skel/traits.h"

#include <string.h>

void skel_vectors_plan(const skel_job *job, const skel_settings *settings,
                       const skel_network *network, skel_vector_size out[])
{
    size_t weights = network->parameter_count * sizeof(float);
    size_t buffers = network->buffer_count * sizeof(float);
    size_t marks = network->parameter_count;
    size_t order = settings->prune_batches * settings->prune_batch_size * sizeof(uint32_t);
    bool redraws = settings->sanity == SKEL_SANITY_REINITIALISE;
    bool rewinds = job->prune.rewind.epochs > 0 || job->prune.rewind.steps > 0;
    bool moves = settings->method->timing == SKEL_TIMING_MOVING;
    size_t first = skel_auxiliary_total(settings->method, network, 0) * sizeof(float);
    size_t second = skel_auxiliary_total(settings->method, network, 1) * sizeof(float);
    size_t moments = skel_auxiliary_moments(settings->method, network) * sizeof(float);
    bool looks_ahead = skel_method_looks_ahead(settings->method);
    bool multiplies = settings->method->signal == SKEL_SIGNAL_HESSIAN || looks_ahead;
    const skel_vector_size table[SKEL_VECTORS] = {
        [SKEL_VECTOR_INITIAL] = {true, weights},
        [SKEL_VECTOR_REDRAWN] = {redraws, weights},
        [SKEL_VECTOR_FIRST_BUFFERS] = {true, buffers},
        [SKEL_VECTOR_PARAMETERS] = {true, weights},
        [SKEL_VECTOR_VELOCITY] = {true, weights},
        [SKEL_VECTOR_BUFFERS] = {true, buffers},
        [SKEL_VECTOR_REWOUND_PARAMETERS] = {rewinds, weights},
        [SKEL_VECTOR_REWOUND_VELOCITY] = {rewinds, weights},
        [SKEL_VECTOR_REWOUND_BUFFERS] = {rewinds, buffers},
        [SKEL_VECTOR_LINEAGE] = {true, marks},
        [SKEL_VECTOR_FIRST_KEEP] = {moves, marks},
        [SKEL_VECTOR_GROWTH] = {skel_method_grows_by_momentum(settings->method), weights},
        [SKEL_VECTOR_EFFECTIVE] = {skel_method_reparameterises(settings->method), weights},
        [SKEL_VECTOR_AUXILIARY] = {first > 0, first},
        [SKEL_VECTOR_AUXILIARY_2] = {second > 0, second},
        [SKEL_VECTOR_MOMENTS] = {moments > 0, moments},
        [SKEL_VECTOR_GRADIENT] = {true, weights},
        [SKEL_VECTOR_PRODUCT] = {multiplies, weights},
        [SKEL_VECTOR_TRAJECTORY] = {looks_ahead, (job->prune.lookahead_steps + 1) * weights},
        [SKEL_VECTOR_ORDER] = {true, order},
    };

    memcpy(out, table, sizeof table);
}

skel_status skel_vectors_make(const skel_job *job, const skel_settings *settings,
                              const skel_network *network, skel_vectors *out)
{
    skel_vector_size size[SKEL_VECTORS];
    skel_status status = SKEL_OK;

    *out = (skel_vectors){{NULL}};
    skel_vectors_plan(job, settings, network, size);
    for (size_t i = 0; status == SKEL_OK && i < SKEL_VECTORS; i++) {
        if (size[i].needed) {
            status = SKEL_ALLOC(size[i].bytes, 1, &out->at[i]);
        }
    }
    return status;
}

void skel_vectors_free(skel_vectors *vectors)
{
    for (size_t i = 0; i < SKEL_VECTORS; i++) {
        SKEL_FREE(&vectors->at[i]);
    }
}
