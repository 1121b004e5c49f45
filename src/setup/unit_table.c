/* Tables of units: which weights belong to a channel, a block or a group of a pattern. */
#include "skel/unit_table.h"

#include "skel/channel_groups.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <math.h>
#include <string.h>

/* What a table is made from. */
typedef struct making {
    const skel_network *network;
    skel_layer_rules rules; /* of the prunable tensors, with the next two */
    bool *whole;
    double *size;
    skel_units *units;
} making;

/* Number of a prunable parameter among all of them. */
static size_t number_of(const skel_network *network, size_t parameter)
{
    size_t number = 0;

    for (size_t i = skel_network_prunable(network, 0); i < parameter;
         i = skel_network_prunable(network, i + 1)) {
        number++;
    }
    return number;
}

static void add_segment(const making *of, const skel_parameter *parameter, size_t count, bool whole,
                        double size)
{
    skel_units *units = of->units;

    units->segment[units->segments] = (skel_segment){units->count, count};
    units->name[units->segments] = parameter->name;
    units->whole[units->segments] = whole;
    units->size[units->segments++] = size;
    units->count += count;
}

static void add_blocks(const making *of, const skel_parameter *parameter, size_t number)
{
    skel_units *units = of->units;
    size_t row = parameter->count / parameter->shape[0];
    size_t first = units->count;
    size_t high = units->unit.of;

    for (size_t i = 0; i < parameter->count; i++) {
        units->of[parameter->offset + i] = (uint32_t)(first + i / row / high * row + i % row);
    }
    add_segment(of, parameter, (parameter->shape[0] + high - 1) / high * row, of->whole[number],
                of->size[number]);
}

static skel_status add_patterns(const making *of, const skel_parameter *parameter, size_t number)
{
    skel_units *units = of->units;
    size_t inputs = parameter->shape[1];
    size_t window = parameter->count / parameter->shape[0] / inputs;
    size_t wide = units->unit.of;
    size_t first = units->count;

    if (of->whole[number]) {
        return SKEL_OK;
    }
    if (inputs % wide != 0) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "prune.unit %zu:%zu: %s has %zu input channel%s, which is not a multiple "
                         "of %zu; name the layer in prune.keep-layers, and it stays whole",
                         units->unit.keep, wide, parameter->name, inputs, inputs == 1 ? "" : "s",
                         wide);
    }
    for (size_t i = 0; i < parameter->count; i++) {
        size_t plane = i / window; /* output and input channel */

        units->of[parameter->offset + i] = (uint32_t)(first + plane / wide * window + i % window);
    }
    add_segment(of, parameter, parameter->count / wide, false, of->size[number]);
    return SKEL_OK;
}

/* The segment of a unit. */
static size_t segment_of(const skel_units *units, uint32_t unit)
{
    size_t s = 0;

    while (unit >= units->segment[s].offset + units->segment[s].count) {
        s++;
    }
    return s;
}

/* Gives the output channels of a layer their units, new ones where they have none. */
static void number_channels(const making *of, const skel_op *op,
                            const skel_channel_groups *channels, uint32_t unit[])
{
    size_t found = 0;

    for (size_t c = 0; c < of->network->tensor[op->output].channels; c++) {
        uint32_t group = skel_channel_groups_of(channels, op->output, c);

        if (!channels->fixed[group] && unit[group] == SKEL_UNITS_NONE) {
            unit[group] = (uint32_t)(of->units->count + found++);
        }
    }
    if (found > 0) {
        add_segment(of, &of->network->parameter[op->weight], found, false, (double)found);
    }
}

static void mark_vector(const making *of, const skel_op *op, size_t parameter, skel_unit_role role,
                        const skel_channel_groups *channels, const uint32_t unit[])
{
    size_t offset = parameter != SKEL_NONE ? of->network->parameter[parameter].offset : 0;

    for (size_t c = 0; parameter != SKEL_NONE && c < of->network->tensor[op->output].channels;
         c++) {
        of->units->of[offset + c] = unit[skel_channel_groups_of(channels, op->output, c)];
        of->units->role[offset + c] = (uint8_t)role;
    }
}

static void keep_whole(const making *of, uint32_t unit, size_t number)
{
    if (of->whole[number] && unit != SKEL_UNITS_NONE) {
        of->units->whole[segment_of(of->units, unit)] = true;
    }
}

static void mark_weights(const making *of, const skel_op *op, const skel_channel_groups *channels,
                         const uint32_t unit[])
{
    const skel_parameter *weight = &of->network->parameter[op->weight];
    size_t row = weight->count / weight->shape[0];
    size_t number = number_of(of->network, op->weight);

    for (size_t i = 0; i < weight->count; i++) {
        uint32_t out = unit[skel_channel_groups_of(channels, op->output, i / row)];

        of->units->of[weight->offset + i] = out;
        keep_whole(of, out, number);
        if (skel_channel_groups_mixes(op)) {
            uint32_t in = unit[skel_channel_groups_of(
                channels, op->input, skel_channel_groups_read(of->network, op, i))];

            of->units->reads[weight->offset + i] = in;
            keep_whole(of, in, number);
        }
    }
}

static skel_status add_channels(const making *of)
{
    const skel_network *network = of->network;
    skel_channel_groups channels;
    uint32_t *unit = NULL; /* of each group */
    skel_status status = skel_channel_groups_find(network, &channels);

    SKEL_TRY(status);
    SKEL_TRY(SKEL_ALLOC(channels.count, sizeof *unit, &unit));
    memset(unit, 0xff, channels.count * sizeof *unit);
    for (size_t i = 0; i < network->ops; i++) {
        if (skel_op_has_weights(&network->op[i])) {
            number_channels(of, &network->op[i], &channels, unit);
        }
    }
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        if (op->kind == SKEL_OP_BATCHNORM) {
            mark_vector(of, op, op->weight, SKEL_ROLE_NORM, &channels, unit);
            mark_vector(of, op, op->bias, SKEL_ROLE_NORM, &channels, unit);
        } else if (skel_op_has_weights(op)) {
            mark_weights(of, op, &channels, unit);
            mark_vector(of, op, op->bias, SKEL_ROLE_BIAS, &channels, unit);
        }
    }
done:
    SKEL_FREE(&unit);
    skel_channel_groups_free(&channels);
    return status != SKEL_OK ? skel_error_prefix("prune.unit channel") : SKEL_OK;
}

static skel_status add_all(const making *of)
{
    const skel_network *network = of->network;
    size_t number = 0;
    skel_status status = SKEL_OK;

    if (of->units->unit.kind == SKEL_UNIT_CHANNEL) {
        return add_channels(of);
    }
    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = skel_network_prunable(network, i + 1)) {
        if (of->units->unit.kind == SKEL_UNIT_BLOCK) {
            add_blocks(of, &network->parameter[i], number);
        } else {
            SKEL_TRY(add_patterns(of, &network->parameter[i], number));
        }
        number++;
    }
done:
    return status;
}

skel_layer_rules skel_unit_table_rules(const skel_job *job, const skel_units *units)
{
    static const double some = 2e-6; /* any share above 1e-6 is rounded up to one unit */
    bool channels = units->unit.kind == SKEL_UNIT_CHANNEL;

    return (skel_layer_rules){.whole = units->whole,
                              .floor = fmax(job->prune.per_layer_floor, channels ? some : 0),
                              .size = units->size};
}

size_t skel_unit_table_share(const skel_units *units, double density)
{
    if (units->unit.kind != SKEL_UNIT_PATTERN) {
        return skel_schedule_kept(SKEL_SCHEDULE_LINEAR, units->count, density, 1, 1);
    }
    return (size_t)ceil(density * (double)units->unit.of - 1e-6);
}

size_t skel_unit_table_kept(const skel_job *job, const skel_settings *settings,
                            const skel_units *units, size_t iteration)
{
    double density = 1 - job->prune.sparsity;
    size_t kept = 0;

    if (units->unit.kind != SKEL_UNIT_PATTERN) {
        return skel_schedule_kept(settings->schedule, units->count, density, iteration,
                                  settings->iterations);
    }
    if (iteration == settings->iterations) {
        return units->unit.keep;
    }
    kept =
        skel_schedule_kept(settings->schedule, 1000000, density, iteration, settings->iterations);
    return skel_unit_table_share(units, (double)kept / 1e6);
}

/* Whether the rules leave as many units as the job asks for. */
static skel_status check(const skel_job *job, const skel_settings *settings,
                         const skel_units *units)
{
    skel_layer_rules rules = skel_unit_table_rules(job, units);
    bool by_tensor = skel_prune_shares_by_tensor(settings->method, settings->scope);
    size_t kept = skel_unit_table_share(units, 1 - job->prune.sparsity);
    size_t *size = NULL;
    char sparsity[SKEL_TEXT_REAL];
    skel_status status = SKEL_ALLOC(units->segments, sizeof *size, &size);

    SKEL_TRY(status);
    for (size_t s = 0; s < units->segments; s++) {
        size[s] = units->segment[s].count;
    }
    if (units->unit.kind == SKEL_UNIT_CHANNEL && kept < units->segments) {
        skel_text_real(job->prune.sparsity, sparsity);
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_CONFIG,
                           "prune.sparsity %s leaves %zu of %zu channels, and each of %zu layers "
                           "needs one",
                           sparsity, kept, units->count, units->segments));
    }
    status = skel_layer_rules_check(&rules, by_tensor, kept, units->segments, size);
done:
    SKEL_FREE(&size);
    return status != SKEL_OK ? skel_error_prefix("prune.unit %s, counted in units", job->prune.unit)
                             : SKEL_OK;
}

skel_status skel_unit_table_make(const skel_job *job, const skel_settings *settings,
                                 const skel_network *network, skel_units **out)
{
    making of = {.network = network};
    skel_status status = SKEL_OK;

    *out = NULL;
    if (settings->unit.kind == SKEL_UNIT_WEIGHT) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *of.whole, &of.whole));
    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *of.size, &of.size));
    SKEL_TRY(skel_settings_rules(job, network, of.whole, of.size, &of.rules));
    SKEL_TRY(skel_units_create(settings->unit, network->parameter_count, network->parameters,
                               &of.units));
    SKEL_TRY(add_all(&of));
    if (of.units->count == 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_CONFIG, "prune.unit %s: %s has no unit to prune",
                           job->prune.unit, network->name));
    }
    if (settings->unit.kind != SKEL_UNIT_PATTERN) {
        SKEL_TRY(check(job, settings, of.units));
    }
    *out = of.units;
    of.units = NULL;
done:
    skel_units_destroy(&of.units);
    SKEL_FREE(&of.size);
    SKEL_FREE(&of.whole);
    return status != SKEL_OK ? skel_error_prefix("prune.method %s", settings->method->name)
                             : SKEL_OK;
}
