/* The first phase: makes the inputs, the state and the memory of the other phases, and frees them
 * after the run. */
#include "contents.h"
#include "initial_state.h"
#include "norm_warmup.h"
#include "partial_sum.h"
#include "phases.h"

#include "skel/lineage.h"
#include "skel/log.h"
#include "skel/onnx.h"
#include "skel/random.h"
#include "skel/traits.h"
#include "skel/weight_file.h"

#include <string.h>

/* Gives the vectors their names. */
static void name_vectors(skel_prepared *run)
{
    void *const *at = run->vectors.at;

    run->inputs.initial = at[SKEL_VECTOR_INITIAL];
    run->inputs.redrawn = at[SKEL_VECTOR_REDRAWN];
    run->inputs.first_buffers = at[SKEL_VECTOR_FIRST_BUFFERS];
    run->state.weights =
        (skel_state){at[SKEL_VECTOR_PARAMETERS], at[SKEL_VECTOR_VELOCITY], at[SKEL_VECTOR_BUFFERS]};
    run->state.rewound =
        (skel_state){at[SKEL_VECTOR_REWOUND_PARAMETERS], at[SKEL_VECTOR_REWOUND_VELOCITY],
                     at[SKEL_VECTOR_REWOUND_BUFFERS]};
    run->state.first_keep = at[SKEL_VECTOR_FIRST_KEEP];
    run->state.growth = at[SKEL_VECTOR_GROWTH];
    run->state.effective = at[SKEL_VECTOR_EFFECTIVE];
    run->state.auxiliary[0] = at[SKEL_VECTOR_AUXILIARY];
    run->state.auxiliary[1] = at[SKEL_VECTOR_AUXILIARY_2];
    run->state.moments = at[SKEL_VECTOR_MOMENTS];
    run->state.lineage = at[SKEL_VECTOR_LINEAGE];
    run->scratch.gradient = at[SKEL_VECTOR_GRADIENT];
    run->scratch.product = at[SKEL_VECTOR_PRODUCT];
    run->scratch.trajectory = at[SKEL_VECTOR_TRAJECTORY];
    run->scratch.order = at[SKEL_VECTOR_ORDER];
}

/* Draws initial weights, unless a file has them, and others to train if they are to be drawn again.
 */
static skel_status draw_weights(skel_inputs *in, float buffers[])
{
    skel_stream stream = skel_stream_open(in->job->seed, SKEL_PURPOSE_REDRAW, 0, 0);
    uint64_t high = skel_stream_bits(&stream);
    uint64_t low = skel_stream_bits(&stream);
    skel_status status = SKEL_OK;

    if (in->settings.init == SKEL_INIT_FILE) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_inputs_draw(in, in->job->seed, in->initial, buffers));
    if (in->redrawn != NULL) {
        status = skel_inputs_draw(in, high << 32 | low, in->redrawn, buffers);
    }
done:
    return status;
}

/* What needs no other rank; equal work on each of them. */
static skel_status prepare_local(skel_prepared *run)
{
    skel_inputs *in = &run->inputs;
    skel_checkpoint_state *state = &run->state;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_vectors_make(in->job, &in->settings, in->network, &run->vectors));
    name_vectors(run);
    SKEL_TRY(skel_mask_create(in->network->parameter_count, in->layers, in->layer, in->layer_name,
                              &state->mask));
    skel_lineage_start(state->mask, state->lineage);
    SKEL_TRY(skel_tables_make(in->settings.method, &state->tables));
done:
    return status;
}

/* Root only: the values of the network's own file. */
static skel_status read_own_weights(const skel_inputs *in, float buffers[])
{
    const skel_network *network = in->network;
    skel_onnx_model model = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_read(in->job->model.file, true, &model));
    if (model.network->parameter_count != network->parameter_count ||
        model.network->buffer_count != network->buffer_count) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s was changed while it was read", in->job->model.file));
    }
    memcpy(in->initial, model.parameters, network->parameter_count * sizeof(float));
    memcpy(buffers, model.buffers, network->buffer_count * sizeof(float));
    SKEL_INFO("weights: %s", in->job->model.file);
done:
    skel_onnx_free(&model);
    return status;
}

/* Takes initial weights and running averages from the network's file. */
static skel_status load_own_weights(const skel_inputs *in, skel_checkpoint_state *state)
{
    const skel_network *network = in->network;
    skel_status status = SKEL_OK;

    if (skel_comm_is_root(in->comm)) {
        status = read_own_weights(in, state->weights.buffers);
    }
    SKEL_TRY(skel_comm_agree(in->comm, status));
    skel_comm_broadcast(in->comm, network->parameter_count * sizeof(float), in->initial);
    skel_comm_broadcast(in->comm, network->buffer_count * sizeof(float), state->weights.buffers);
done:
    return status;
}

/* `method: none` takes over a mask that the file has; every other method makes its own. */
static skel_status load_weights(const skel_inputs *in, skel_checkpoint_state *state)
{
    bool has_mask = false;
    bool wanted = !skel_method_prunes(in->settings.method);
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_weight_file_read(in->comm, in->job->model.weights, in->network, in->initial,
                                   state->weights.buffers, wanted ? state->mask->keep : NULL,
                                   &has_mask));
    SKEL_TRY(skel_contents_check_weights(in));
    skel_mask_recount(state->mask);
    SKEL_INFO("weights: %s%s", in->job->model.weights,
              !has_mask ? ""
              : wanted  ? ", with its mask"
                        : ", without its mask");
done:
    return status;
}

skel_status skel_phase_prepare(const skel_assignment *assignment, skel_prepared *out)
{
    skel_inputs *in = &out->inputs;
    skel_checkpoint_state *state = &out->state;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    state->prune_engine = "";
    state->train_engine = "";
    SKEL_TRY(skel_inputs_make(assignment, in));
    SKEL_TRY(skel_comm_agree(assignment->comm, prepare_local(out)));
    SKEL_TRY(draw_weights(in, state->weights.buffers));
    SKEL_TRY(skel_comm_agree(assignment->comm, skel_contents_check_data(in)));
    SKEL_TRY(skel_contents_check_network(in));
    if (in->settings.init == SKEL_INIT_FILE) {
        SKEL_TRY(load_own_weights(in, state));
    }
    if (in->job->model.weights[0] != '\0') {
        SKEL_TRY(load_weights(in, state));
    }
    SKEL_TRY(skel_norm_warmup(out));
    memcpy(in->first_buffers, state->weights.buffers, in->network->buffer_count * sizeof(float));
    status = skel_comm_agree(assignment->comm, skel_initial_state_seal(in));
done:
    return status;
}

void skel_phase_release(skel_prepared *prepared)
{
    skel_partial_sum_free(&prepared->state.partial);
    skel_tables_free(&prepared->state.tables);
    skel_mask_destroy(&prepared->state.mask);
    skel_vectors_free(&prepared->vectors);
    skel_inputs_free(&prepared->inputs);
}
