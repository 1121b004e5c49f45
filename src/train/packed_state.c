/* A training's parameters and velocity in the packed form that its steps work on. */
#include "packed_state.h"

#include "skel/memory.h"

/* Where all is kept the flat vectors are the packed ones. */
static bool is_flat(const skel_packed_state *state)
{
    return state->packing->index == NULL;
}

skel_status skel_packed_state_open(const skel_packing *packing, const skel_state *flat,
                                   skel_packed_state *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_packed_state){.packing = packing, .flat = *flat};
    if (is_flat(out)) {
        out->parameters = flat->parameters;
        out->velocity = flat->velocity;
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC(packing->count, sizeof(float), &out->parameters));
    SKEL_TRY(SKEL_ALLOC(packing->count, sizeof(float), &out->velocity));
    skel_packed_state_pack(out);
done:
    return status;
}

void skel_packed_state_pack(const skel_packed_state *state)
{
    if (!is_flat(state)) {
        skel_packing_pack(state->packing, state->flat.parameters, state->parameters);
        skel_packing_pack(state->packing, state->flat.velocity, state->velocity);
    }
}

void skel_packed_state_unpack(const skel_packed_state *state)
{
    if (!is_flat(state)) {
        skel_packing_unpack(state->packing, state->parameters, state->flat.parameters);
        skel_packing_unpack(state->packing, state->velocity, state->flat.velocity);
    }
}

void skel_packed_state_close(skel_packed_state *state)
{
    if (state->packing != NULL && !is_flat(state)) {
        SKEL_FREE(&state->parameters);
        SKEL_FREE(&state->velocity);
    }
    *state = (skel_packed_state){0};
}
