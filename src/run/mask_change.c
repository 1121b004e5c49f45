/* Changes of moving masks, of single weights or of units. */
#include "mask_change.h"

#include "skel/evolve.h"
#include "skel/log.h"
#include "skel/reallocate.h"
#include "skel/traits.h"
#include "skel/unit_mask.h"
#include "skel/unit_table.h"

#include <math.h>
#include <string.h>

/* What changes: weights, or units with the means of their weights. Elements are of either kind. */
typedef struct subject {
    skel_mask *mask;
    float *parameters;
    float *velocity;
    const float *growth; /* gradient or momentum of the elements that may come; NULL: none */
} subject;

static const skel_method *method_of(const skel_evolution *evolution)
{
    return evolution->in->settings.method;
}

size_t skel_mask_change_asked(const skel_inputs *in, const skel_mask *mask)
{
    double density = 1 - in->job->prune.sparsity;

    return in->units != NULL
               ? skel_unit_table_share(in->units, density)
               : skel_schedule_kept(in->settings.schedule, mask->prunable, density, 1, 1);
}

/* Elements that a mask keeps after one of its `changes`, numbered from 1: the first half of them
 * adds equal numbers, the others leave equal shares, and the last one what the job asks for. */
static size_t swollen(const skel_evolution *evolution, const subject *of, size_t change,
                      size_t changes)
{
    size_t growing = changes / 2;
    double least = (double)evolution->asked;
    double all = (double)of->mask->prunable;
    double most = least + evolution->in->job->prune.drop_fraction * (all - least);
    double progress = 0;

    if (change >= changes) {
        return evolution->asked;
    }
    if (change <= growing) {
        return (size_t)(least + (most - least) * (double)change / (double)growing + 1e-6);
    }
    progress = (double)(change - growing) / (double)(changes - growing);
    return (size_t)(most * pow(least / most, progress) + 1e-6);
}

/* The threshold of the next change, from the latest one in the table. */
static double threshold_of(const skel_evolution *evolution)
{
    const skel_metrics *table = evolution->state->tables.evolve;
    const skel_job *job = evolution->in->job;
    double wanted = job->prune.drop_fraction * (double)evolution->asked;
    const char *name = NULL;
    double threshold = 0;
    double gone = 0;

    if (!skel_metrics_latest(table, SKEL_EVOLVE_THRESHOLD, &name, &threshold) ||
        !skel_metrics_latest(table, SKEL_EVOLVE_EXCHANGED, &name, &gone)) {
        return job->prune.drop_threshold;
    }
    return skel_reallocate_threshold(threshold, wanted, (size_t)gone);
}

static skel_status exchange(const skel_evolution *evolution, size_t step, const subject *of,
                            size_t *exchanged)
{
    const skel_evolve_request request = {.fraction =
                                             skel_moves_fraction_at(&evolution->moves, step),
                                         .seed = evolution->in->job->seed,
                                         .update = (uint32_t)(step / evolution->moves.every),
                                         .gradient = of->growth,
                                         .regrow = evolution->in->job->prune.regrow_dropped,
                                         .by_sign = evolution->in->settings.drops_by_sign,
                                         .parameters = of->parameters,
                                         .velocity = of->velocity};

    return skel_evolve_mask(of->mask, &request, exchanged);
}

/* Elements move from layer to layer. */
static skel_status reallocate(const skel_evolution *evolution, size_t step, const subject *of,
                              double threshold, size_t *gone)
{
    skel_layer_rules rules = skel_inputs_rules(evolution->in);
    const skel_reallocation request = {
        .movement = method_of(evolution)->movement,
        .rules = &rules,
        .threshold = threshold,
        .fraction = skel_moves_fraction_at(&evolution->moves, step),
        .kept = swollen(evolution, of, step / evolution->moves.every,
                        skel_moves_changes(&evolution->moves)),
        .seed = evolution->in->job->seed,
        .update = (uint32_t)(step / evolution->moves.every),
        .momentum = of->growth,
        .regrow =
            skel_method_regrows(method_of(evolution)) && evolution->in->job->prune.regrow_dropped,
        .parameters = of->parameters,
        .velocity = of->velocity,
    };

    return skel_reallocate_mask(of->mask, &request, gone);
}

/* Warns once of a threshold above all elements of a layer. One of them stays. */
static void warn_of_threshold(skel_evolution *evolution, size_t step, const subject *of,
                              double threshold)
{
    skel_layer_rules rules = skel_inputs_rules(evolution->in);
    const char *first = NULL;
    size_t layers = 0;

    for (size_t s = of->mask->segments; s-- > 0 && !evolution->warned;) {
        size_t offset = of->mask->segment[s].offset;
        double largest = 0;

        for (size_t i = offset; i < offset + of->mask->segment[s].count; i++) {
            largest = fmax(largest, fabs((double)of->parameters[i]));
        }
        if (largest < threshold && !rules.whole[s]) {
            layers++;
            first = of->mask->names[s];
        }
    }
    if (layers > 0) {
        SKEL_WARN(
            "%s, step %zu: all weights of %s%s are below the threshold, %g, and all but one of "
            "a layer go; a smaller prune.drop-threshold removes less",
            method_of(evolution)->name, step, first, layers > 1 ? " and of other layers" : "",
            threshold);
        evolution->warned = true;
    }
}

static skel_status change(skel_evolution *evolution, size_t step, const subject *of,
                          size_t *exchanged, double *threshold)
{
    if (method_of(evolution)->movement == SKEL_MOVEMENT_EXCHANGE) {
        return exchange(evolution, step, of, exchanged);
    }
    if (skel_method_drops_by_threshold(method_of(evolution))) {
        *threshold = threshold_of(evolution);
        warn_of_threshold(evolution, step, of, *threshold);
    }
    return reallocate(evolution, step, of, *threshold, exchanged);
}

static skel_status change_units(skel_evolution *evolution, size_t step, const subject *weights,
                                size_t *exchanged, double *threshold)
{
    skel_unit_mask of = {.units = NULL};
    skel_status status =
        skel_unit_mask_open(evolution->in->units, weights->mask,
                            method_of(evolution)->movement == SKEL_MOVEMENT_EXCHANGE,
                            weights->parameters, weights->velocity, weights->growth, &of);

    if (status == SKEL_OK) {
        const subject units = {&of.mask, of.parameters, of.velocity, of.growth};

        status = change(evolution, step, &units, exchanged, threshold);
        skel_unit_mask_apply(&of, weights->mask, weights->parameters, weights->velocity);
    }
    skel_unit_mask_close(&of);
    return status;
}

/* A kept weight that goes may grow by the momentum that it has. */
skel_status skel_mask_change(skel_evolution *evolution, size_t step, const skel_state *weights,
                             const float gradient[], size_t *exchanged, double *threshold)
{
    skel_mask *mask = evolution->state->mask;
    float *growth = evolution->state->growth;
    const subject of = {mask, weights->parameters, weights->velocity,
                        growth != NULL ? growth : gradient};
    skel_status status = SKEL_OK;

    *threshold = (double)NAN;
    for (size_t i = 0; growth != NULL && i < mask->count; i++) {
        growth[i] = mask->keep[i] ? weights->velocity[i] : growth[i];
    }
    status = evolution->in->units != NULL ? change_units(evolution, step, &of, exchanged, threshold)
                                          : change(evolution, step, &of, exchanged, threshold);
    if (growth != NULL) {
        memset(growth, 0, mask->count * sizeof *growth);
    }
    return status;
}
