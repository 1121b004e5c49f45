/* Energies of hidden units: where their tensors are, their slopes and their means. */
#include "energy.h"

#include "../compile/shape.h"
#include "../kernels/elementwise.h"
#include "../kernels/terms.h"
#include "slot.h"

#include "skel/hidden.h"
#include "skel/memory.h"

#include <string.h>

skel_status skel_dense_energy_create(skel_dense *dense)
{
    const skel_engine_options *options = &dense->base.options;
    skel_status status = SKEL_OK;

    if (options->energy > 0 || options->terms == SKEL_TERM_ENERGY) {
        status = SKEL_ALLOC(dense->base.network->tensors, sizeof *dense->hidden, &dense->hidden);
    }
    if (dense->hidden != NULL) {
        skel_hidden_list(dense->base.network, dense->hidden);
    }
    return status;
}

size_t skel_dense_energy_units(const skel_dense *dense, size_t tensor)
{
    size_t of = dense->graph.tensor[tensor].of;

    return dense->hidden != NULL && of != SKEL_NONE ? dense->hidden[of] : SKEL_NONE;
}

void skel_dense_energy_add(const skel_dense *dense, size_t slot, size_t tensor, double scale)
{
    const skel_engine_options *options = &dense->base.options;
    const skel_graph_tensor *t = &dense->graph.tensor[tensor];
    const skel_dense_plan *plan = dense->arena[slot].plan;
    double factor = 2 * options->energy * scale / (double)(t->height * t->width);
    size_t part = SKEL_NONE;

    if (factor > 0 && skel_dense_energy_units(dense, tensor) != SKEL_NONE) {
        part = skel_placement_gradient_part(&dense->graph, &plan->placement, tensor, 0);
        skel_dense_f32_elementwise_energy_slope(
            plan->images * t->floats, options->energy_order, (float)factor,
            skel_dense_slot_buffer(dense, slot, plan->placement.value[tensor]),
            skel_dense_slot_buffer(dense, slot, part));
    }
}

void skel_dense_energy_write(const skel_dense *dense, size_t stride, float terms[])
{
    const skel_dense_plan *plan = dense->arena[0].plan;

    memset(terms, 0, plan->images * stride * sizeof *terms);
    for (size_t i = 0; i < dense->graph.steps; i++) {
        size_t tensor = dense->graph.step[i].output;
        size_t first = skel_dense_energy_units(dense, tensor);
        skel_dense_terms to = {.channels = dense->graph.tensor[tensor].channels,
                               .stride = stride,
                               .terms = terms + (first != SKEL_NONE ? first : 0)};

        if (first != SKEL_NONE) {
            skel_dense_f32_terms_energy(
                skel_dense_shape_extent(dense, i, plan->images), dense->base.options.energy_order,
                skel_dense_slot_buffer(dense, 0, plan->placement.value[tensor]), &to);
        }
    }
}
