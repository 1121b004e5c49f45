/* Checks of an engine's options, their defaults, and when one engine serves for other options. */
#include "engine_options.h"

#include "skel/process.h"

#include <math.h>

static skel_status check_energy(const skel_engine_type *type, const skel_engine_options *options)
{
    if (!(options->energy >= 0 && isfinite(options->energy))) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "a strength %g of the energy is below 0 or not finite",
                         options->energy);
    }
    if (options->energy_order >= SKEL_ENERGY_ORDERS) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "an order %u of the energy is above %d",
                         options->energy_order, SKEL_ENERGY_ORDERS - 1);
    }
    if (options->energy > 0 && !type->has_energy) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "the engine %s does not know a penalty on energies",
                         type->name);
    }
    if (options->energy > 0 && options->samples) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "gradients of single images have no penalty on energies (%g)",
                         options->energy);
    }
    return SKEL_OK;
}

skel_status skel_options_check(const skel_engine_type *type, const skel_network *network,
                               const skel_engine_options *options)
{
    double smoothing = options->label_smoothing;

    if (options->microbatch == 0) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "%s: a microbatch of 0 images", network->name);
    }
    if (options->threads < 0 || options->threads > SKEL_PROCESS_THREADS) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "%d threads are not from 0 to %d", options->threads,
                         SKEL_PROCESS_THREADS);
    }
    if (!(smoothing >= 0 && smoothing < 1)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "label smoothing %g is not from 0 to below 1", smoothing);
    }
    if (smoothing > 0 && options->loss != SKEL_LOSS_CROSS_ENTROPY) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "label smoothing %g needs the loss cross-entropy",
                         smoothing);
    }
    if (!(options->temperature >= 0 && isfinite(options->temperature))) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "a temperature of %g is not above 0",
                         options->temperature);
    }
    if (options->temperature > 0 && options->loss != SKEL_LOSS_CROSS_ENTROPY) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "a temperature of %g needs the loss cross-entropy",
                         options->temperature);
    }
    if (!(options->density >= 0 && options->density <= 1)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "a density of %g is not from 0 to 1", options->density);
    }
    if (network->classes > SKEL_CLASSES_MAX) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "%s: %zu classes; at most %d are possible", network->name,
                         network->classes, SKEL_CLASSES_MAX);
    }
    return check_energy(type, options);
}

skel_engine_options skel_options_complete(const skel_engine_options *options)
{
    skel_engine_options out = *options;

    out.slots = options->slots > 0 && !options->inference ? options->slots : 1;
    out.threads = options->threads > 0 ? options->threads : 1;
    out.second_order = options->second_order && !options->inference;
    out.samples = options->samples && !options->inference;
    out.temperature = options->temperature > 0 ? options->temperature : 1;
    if (!(options->energy > 0) && options->terms != SKEL_TERM_ENERGY) {
        out.energy_order = 0;
    }
    return out;
}

bool skel_options_serve(const skel_engine_options *has, const skel_engine_options *wanted)
{
    return has->statistics_sum == NULL && wanted->statistics_sum == NULL && wanted->density > 0 &&
           wanted->density <= has->density && wanted->microbatch == has->microbatch &&
           wanted->slots == has->slots && wanted->inference == has->inference &&
           wanted->profile == has->profile && wanted->threads == has->threads &&
           wanted->kept_only == has->kept_only && wanted->loss == has->loss &&
           wanted->label_smoothing == has->label_smoothing &&
           wanted->temperature == has->temperature && wanted->second_order == has->second_order &&
           wanted->curvature == has->curvature && wanted->samples == has->samples &&
           wanted->terms == has->terms && wanted->energy == has->energy &&
           wanted->energy_order == has->energy_order;
}
