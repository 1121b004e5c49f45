/* First-order terms of channels: as for gradients, with batch norm's slopes as factors. */
#include "terms.h"

#include "../../../engine/loss.h"
#include "../compile/shape.h"
#include "../kernels/affine.h"
#include "../kernels/terms.h"
#include "energy.h"
#include "norm.h"
#include "pass.h"
#include "slot.h"

/* A pass under way, and where its terms go. */
typedef struct terms_pass {
    skel_dense_context context;
    bool magnitudes;
    size_t stride; /* channels of all layers */
    float *terms;
} terms_pass;

/* Where the terms of the layer go whose outcome an operation writes; NULL: nowhere. */
static float *place_of(const terms_pass *pass, const skel_op *op)
{
    size_t first = skel_network_outcome_channel(pass->context.dense->graph.network, op);

    return first != SKEL_NONE ? pass->terms + first : NULL;
}

static skel_dense_terms target_of(const terms_pass *pass, size_t step, float *place)
{
    const skel_graph *graph = &pass->context.dense->graph;

    return (skel_dense_terms){.magnitudes = pass->magnitudes,
                              .channels = graph->tensor[graph->step[step].output].channels,
                              .stride = pass->stride,
                              .terms = place};
}

/* The kernel writes dz in the place of dx, since its factors are 1; the slopes come after it. */
static void norm_backward(const terms_pass *pass, size_t i)
{
    const skel_dense_context *context = &pass->context;
    skel_dense *dense = context->dense;
    const skel_dense_weights *weights = &dense->weights[i];
    const size_t *left = dense->arena[0].plan->placement.gradient[i];
    double start = skel_engine_clock(&dense->base);
    skel_dense_norm_arrays back = skel_dense_norm_arrays_of(dense, i, 0, context->batch);
    skel_dense_f32_affine_arrays affine = {
        .x = back.x,
        .vectors = skel_dense_norm_vectors(weights),
        .incoming = back.incoming,
        .factor = {1, 1},
        .coefficient = weights->inverse,
        .rectified = skel_dense_slot_buffer(dense, 0, left[SKEL_STEP_OTHER]),
        .dx = back.dx};
    float *place = place_of(pass, dense->graph.step[i].op);
    skel_dense_terms to = target_of(pass, i, place);
    int32_t largest[2];

    for (size_t c = 0; c < back.extent.blocks * back.extent.lanes; c++) {
        weights->inverse[c] = 1; /* nothing else of this pass reads it */
    }
    skel_dense_f32_affine_backward(back.extent, &affine, largest);
    if (back.dx != NULL) {
        skel_dense_f32_terms_affine(back.extent, back.x, affine.vectors, back.dx,
                                    place != NULL ? &to : NULL);
    }
    dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
}

static skel_status step_backward(const void *of, size_t i)
{
    const terms_pass *pass = of;
    skel_dense *dense = pass->context.dense;
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_placement *plan = &dense->arena[0].plan->placement;
    float *place = NULL;
    skel_status status = SKEL_OK;

    if (step->kind == SKEL_STEP_NORM) {
        (void)skel_dense_slot_gather(dense, 0, step);
        norm_backward(pass, i);
        return SKEL_OK;
    }
    SKEL_TRY(skel_dense_operation_backward(&pass->context, i, 0));
    place = skel_graph_has_weights(step) ? place_of(pass, step->op) : NULL;
    if (place != NULL) {
        /* the first part has become the sum of all */
        size_t part = skel_placement_gradient_part(&dense->graph, plan, step->output, 0);
        skel_dense_terms to = target_of(pass, i, place);

        skel_dense_f32_terms_product(skel_dense_shape_extent(dense, i, pass->context.batch->count),
                                     skel_dense_slot_buffer(dense, 0, plan->value[step->output]),
                                     skel_dense_slot_buffer(dense, 0, part), &to);
    }
done:
    return status;
}

skel_status skel_dense_terms_pass(skel_engine *engine, const skel_batch *batch,
                                  const float buffers[], float terms[], skel_pass *pass)
{
    skel_dense *dense = skel_dense_of(engine);
    const terms_pass of = {
        .context = {.dense = dense, .count = 1, .batch = batch, .pass = pass, .buffers = buffers},
        .magnitudes = engine->options.terms == SKEL_TERM_MAGNITUDE,
        .stride = skel_network_layer_channels(engine->network),
        .terms = terms};
    const skel_placement *plan = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_slot_assign(dense, 1, batch, false));
    SKEL_TRY(skel_dense_pass_forward(&of.context));
    plan = &dense->arena[0].plan->placement;
    skel_loss_batch(&engine->options, engine->network->classes, batch,
                    skel_dense_slot_buffer(dense, 0, plan->value[dense->graph.logits]), 1,
                    skel_dense_slot_buffer(dense, 0, plan->loss), &pass->loss, &pass->correct);
    if (engine->options.terms == SKEL_TERM_ENERGY) {
        skel_dense_energy_write(dense, of.stride, terms);
    } else {
        status = skel_graph_visit_backward(&dense->graph, step_backward, &of);
    }
done:
    return status;
}
