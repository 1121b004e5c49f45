/* Energies of hidden units that pruning removes: reported as they are, and told if they have not
 * vanished. */
#include "suite.h"

#include "run/energies.h"

#include "skel/log.h"
#include "skel/memory.h"
#include "skel/unit_table.h"

#include <stdio.h>
#include <string.h>

enum { HIDDEN = 30 + 10, HALF = HIDDEN / 2, LAYERS = 3 };

/* A job of chauvin with two hidden layers, and the energy of each unit. */
typedef struct subject {
    skel_job job;
    skel_settings settings;
    skel_comm *comm;
    skel_network *network;
    skel_units *units;
    skel_mask *mask;
    skel_segment layer[LAYERS];
    float *energy; /* [parameter_count] */
    char warning[512];
    size_t warnings;
} subject;

static void hear(void *context, const char *warning)
{
    subject *it = context;

    (void)snprintf(it->warning, sizeof it->warning, "%s", warning);
    it->warnings++;
}

static void make(const char *prune, subject *out)
{
    size_t layers = 0;
    char text[512];

    memset(out, 0, sizeof *out);
    (void)snprintf(text, sizeof text,
                   "data: {set: fashion-mnist}\n"
                   "model: {name: lenet-300-100, width: 30}\n"
                   "prune: {method: chauvin, unit: channel, sparsity: 0.5, %s}\n"
                   "train: {epochs: 4}\n",
                   prune);
    ck_assert_ok(skel_job_parse("test", text, &out->job));
    ck_assert_ok(skel_settings_resolve(&out->job, &out->settings));
    ck_assert_ok(skel_settings_network(&out->job, &out->settings, &out->network));
    ck_assert_ok(skel_unit_table_make(&out->job, &out->settings, out->network, &out->units));
    ck_assert_uint_eq(out->units->count, HIDDEN);
    for (size_t i = skel_network_prunable(out->network, 0); i < out->network->parameters;
         i = skel_network_prunable(out->network, i + 1)) {
        const skel_parameter *parameter = &out->network->parameter[i];

        ck_assert_uint_lt(layers, LAYERS);
        out->layer[layers++] = (skel_segment){parameter->offset, parameter->count};
    }
    ck_assert_ok(
        skel_mask_create(out->network->parameter_count, layers, out->layer, NULL, &out->mask));
    ck_assert_ok(SKEL_ALLOC(out->network->parameter_count, sizeof(float), &out->energy));
    ck_assert_ok(skel_comm_create_self(&out->comm));
    skel_log_listen(hear, out);
}

static void release(subject *it)
{
    skel_log_listen(NULL, NULL);
    skel_comm_destroy(&it->comm);
    SKEL_FREE(&it->energy);
    skel_mask_destroy(&it->mask);
    skel_units_destroy(&it->units);
    skel_network_destroy(&it->network);
}

/* Energies by the unit's number, which the logits and biases do not have. */
static void set(subject *it, float (*energy_of)(uint32_t unit))
{
    for (size_t i = 0; i < it->units->elements; i++) {
        if (it->units->of[i] != SKEL_UNITS_NONE && it->units->role[i] == SKEL_ROLE_WEIGHT) {
            it->energy[i] = energy_of(it->units->of[i]);
        }
    }
}

static skel_prune_report prune(subject *it, size_t iteration)
{
    skel_prune_report report;
    const skel_prune_request request = {
        .method = it->settings.method,
        .scope = it->settings.scope,
        .units = it->units,
        .kept = skel_unit_table_kept(&it->job, &it->settings, it->units, iteration),
        .rules = skel_unit_table_rules(&it->job, it->units),
        .invert = it->settings.sanity == SKEL_SANITY_INVERT,
        .seed = 5,
        .parameters = it->energy,
        .signal = it->energy,
    };

    ck_assert_ok(skel_prune_mask(it->comm, &request, it->mask, &report));
    skel_energies_warn(&it->job, &it->settings, iteration, &report);
    return report;
}

/* Every other unit is dead; the others have 2, 4, 6, ... */
static float half_dead(uint32_t unit)
{
    return unit % 2 == 0 ? 0 : (float)(unit + 1);
}

/* 1, 2, 3, ... */
static float alive(uint32_t unit)
{
    return (float)(unit + 1);
}

START_TEST(units_without_energy_go_without_a_warning)
{
    skel_prune_report report;
    subject it;

    make("iterations: 1", &it);
    set(&it, half_dead);
    report = prune(&it, 1);
    ck_assert_double_eq(report.best_pruned, 0);
    ck_assert_double_eq(report.mean_score, (double)HALF * (HALF + 1) / HIDDEN);
    ck_assert_uint_eq(it.warnings, 0);
    release(&it);
}
END_TEST

/* The largest energy that goes is told, not the smallest one that stays. */
START_TEST(units_with_energy_go_with_a_warning)
{
    skel_prune_report report;
    subject it;

    make("iterations: 1", &it);
    set(&it, alive);
    report = prune(&it, 1);
    ck_assert_double_eq(report.best_pruned, HALF);
    ck_assert_double_eq(report.threshold, HALF + 1);
    ck_assert_double_eq(report.mean_score, (HIDDEN + 1) / 2.0);
    ck_assert_uint_eq(it.warnings, 1);
    ck_assert_ptr_nonnull(strstr(it.warning, "iteration 1 of 1"));
    ck_assert_ptr_nonnull(strstr(it.warning, "up to 20, the mean of all being 20"));
    ck_assert_ptr_nonnull(strstr(it.warning, "a larger prune.strength (0.001)"));
    release(&it);
}
END_TEST

/* Units whose share of the mean is below the limit, and above it. */
static float hardly_alive(uint32_t unit)
{
    return unit % 2 == 0 ? 0.009F : 1.991F;
}

static float barely_alive(uint32_t unit)
{
    return unit % 2 == 0 ? 0.011F : 1.989F;
}

START_TEST(an_energy_has_vanished_up_to_a_hundredth_of_the_mean)
{
    for (size_t over = 0; over < 2; over++) {
        subject it;

        make("iterations: 1", &it);
        set(&it, over ? barely_alive : hardly_alive);
        (void)prune(&it, 1);
        ck_assert_uint_eq(it.warnings, over);
        release(&it);
    }
}
END_TEST

/* Units that went before are not counted again. */
START_TEST(every_iteration_tells_of_what_it_removes)
{
    skel_prune_report report;
    size_t iterations = 3;
    size_t kept = HIDDEN;
    subject it;

    make("iterations: 3, schedule: linear", &it);
    set(&it, alive);
    for (size_t t = 1; t <= iterations; t++) {
        size_t before = kept;

        kept = skel_unit_table_kept(&it.job, &it.settings, it.units, t);
        ck_assert_uint_lt(kept, before);
        report = prune(&it, t);
        ck_assert_double_eq(report.best_pruned, (double)(HIDDEN - kept));
        ck_assert_double_eq(report.mean_score, (double)(HIDDEN - before + 1 + HIDDEN) / 2);
        ck_assert_uint_eq(it.warnings, t);
    }
    release(&it);
}
END_TEST

START_TEST(an_inverted_choice_removes_the_largest_energies_and_says_so)
{
    skel_prune_report report;
    subject it;

    make("iterations: 1, check: invert", &it);
    set(&it, half_dead);
    report = prune(&it, 1);
    ck_assert_double_eq(report.best_pruned, HIDDEN);
    ck_assert_uint_eq(it.warnings, 1);
    ck_assert_ptr_nonnull(strstr(it.warning, "up to 40,"));
    ck_assert_ptr_nonnull(strstr(it.warning, "prune.check: invert"));
    ck_assert_ptr_null(strstr(it.warning, "prune.strength"));
    release(&it);
}
END_TEST

START_TEST(other_methods_are_not_warned_of_energies)
{
    subject it;

    make("iterations: 1", &it);
    set(&it, alive);
    ck_assert_ok(skel_method_find("molchanov", &it.settings.method));
    (void)prune(&it, 1);
    ck_assert_uint_eq(it.warnings, 0);
    release(&it);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, units_without_energy_go_without_a_warning);
    tcase_add_test(tcase, units_with_energy_go_with_a_warning);
    tcase_add_test(tcase, an_energy_has_vanished_up_to_a_hundredth_of_the_mean);
    tcase_add_test(tcase, every_iteration_tells_of_what_it_removes);
    tcase_add_test(tcase, an_inverted_choice_removes_the_largest_energies_and_says_so);
    tcase_add_test(tcase, other_methods_are_not_warned_of_energies);
}

int main(void)
{
    return skel_suite_run("energies", fill);
}
