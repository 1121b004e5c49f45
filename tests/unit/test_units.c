/* Units: which weights are a channel, a block or a group; how they are scored and chosen; networks
 * without the channels that are gone. */
#include "rig.h"
#include "suite.h"

#include "skel/channel_groups.h"
#include "skel/compact.h"
#include "skel/memory.h"
#include "skel/prune.h"
#include "skel/unit_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CLASSES = 10, IMAGES = 4 };

/* A job with its network, mask, weights and gradient. */
typedef struct subject {
    skel_job job;
    skel_settings settings;
    skel_rig rig;
    skel_units *units;
    skel_mask *mask;
    skel_comm *comm;
    size_t layers;
    skel_segment layer[64];
    const char *name[64];
} subject;

static void parse(const char *model, const char *prune, subject *out)
{
    char text[512];

    (void)snprintf(text, sizeof text,
                   "data: {set: fashion-mnist, pad-to: %s}\n"
                   "model: {name: %s, width: %s}\n"
                   "prune: {%s}\n"
                   "train: {epochs: 4}\n",
                   strncmp(model, "lenet", 5) == 0 ? "~" : "32", model,
                   strcmp(model, "lenet-300-100") == 0 ? "30" : "4", prune);
    ck_assert_ok(skel_job_parse("test", text, &out->job));
    ck_assert_ok(skel_settings_resolve(&out->job, &out->settings));
}

static void make(const char *model, const char *prune, subject *out)
{
    skel_network *network = NULL;

    memset(out, 0, sizeof *out);
    parse(model, prune, out);
    ck_assert_ok(skel_settings_network(&out->job, &out->settings, &network));
    skel_rig_make(network, IMAGES, 3, &out->rig);
    ck_assert_ok(skel_unit_table_make(&out->job, &out->settings, network, &out->units));
    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = skel_network_prunable(network, i + 1)) {
        const skel_parameter *parameter = &network->parameter[i];

        out->name[out->layers] = parameter->name;
        out->layer[out->layers++] = (skel_segment){parameter->offset, parameter->count};
    }
    ck_assert_ok(
        skel_mask_create(network->parameter_count, out->layers, out->layer, out->name, &out->mask));
    ck_assert_ok(skel_comm_create_self(&out->comm));
}

static void release(subject *it)
{
    skel_comm_destroy(&it->comm);
    skel_mask_destroy(&it->mask);
    skel_units_destroy(&it->units);
    skel_rig_free(&it->rig);
}

/* Gradient of the loss on the rig's images. */
static void differentiate(subject *it)
{
    skel_engine *engine = NULL;
    const skel_engine_options options = {.microbatch = IMAGES};
    skel_batch batch = skel_rig_batch(&it->rig, 0, IMAGES);
    skel_pass pass = {.gradient = it->rig.gradient};

    ck_assert_ok(skel_engine_create("reference", it->rig.network, &options, &engine));
    ck_assert_ok(skel_engine_load(engine, it->rig.parameters, NULL));
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0 / IMAGES, &pass));
    skel_engine_destroy(&engine);
}

static void prune(subject *it, skel_prune_report *report)
{
    const skel_prune_request request = {
        .method = it->settings.method,
        .scope = it->settings.scope,
        .units = it->units,
        .kept = skel_unit_table_kept(&it->job, &it->settings, it->units, it->settings.iterations),
        .rules = skel_unit_table_rules(&it->job, it->units),
        .invert = it->settings.sanity == SKEL_SANITY_INVERT,
        .seed = 5,
        .parameters = it->rig.parameters,
        .signal = it->settings.method->signal == SKEL_SIGNAL_NONE ? NULL : it->rig.gradient,
    };

    ck_assert_ok(skel_prune_mask(it->comm, &request, it->mask, report));
}

static size_t units_kept(const subject *it, uint8_t kept[])
{
    size_t count = 0;

    skel_units_kept(it->units, it->mask, kept);
    for (size_t u = 0; u < it->units->count; u++) {
        count += kept[u];
    }
    return count;
}

static const skel_parameter *parameter_of(const skel_network *network, const char *name)
{
    for (size_t i = 0; i < network->parameters; i++) {
        if (strcmp(network->parameter[i].name, name) == 0) {
            return &network->parameter[i];
        }
    }
    ck_abort_msg("no parameter %s", name);
    return NULL;
}

static const char *const models[] = {"lenet-300-100", "lenet-5", "vgg11", "resnet20"};

enum { MODELS = sizeof models / sizeof *models };

START_TEST(a_channel_is_its_row_and_the_columns_that_read_it)
{
    subject it;
    const skel_parameter *first = NULL;
    const skel_parameter *second = NULL;
    uint32_t unit = 0;

    make("lenet-5", "method: snip, unit: channel, sparsity: 0.5", &it);
    first = parameter_of(it.rig.network, "conv2.weight");
    second = parameter_of(it.rig.network, "fc1.weight");
    unit = it.units->of[first->offset];
    ck_assert_uint_ne(unit, SKEL_UNITS_NONE);
    for (size_t i = 0; i < first->count; i++) {
        bool row = i < first->count / first->shape[0];

        ck_assert((it.units->of[first->offset + i] == unit) == row);
    }
    for (size_t i = 0; i < second->count; i++) { /* 4 x 4 pixels of the channel */
        bool column = i % second->shape[1] < 16;

        ck_assert((it.units->reads[second->offset + i] == unit) == column);
    }
    ck_assert_uint_eq(it.units->of[parameter_of(it.rig.network, "conv2.bias")->offset], unit);
    ck_assert_uint_eq(it.units->of[parameter_of(it.rig.network, "fc2.weight")->offset],
                      SKEL_UNITS_NONE);
    ck_assert_uint_eq(it.units->count, 4 + 10 + 100);
    release(&it);
}
END_TEST

START_TEST(channels_that_are_added_are_one_unit)
{
    subject it;
    const skel_network *network = NULL;

    make("resnet20", "method: snip, unit: channel, sparsity: 0.5", &it);
    network = it.rig.network;
    ck_assert_uint_eq(it.units->of[parameter_of(network, "conv1.weight")->offset],
                      it.units->of[parameter_of(network, "layer1.0.conv2.weight")->offset]);
    ck_assert_uint_ne(it.units->of[parameter_of(network, "conv1.weight")->offset],
                      it.units->of[parameter_of(network, "layer1.0.conv1.weight")->offset]);
    /* three streams of 4, 8 and 16 channels, and three channels inside of each of their blocks */
    ck_assert_uint_eq(it.units->count, (size_t)4 * (4 + 8 + 16));
    release(&it);
}
END_TEST

/* The derivative by a factor on a channel is the sum over the weights that read it. */
START_TEST(a_channels_saliency_is_the_derivative_by_a_factor_on_it)
{
    subject it;
    float *scores = NULL;
    float *found = NULL;
    double *expected = NULL;
    uint8_t *normed = NULL;

    make(models[_i], "method: snip, unit: channel, sparsity: 0.5", &it);
    differentiate(&it);
    ck_assert_ok(SKEL_ALLOC(it.mask->count, sizeof *scores, &scores));
    ck_assert_ok(SKEL_ALLOC(it.units->count, sizeof *found, &found));
    ck_assert_ok(SKEL_ALLOC(it.units->count, sizeof *expected, &expected));
    ck_assert_ok(SKEL_ALLOC(it.units->count, 1, &normed));
    skel_units_score(it.units, it.settings.method, it.rig.parameters, it.rig.gradient, scores,
                     normed, found);
    for (size_t i = 0; i < it.mask->count; i++) {
        if (it.units->reads[i] != SKEL_UNITS_NONE) {
            expected[it.units->reads[i]] +=
                (double)it.rig.parameters[i] * (double)it.rig.gradient[i];
        }
    }
    for (size_t u = 0; u < it.units->count; u++) {
        /* without batch norm the bias counts, too; roundings of the gradient's floats */
        ck_assert_msg(fabs(fabs(expected[u]) - (double)found[u]) < 1e-5, "unit %zu: %g, %g", u,
                      expected[u], (double)found[u]);
    }
    SKEL_FREE(&normed);
    SKEL_FREE(&expected);
    SKEL_FREE(&found);
    SKEL_FREE(&scores);
    release(&it);
}
END_TEST

START_TEST(exactly_so_many_units_are_kept_as_are_asked_for)
{
    static const char *const jobs[] = {
        "method: snip, unit: channel, sparsity: 0.6",
        "method: magnitude, unit: channel, sparsity: 0.7, scope: layer",
        "method: random-erk, unit: channel, sparsity: 0.5",
        "method: snip, unit: channel, sparsity: 0.5, check: invert",
        "method: snip, unit: block, sparsity: 0.9",
        "method: magnitude, unit: block, sparsity: 0.5, per-layer-floor: 0.2",
    };

    for (size_t m = 1; m < MODELS; m += 2) { /* lenet-5, resnet20 */
        for (size_t j = 0; j < sizeof jobs / sizeof *jobs; j++) {
            skel_prune_report report;
            uint8_t *kept = NULL;
            subject it;

            make(models[m], jobs[j], &it);
            memcpy(it.rig.gradient, it.rig.parameters, it.mask->count * sizeof(float));
            prune(&it, &report);
            ck_assert_ok(SKEL_ALLOC(it.units->count, 1, &kept));
            ck_assert_uint_eq(units_kept(&it, kept),
                              skel_unit_table_kept(&it.job, &it.settings, it.units, 1));
            ck_assert_uint_eq(report.kept, it.mask->kept);
            for (size_t i = 0; i < it.mask->count; i++) { /* all of a unit, or nothing */
                bool stays = it.units->of[i] == SKEL_UNITS_NONE || kept[it.units->of[i]];

                if (it.units->reads != NULL && it.units->reads[i] != SKEL_UNITS_NONE) {
                    stays = stays && kept[it.units->reads[i]];
                }
                ck_assert(it.units->role[i] != SKEL_ROLE_WEIGHT ||
                          it.mask->keep[i] == (stays ? 1 : 0));
            }
            SKEL_FREE(&kept);
            release(&it);
        }
    }
}
END_TEST

START_TEST(no_layer_is_without_a_channel_and_the_report_counts_those_with_one)
{
    skel_prune_report report;
    size_t single = 0;
    subject it;

    make("vgg11", "method: magnitude, unit: channel, sparsity: 0.9", &it);
    prune(&it, &report);
    for (size_t s = 0; s < it.units->segments; s++) {
        const skel_parameter *layer = parameter_of(it.rig.network, it.units->name[s]);
        size_t row = layer->count / layer->shape[0];
        size_t left = 0;

        for (size_t o = 0; o < layer->shape[0]; o++) {
            left += memchr(it.mask->keep + layer->offset + o * row, 1, row) != NULL;
        }
        ck_assert_uint_ge(left, 1);
        single += left == 1;
    }
    ck_assert_uint_gt(single, 0);
    ck_assert_uint_eq(report.single, single);
    release(&it);
}
END_TEST

/* Of each four neighbouring input channels the two with the largest magnitudes stay. */
START_TEST(a_pattern_keeps_the_best_of_each_group)
{
    skel_prune_report report;
    const skel_parameter *weight = NULL;
    const float *values = NULL;
    const uint8_t *keep = NULL;
    subject it;

    make("vgg11", "method: magnitude, unit: '2:4', sparsity: 0.5, keep-layers: [features.0]", &it);
    prune(&it, &report);
    weight = parameter_of(it.rig.network, "features.4.weight");
    values = it.rig.parameters + weight->offset;
    keep = it.mask->keep + weight->offset;
    ck_assert_uint_eq(weight->shape[1], 4);
    for (size_t i = 0; i < weight->count; i++) {
        size_t first = i / 36 * 36 + i % 9;
        size_t larger = 0;

        for (size_t c = 0; c < 4; c++) {
            larger += fabsf(values[first + 9 * c]) > fabsf(values[i]);
        }
        ck_assert_uint_eq(keep[i], larger < 2);
    }
    ck_assert_uint_eq(it.mask->kept,
                      it.layer[0].count + (it.mask->prunable - it.layer[0].count) / 2);
    release(&it);
}
END_TEST

START_TEST(what_cannot_be_is_refused_with_the_layer)
{
    static const struct {
        const char *model;
        const char *prune;
        const char *text;
    } cases[] = {
        {"lenet-5", "method: snip, unit: '2:4', sparsity: 0.5",
         "conv1.weight has 1 input channel, which is not a multiple of 4; name the layer in "
         "prune.keep-layers, and it stays whole"},
        {"vgg11", "method: snip, unit: channel, sparsity: 0.994",
         "leaves 1 of 172 channels, and each of 8 layers needs one"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        skel_network *network = NULL;
        subject it;

        memset(&it, 0, sizeof it);
        parse(cases[i].model, cases[i].prune, &it);
        ck_assert(skel_settings_network(&it.job, &it.settings, &network) == SKEL_ERR_CONFIG);
        ck_assert_msg(strstr(skel_error_message(), cases[i].text) != NULL, "%s",
                      skel_error_message());
    }
}
END_TEST

static void outputs_of(const skel_network *network, const skel_rig *rig, const float parameters[],
                       const float buffers[], float out[])
{
    skel_engine *engine = NULL;
    const skel_engine_options options = {.microbatch = IMAGES, .inference = true};
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);

    ck_assert_ok(skel_engine_create("reference", network, &options, &engine));
    ck_assert_ok(skel_engine_load(engine, parameters, NULL));
    ck_assert_ok(skel_engine_forward(engine, &batch, buffers, out));
    skel_engine_destroy(&engine);
}

START_TEST(a_compact_network_is_smaller_and_has_the_same_outputs)
{
    skel_prune_report report;
    skel_compact *compact = NULL;
    float *parameters = NULL;
    float *buffers = NULL;
    float whole[IMAGES * CLASSES];
    float small[IMAGES * CLASSES];
    subject it;

    make(models[_i], "method: random, unit: channel, sparsity: 0.5", &it);
    prune(&it, &report);
    skel_mask_apply(it.mask, it.rig.parameters);
    ck_assert_ok(skel_compact_create(it.rig.network, it.mask->keep, &compact));
    ck_assert_uint_eq(compact->network->prunable_count, it.mask->kept);
    ck_assert(skel_network_macs(compact->network) < 0.7 * skel_network_macs(it.rig.network));
    ck_assert_ok(SKEL_ALLOC(compact->network->parameter_count, sizeof(float), &parameters));
    ck_assert_ok(SKEL_ALLOC(compact->network->buffer_count + 1, sizeof(float), &buffers));
    skel_compact_values(compact, it.rig.parameters, parameters);
    skel_compact_buffers(compact, it.rig.buffers, buffers);
    outputs_of(it.rig.network, &it.rig, it.rig.parameters, it.rig.buffers, whole);
    outputs_of(compact->network, &it.rig, parameters, buffers, small);
    for (size_t i = 0; i < (size_t)IMAGES * CLASSES; i++) { /* both in double, rounded to float */
        ck_assert_msg(fabs((double)whole[i] - (double)small[i]) <=
                          1e-5 * (1 + fabs((double)whole[i])),
                      "%zu: %g, %g", i, (double)whole[i], (double)small[i]);
    }
    SKEL_FREE(&buffers);
    SKEL_FREE(&parameters);
    skel_compact_destroy(&compact);
    release(&it);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_channel_is_its_row_and_the_columns_that_read_it);
    tcase_add_test(tcase, channels_that_are_added_are_one_unit);
    tcase_add_loop_test(tcase, a_channels_saliency_is_the_derivative_by_a_factor_on_it, 0, MODELS);
    tcase_add_test(tcase, exactly_so_many_units_are_kept_as_are_asked_for);
    tcase_add_test(tcase, no_layer_is_without_a_channel_and_the_report_counts_those_with_one);
    tcase_add_test(tcase, a_pattern_keeps_the_best_of_each_group);
    tcase_add_test(tcase, what_cannot_be_is_refused_with_the_layer);
    tcase_add_loop_test(tcase, a_compact_network_is_smaller_and_has_the_same_outputs, 0, MODELS);
}

int main(void)
{
    return skel_suite_run("units", fill);
}
