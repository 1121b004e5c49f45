/* Flat vectors between packed ones and an engine that knows flat ones alone. */
#include "unpacked.h"

#include "skel/memory.h"

struct skel_unpacked {
    float *flat;   /* [slots][parameter_count] gradients; the first holds parameters in a load */
    float **given; /* [slots] the callers' gradients */
};

bool skel_unpacked_is_needed(const skel_engine_type *type, const skel_engine_options *options)
{
    return type->load_packed == NULL && options->kept_only && !options->inference;
}

skel_status skel_unpacked_create(const skel_network *network, size_t slots, skel_unpacked **out)
{
    skel_unpacked *unpacked = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *unpacked, &unpacked));
    SKEL_TRY(SKEL_ALLOC(slots, sizeof *unpacked->given, &unpacked->given));
    SKEL_TRY(SKEL_ALLOC(slots * network->parameter_count, sizeof(float), &unpacked->flat));
    *out = unpacked;
    unpacked = NULL;
done:
    skel_unpacked_destroy(&unpacked);
    return status;
}

void skel_unpacked_destroy(skel_unpacked **unpacked)
{
    if (*unpacked != NULL) {
        SKEL_FREE(&(*unpacked)->flat);
        SKEL_FREE(&(*unpacked)->given);
    }
    SKEL_FREE(unpacked);
}

size_t skel_unpacked_bytes(const skel_network *network, size_t slots)
{
    return sizeof(skel_unpacked) +
           slots * (sizeof(float *) + network->parameter_count * sizeof(float));
}

skel_status skel_unpacked_load(skel_engine *engine, const float parameters[])
{
    float *flat = engine->unpacked->flat;

    skel_packing_unpack(engine->packing, parameters, flat);
    return engine->type->load(engine, flat, NULL);
}

float *skel_unpacked_flat(const skel_engine *engine)
{
    return engine->unpacked->flat;
}

skel_status skel_unpacked_gradient(skel_engine *engine, size_t count, const skel_batch batches[],
                                   double scale, skel_pass passes[])
{
    const skel_unpacked *unpacked = engine->unpacked;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count; i++) {
        unpacked->given[i] = passes[i].gradient;
        passes[i].gradient = unpacked->flat + i * engine->network->parameter_count;
    }
    status = engine->type->gradient(engine, count, batches, scale, passes);
    for (size_t i = 0; i < count; i++) {
        if (status == SKEL_OK) {
            skel_packing_pack(engine->packing, passes[i].gradient, unpacked->given[i]);
        }
        passes[i].gradient = unpacked->given[i];
    }
    return status;
}
