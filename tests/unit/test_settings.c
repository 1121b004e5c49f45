/* Every value that the job file allows is understood by the layer that it is meant for. */
#include "suite.h"

#include "job/check.h"
#include "job/fit.h"
#include "job/key.h"
#include "skel/memory.h"
#include "skel/settings.h"

#include <stdio.h>
#include <string.h>

static void default_job(skel_job *out)
{
    ck_assert_ok(
        skel_job_parse("test", "name: t\ndata: {set: cifar10}\nmodel: {name: resnet20}\n", out));
}

static bool is_named(const char *text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

START_TEST(every_choice_of_every_key_resolves)
{
    size_t choices = 0;

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];

        for (size_t j = 0; key->type == SKEL_KEY_ENUM && key->choices[j] != NULL; j++) {
            skel_job job;
            skel_settings settings;

            default_job(&job);
            (void)strncpy((char *)&job + key->offset, key->choices[j], key->size - 1);
            ck_assert_msg(skel_settings_resolve(&job, &settings) == SKEL_OK, "%s: %s: %s",
                          key->path, key->choices[j], skel_error_message());
            choices++;
        }
    }
    ck_assert_uint_gt(choices, 30);
}
END_TEST

START_TEST(models_engines_and_methods_of_the_job_are_those_of_their_layers)
{
    size_t models = 0;
    size_t engines = 0;
    size_t criteria = 0;
    const char *const *model = skel_model_names(&models);
    const char *const *engine = skel_engine_names(&engines);
    const char *const *criterion = skel_criterion_names(&criteria);
    size_t listed = 0;

    for (const char *const *name = skel_key_find("model", "name")->choices; *name; name++) {
        ck_assert_msg(is_named(*name, model, models), "model %s", *name);
        listed++;
    }
    ck_assert_uint_eq(listed, models);
    for (const char *const *name = skel_key_find("compute", "engine")->choices; *name; name++) {
        ck_assert_msg(strcmp(*name, "auto") == 0 || is_named(*name, engine, engines), "engine %s",
                      *name);
    }
    listed = 0;
    for (const char *const *name = skel_key_find("prune", "method")->choices; *name; name++) {
        ck_assert_msg(is_named(*name, criterion, criteria), "method %s", *name);
        listed++;
    }
    ck_assert_uint_eq(listed, criteria);
}
END_TEST

/* The job's layer knows methods by their names alone, the criteria know what they do. */
static bool reads(const char *path, const skel_criterion *criterion)
{
    return skel_fit_uses(skel_key_find_path(path), criterion->name);
}

START_TEST(methods_read_the_keys_that_their_criteria_have_a_use_for)
{
    size_t criteria = 0;
    const char *const *name = skel_criterion_names(&criteria);

    for (size_t i = 0; i < criteria; i++) {
        const skel_criterion *is = NULL;
        bool prunes = false;

        ck_assert_ok(skel_criterion_find(name[i], &is));
        prunes = skel_criterion_prunes(is);
        ck_assert_msg(reads("prune.iterations", is) == is->iterative, "%s", name[i]);
        ck_assert_msg(reads("prune.schedule", is) == is->iterative, "%s", name[i]);
        ck_assert_msg(reads("prune.keep-layers", is) == prunes, "%s", name[i]);
        ck_assert_msg(reads("prune.per-layer-floor", is) == prunes, "%s", name[i]);
        ck_assert_msg(reads("prune.scope", is) ==
                          (prunes && (is->sharing == SKEL_SHARING_BY_SCOPE ||
                                      is->timing == SKEL_TIMING_MOVING)),
                      "%s", name[i]);
        ck_assert_msg(reads("prune.temperature", is) == (is->signal == SKEL_SIGNAL_HESSIAN), "%s",
                      name[i]);
        ck_assert_msg(reads("prune.rewind", is) == (is->timing == SKEL_TIMING_REWOUND), "%s",
                      name[i]);
        ck_assert_msg(reads("prune.finetune-epochs", is) == (is->timing == SKEL_TIMING_TRAINED),
                      "%s", name[i]);
        ck_assert_msg(reads("prune.update-every", is) == (is->timing == SKEL_TIMING_MOVING), "%s",
                      name[i]);
    }
}
END_TEST

START_TEST(methods_that_train_first_are_refused_without_epochs)
{
    size_t criteria = 0;
    const char *const *name = skel_criterion_names(&criteria);

    for (size_t i = 0; i < criteria; i++) {
        const skel_criterion *is = NULL;
        skel_objection objection;
        skel_job job;

        ck_assert_ok(skel_criterion_find(name[i], &is));
        default_job(&job);
        (void)snprintf(job.prune.method, sizeof job.prune.method, "%s", name[i]);
        ck_assert_msg(skel_job_is_sound(&job, &objection) == (is->timing == SKEL_TIMING_INITIAL),
                      "%s", name[i]);
    }
}
END_TEST

START_TEST(images_that_do_not_fit_the_network_are_refused_with_both_named)
{
    skel_job job;
    skel_settings settings;
    skel_network *network = NULL;

    ck_assert_ok(
        skel_job_parse("test", "data: {set: mnist}\nmodel: {name: vgg11}\nname: t\n", &job));
    ck_assert_ok(skel_settings_resolve(&job, &settings));
    ck_assert_int_eq(skel_settings_network(&job, &settings, &network), SKEL_ERR_CONFIG);
    ck_assert_ptr_null(network);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "vgg11"));
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "mnist"));
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "28"));
}
END_TEST

START_TEST(a_sparsity_that_keeps_nothing_is_refused_with_the_largest_that_keeps_one)
{
    skel_job job;
    skel_settings settings;
    skel_network *network = NULL;

    default_job(&job);
    job.prune.sparsity = 0.9999999;
    ck_assert_ok(skel_settings_resolve(&job, &settings));
    ck_assert_int_eq(skel_settings_network(&job, &settings, &network), SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "prune.sparsity"));
    job.prune.sparsity = 0.99999; /* 2 of some 270,000 */
    ck_assert_ok(skel_settings_network(&job, &settings, &network));
    skel_network_destroy(&network);
}
END_TEST

START_TEST(more_samples_than_there_are_are_refused)
{
    skel_job job;
    skel_settings settings;

    default_job(&job);
    job.data.train_samples = 50001;
    ck_assert_int_eq(skel_settings_resolve(&job, &settings), SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "data.train-samples"));
    job.data.train_samples = 0;
    ck_assert_ok(skel_settings_resolve(&job, &settings));
    ck_assert_uint_eq(settings.train_samples, 50000);
    ck_assert_uint_eq(settings.test_samples, 10000);
}
END_TEST

START_TEST(a_validation_part_of_no_image_is_refused_with_the_least_that_holds_one_out)
{
    skel_job job;
    skel_settings settings;

    default_job(&job);
    job.data.train_samples = 200;
    job.data.validation = 0.004;
    ck_assert_int_eq(skel_settings_resolve(&job, &settings), SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "at least 0.005 holds one out"));
    job.data.validation = 0.005;
    ck_assert_ok(skel_settings_resolve(&job, &settings));
    ck_assert_uint_eq(settings.validation_samples, 1);
    job.data.validation = 0;
    ck_assert_ok(skel_settings_resolve(&job, &settings));
    ck_assert_uint_eq(settings.validation_samples, 0);
    job.data.train_samples = 1;
    job.data.validation = 0.9999999;
    ck_assert_int_eq(skel_settings_resolve(&job, &settings), SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "leaves none to train on"));
}
END_TEST

START_TEST(auto_trains_sparsely_at_five_percent_though_1_minus_095_is_more)
{
    skel_job job;
    skel_settings settings;

    default_job(&job);
    (void)strncpy(job.prune.method, "rigl", sizeof job.prune.method - 1);
    job.prune.sparsity = 0.95;
    ck_assert_ok(skel_settings_resolve(&job, &settings));
    ck_assert_double_eq(skel_settings_train_worker(&job, &settings).engine.density, 0.05);
    ck_assert(skel_settings_needs_growth_worker(&job, &settings));
    job.prune.sparsity = 0.9499;
    ck_assert(!skel_settings_needs_growth_worker(&job, &settings));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, every_choice_of_every_key_resolves);
    tcase_add_test(tcase, models_engines_and_methods_of_the_job_are_those_of_their_layers);
    tcase_add_test(tcase, methods_read_the_keys_that_their_criteria_have_a_use_for);
    tcase_add_test(tcase, methods_that_train_first_are_refused_without_epochs);
    tcase_add_test(tcase, images_that_do_not_fit_the_network_are_refused_with_both_named);
    tcase_add_test(tcase, a_sparsity_that_keeps_nothing_is_refused_with_the_largest_that_keeps_one);
    tcase_add_test(tcase, more_samples_than_there_are_are_refused);
    tcase_add_test(tcase,
                   a_validation_part_of_no_image_is_refused_with_the_least_that_holds_one_out);
    tcase_add_test(tcase, auto_trains_sparsely_at_five_percent_though_1_minus_095_is_more);
}

int main(void)
{
    return skel_suite_run("settings", fill);
}
