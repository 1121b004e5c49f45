/* Runs a method's functions over all tensors, and changes the mask when it is due. */
#include "reparameter.h"

#include "mask_rule.h"

#include "skel/adam.h"
#include "skel/auxiliary.h"
#include "skel/lineage.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/traits.h"
#include "skel/unit_table.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const skel_reparameterisation *rules_of(const skel_reparameter *of)
{
    return of->in->settings.method->reparameterisation;
}

static float *part_of(const skel_reparameter *of, size_t layer, float values[])
{
    return values + of->in->layer[layer].offset;
}

/* A tensor as it is at a step; 0: a test. */
static const skel_reparameterised *tensor_at(skel_reparameter *of, size_t layer, size_t step,
                                             const float stored[])
{
    skel_reparameterised *tensor = &of->tensor[layer];

    tensor->step = step;
    tensor->round = step > 0 ? (step - 1) / of->every : 0;
    tensor->stored = stored + of->in->layer[layer].offset;
    tensor->keep = of->state->mask->keep + of->in->layer[layer].offset;
    return tensor;
}

static void set_tensors(skel_reparameter *of, size_t step, const float stored[])
{
    for (size_t layer = 0; layer < of->in->layers; layer++) {
        (void)tensor_at(of, layer, step, stored);
    }
}

static void keep_masked(size_t count, const uint8_t keep[restrict], const float stored[restrict],
                        float effective[restrict])
{
    for (size_t i = 0; i < count; i++) {
        effective[i] = keep[i] != 0 ? stored[i] : 0;
    }
}

/* `compute` of a skel_transform. Layers of prune.keep-layers are what is stored. */
static void compute(void *context, size_t step, const float stored[])
{
    skel_reparameter *of = context;
    const skel_network *network = of->in->network;
    float *effective = of->state->effective;

    for (size_t p = 0; p < network->parameters; p++) {
        size_t offset = network->parameter[p].offset;

        if (!network->parameter[p].prunable) {
            memcpy(effective + offset, stored + offset,
                   network->parameter[p].count * sizeof *effective);
        }
    }
    for (size_t layer = 0; layer < of->in->layers; layer++) {
        const skel_reparameterised *tensor = tensor_at(of, layer, step, stored);
        float *part = part_of(of, layer, effective);

        if (of->in->whole[layer]) {
            memcpy(part, tensor->stored, tensor->count * sizeof *part);
        } else if (rules_of(of)->effective != NULL) {
            rules_of(of)->effective(tensor, part);
        } else {
            keep_masked(tensor->count, tensor->keep, tensor->stored, part);
        }
    }
}

/* First value of a tensor in a vector of the first quantity. */
static size_t place_of(const skel_reparameter *of, size_t layer)
{
    return (size_t)(of->tensor[layer].auxiliary[0] - of->state->auxiliary[0]);
}

/* `pull_back` of a skel_transform. */
static void pull_back(void *context, size_t step, const float stored[], float gradient[])
{
    skel_reparameter *of = context;

    for (size_t layer = 0; layer < of->in->layers && rules_of(of)->backward != NULL; layer++) {
        float *slope = of->slope != NULL ? of->slope + place_of(of, layer) : NULL;

        if (!of->in->whole[layer]) {
            rules_of(of)->backward(tensor_at(of, layer, step, stored), part_of(of, layer, gradient),
                                   slope);
        }
    }
}

/* Steps the auxiliary values of a tensor. */
static void step_auxiliary(skel_reparameter *of, size_t layer, size_t step, double rate,
                           const float stored[])
{
    const skel_auxiliary *quantity = &rules_of(of)->auxiliary[0];
    const skel_reparameterised *tensor = tensor_at(of, layer, step, stored);
    size_t count = skel_auxiliary_count(quantity->extent, tensor);
    float *first = of->state->moments + 2 * place_of(of, layer);
    const float *slope = of->slope + place_of(of, layer);

    if (quantity->rule == SKEL_AUXILIARY_SGD) {
        skel_sgd_step(&of->sgd, rate * of->rate_share, count, NULL, slope, tensor->auxiliary[0],
                      first);
    } else {
        skel_adam_step(rate * of->rate_share, step, count, slope, first, first + count,
                       tensor->auxiliary[0]);
    }
    if (rules_of(of)->constrain != NULL) {
        rules_of(of)->constrain(tensor);
    }
}

/* Weights, or units, that a density keeps. */
static size_t kept_of(const skel_reparameter *of, double density)
{
    return of->in->units != NULL
               ? skel_unit_table_share(of->in->units, density)
               : skel_schedule_kept(SKEL_SCHEDULE_LINEAR, of->state->mask->prunable, density, 1, 1);
}

/* Kept weights, or units, after a choice. Source of the curve: Zhu and Gupta 2017, equation 1. */
static size_t kept_at(const skel_reparameter *of, size_t step)
{
    double sparsity = of->in->job->prune.sparsity;
    double left = rules_of(of)->gradual ? 1 - fmin((double)step / of->until, 1) : 0;
    size_t kept = kept_of(of, 1 - sparsity * (1 - left * left * left));
    size_t last = kept_of(of, 1 - sparsity);

    return kept > last ? kept : last;
}

/* The memory of effective weights, which are computed anew before their next use, holds the values
 * to choose from. */
static skel_status choose(skel_reparameter *of, size_t step, const float stored[])
{
    const skel_inputs *in = of->in;
    float *values = of->state->effective;
    const skel_prune_request request = {.method = in->settings.method,
                                        .scope = in->settings.scope,
                                        .kept = kept_at(of, step),
                                        .units = in->units,
                                        .rules = skel_inputs_rules(in),
                                        .seed = in->job->seed,
                                        .parameters = values};
    skel_prune_report report;
    skel_status status = SKEL_OK;

    for (size_t layer = 0; layer < in->layers; layer++) {
        const skel_reparameterised *tensor = tensor_at(of, layer, step, stored);

        if (rules_of(of)->candidates != NULL) {
            rules_of(of)->candidates(tensor, part_of(of, layer, values));
        } else {
            memcpy(part_of(of, layer, values), tensor->stored, tensor->count * sizeof *values);
        }
    }
    SKEL_TRY(skel_prune_mask(in->comm, &request, of->state->mask, &report));
    if (step == of->steps) {
        skel_inputs_warn_of_single(in, &report);
    }
    for (size_t layer = 0; layer < in->layers && rules_of(of)->chosen != NULL; layer++) {
        rules_of(of)->chosen(tensor_at(of, layer, step, stored), part_of(of, layer, values));
    }
done:
    return status;
}

static skel_status refresh(skel_reparameter *of, size_t step, const float stored[])
{
    set_tensors(of, step, stored);
    return skel_mask_rule_refresh(of->in, of->tensor, of->state->mask, stored);
}

/* `stepped` of a skel_transform. The last step always has a choice: the mask then is one of the
 * final weights, and keeps as many as the job asks for. */
static skel_status stepped(void *context, size_t step, double rate, const float stored[])
{
    skel_reparameter *of = context;
    skel_remask remask = rules_of(of)->remask;
    skel_status status = SKEL_OK;

    for (size_t layer = 0; layer < of->in->layers && of->slope != NULL; layer++) {
        if (!of->in->whole[layer]) {
            step_auxiliary(of, layer, step, rate, stored);
        }
    }
    if (remask == SKEL_REMASK_CHOICE && (step % of->every == 0 || step == of->steps)) {
        status = choose(of, step, stored);
    }
    if (remask == SKEL_REMASK_RULE && (double)step <= of->until) {
        status = refresh(of, step, stored);
    }
    return status;
}

bool skel_reparameter_is_on(const skel_settings *settings, const skel_leg *leg)
{
    return skel_method_reparameterises(settings->method) &&
           leg->number + 1 == skel_leg_count(settings);
}

/* Tensors with their auxiliary values, quantity by quantity one behind the other. */
static void make_tensors(skel_reparameter *of)
{
    const skel_network *network = of->in->network;
    size_t used[SKEL_AUXILIARIES] = {0};
    size_t layer = 0;

    for (size_t p = skel_network_prunable(network, 0); p < network->parameters;
         p = skel_network_prunable(network, p + 1)) {
        skel_reparameterised *tensor = &of->tensor[layer];

        *tensor = skel_auxiliary_tensor(network, p, layer++);
        tensor->job = &of->job;
        for (size_t q = 0; q < SKEL_AUXILIARIES && of->state->auxiliary[q] != NULL; q++) {
            tensor->auxiliary[q] = of->state->auxiliary[q] + used[q];
            used[q] += skel_auxiliary_count(rules_of(of)->auxiliary[q].extent, tensor);
        }
    }
}

/* Refuses a strength that no float holds at the last choice of the mask. */
static skel_status check_strength(const skel_reparameter *of)
{
    size_t choices = (of->steps - 1) / of->every;
    double last = of->job.strength * pow(of->job.strength_growth, (double)choices);

    if (skel_method_strengthens(of->in->settings.method) && !(last <= (double)FLT_MAX)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "%s: prune.strength-growth %g raises prune.strength %g above %.2g before "
                         "the last of %zu steps, by %zu choices of the mask; give a smaller "
                         "prune.strength-growth or a larger prune.update-every",
                         of->in->settings.method->name, of->job.strength_growth, of->job.strength,
                         (double)FLT_MAX, of->steps, choices);
    }
    return SKEL_OK;
}

/* Depends on weights and mask at the leg's start alone, so it may be repeated there. */
static skel_status start(skel_reparameter *of)
{
    const skel_checkpoint_state *state = of->state;
    const float *stored = state->weights.parameters;

    if (state->position.epochs > 0 || state->part.steps > 0 || rules_of(of)->start == NULL) {
        return SKEL_OK;
    }
    set_tensors(of, 0, stored);
    if (rules_of(of)->remask == SKEL_REMASK_RULE) {
        return skel_mask_rule_start(of->in, of->tensor, state->mask, stored);
    }
    for (size_t layer = 0; layer < of->in->layers; layer++) {
        rules_of(of)->start(&of->tensor[layer]);
    }
    return SKEL_OK;
}

skel_status skel_reparameter_open(const skel_inputs *in, skel_checkpoint_state *state,
                                  const skel_leg *leg, skel_reparameter *out)
{
    const skel_job *job = in->job;
    size_t epoch_steps = (in->train.count + job->train.batch_size - 1) / job->train.batch_size;
    size_t steps = leg->epochs * epoch_steps;
    skel_status status = SKEL_OK;

    *out = (skel_reparameter){
        .in = in,
        .state = state,
        .job = {.seed = job->seed,
                .strength = job->prune.strength,
                .strength_growth = job->prune.strength_growth,
                .auxiliary_start = job->prune.auxiliary_start,
                .refresh_decay = job->prune.refresh_decay,
                .train_images = in->train.count},
        .sgd = {job->train.momentum, job->prune.auxiliary_decay, job->train.nesterov},
        .rate_share = job->prune.auxiliary_rate / leg->rate.base,
        .every = job->prune.update_every > 0 ? job->prune.update_every : epoch_steps,
        .steps = steps,
        .until = job->prune.update_until * (double)steps,
        .transform = {.context = out,
                      .effective = state->effective,
                      .compute = compute,
                      .pull_back = pull_back,
                      .stepped = stepped},
    };
    if (in->settings.method->reparameterisation->remask == SKEL_REMASK_CHOICE &&
        out->every >= steps) {
        SKEL_WARN("the mask is chosen after the last step alone, and no step is left to train "
                  "it: prune.update-every is %zu, of %zu steps",
                  out->every, steps);
    }
    SKEL_TRY(check_strength(out));
    SKEL_TRY(SKEL_ALLOC(in->layers, sizeof *out->tensor, &out->tensor));
    if (skel_method_learns_auxiliary(in->settings.method)) {
        SKEL_TRY(SKEL_ALLOC(skel_auxiliary_total(in->settings.method, in->network, 0),
                            sizeof *out->slope, &out->slope));
    }
    make_tensors(out);
    status = start(out);
done:
    return status;
}

static void mask_zeros(const skel_reparameter *of)
{
    skel_mask *mask = of->state->mask;

    for (size_t layer = 0; layer < of->in->layers; layer++) {
        const skel_segment *segment = &of->in->layer[layer];

        for (size_t i = segment->offset; i < segment->offset + segment->count; i++) {
            mask->keep[i] = of->in->whole[layer] || of->state->effective[i] != 0;
        }
    }
    skel_mask_recount(mask);
}

skel_status skel_reparameter_note(const skel_reparameter *of, size_t epoch)
{
    skel_checkpoint_state *state = of->state;
    const skel_mask *mask = state->mask;
    size_t removed = 0;
    size_t returned = 0;

    for (size_t i = 0; i < mask->count; i++) {
        uint8_t before = state->lineage[i] & 1;

        removed += before > mask->keep[i];
        returned += before < mask->keep[i];
    }
    (void)skel_lineage_add(mask, state->lineage);
    return skel_metrics_add(state->tables.sparsity, (double[SKEL_SPARSITY_COLUMNS]){
                                                        [SKEL_SPARSITY_EPOCH] = (double)epoch,
                                                        [SKEL_SPARSITY_KEPT] = (double)mask->kept,
                                                        [SKEL_SPARSITY_REMOVED] = (double)removed,
                                                        [SKEL_SPARSITY_RETURNED] = (double)returned,
                                                    });
}

skel_status skel_reparameter_settle(skel_reparameter *of)
{
    compute(of, 0, of->state->weights.parameters);
    if (rules_of(of)->remask == SKEL_REMASK_ZEROS) {
        mask_zeros(of);
    }
    return skel_mask_check(of->in->comm, of->state->mask);
}

void skel_reparameter_warn(const skel_reparameter *of)
{
    const skel_mask *mask = of->state->mask;
    double asked = of->in->job->prune.sparsity;
    double reached = 1 - (double)mask->kept / (double)mask->prunable;

    for (size_t layer = 0; layer < of->in->layers; layer++) {
        const skel_segment *segment = &of->in->layer[layer];

        if (memchr(mask->keep + segment->offset, 1, segment->count) == NULL) {
            SKEL_WARN("no weight of %s is left; %s", of->in->layer_name[layer], rules_of(of)->less);
        }
    }
    if (skel_method_sparsity_is_outcome(of->in->settings.method) &&
        skel_method_misses_share(1 - reached, 1 - asked)) {
        SKEL_WARN("the training has removed %.6g %% of the weights, and prune.sparsity asked "
                  "for %.6g %%; the file has both; %s",
                  100 * reached, 100 * asked,
                  reached < asked ? rules_of(of)->more : rules_of(of)->less);
    }
}

void skel_reparameter_close(skel_reparameter *of)
{
    SKEL_FREE(&of->slope);
    SKEL_FREE(&of->tensor);
}
