/* First-order terms of channels: a backward pass on running averages. */
#include "reference.h"

#include "../kernels/kernels.h"

#include <math.h>

/* Where the terms go: [images][stride], the channels of a layer from `first` on. */
typedef struct target {
    bool magnitudes;
    size_t stride;
    float *terms;
} target;

static void add_terms(const skel_reference *engine, const skel_reference_operands *t, size_t first,
                      const target *to)
{
    skel_tensor shape = t->window.out;
    size_t plane = shape.height * shape.width;
    const double *z = skel_reference_tensor(engine, engine->slot[0].activation, t->op->output);

    for (size_t n = 0; n < t->window.images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            size_t at = (n * shape.channels + c) * plane;
            double sum = 0;

            for (size_t i = at; i < at + plane; i++) {
                sum += to->magnitudes ? fabs(z[i] * t->dy[i]) : z[i] * t->dy[i];
            }
            to->terms[n * to->stride + first + c] = (float)(sum / (double)plane);
        }
    }
}

/* On running averages a batch norm is a factor by channel. */
static void norm_step(const skel_reference *engine, const skel_reference_operands *t)
{
    const skel_network *network = engine->base.network;
    const double *scale = engine->weights + network->parameter[t->op->weight].offset;
    const double *inverse = engine->slot[0].norm + network->buffer[t->op->variance].offset;
    size_t plane = t->window.in.height * t->window.in.width;

    for (size_t i = 0; i < t->window.images * skel_reference_elements(t->window.in); i++) {
        size_t c = i / plane % t->window.in.channels;

        t->dx[i] += scale[c] * inverse[c] * t->dy[i];
    }
}

static void backward_step(const skel_reference *engine, const skel_reference_operands *t)
{
    const double *weights = NULL;

    if (t->op->kind == SKEL_OP_BATCHNORM) {
        norm_step(engine, t);
    } else if (t->op->kind == SKEL_OP_CONV) {
        weights = skel_reference_weights(engine, t->op->weight);
        skel_reference_conv_backward_data(&t->window, t->dy, weights, t->dx);
    } else if (t->op->kind == SKEL_OP_LINEAR) {
        weights = skel_reference_weights(engine, t->op->weight);
        skel_reference_linear_backward_data(t->window.images, skel_reference_elements(t->window.in),
                                            skel_reference_elements(t->window.out), t->dy, weights,
                                            t->dx);
    } else {
        skel_reference_backward_plain(engine->base.network, t);
    }
}

skel_status skel_reference_terms(skel_engine *base, const skel_batch *batch, const float buffers[],
                                 float terms[], skel_pass *pass)
{
    skel_reference *engine = (skel_reference *)base;
    const skel_network *network = base->network;
    const target to = {base->options.terms == SKEL_TERM_MAGNITUDE,
                       skel_network_layer_channels(network), terms};
    skel_status status = SKEL_OK;

    skel_reference_batch_load(engine, 0, batch);
    SKEL_TRY(skel_reference_forward(engine, 1, buffers, NULL));
    skel_reference_batch_score(engine, 0, batch, 1, pass);
    if (base->options.terms == SKEL_TERM_ENERGY) {
        skel_reference_energy_write(engine, terms);
        return SKEL_OK;
    }
    skel_reference_backward_start(engine, engine->slot[0].gradient);
    for (size_t i = network->ops; i-- > 0;) {
        skel_reference_operands t =
            skel_reference_operands_of(engine, 0, &network->op[i], pass->gradient);
        size_t first = skel_network_outcome_channel(network, &network->op[i]);

        if (first != SKEL_NONE) {
            add_terms(engine, &t, first, &to);
        }
        backward_step(engine, &t);
    }
done:
    return status;
}
