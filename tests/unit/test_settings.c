/* Every value that the job file allows is understood by the layer that it is meant for. */
#include "suite.h"

#include "job/key.h"
#include "skel/settings.h"

#include <string.h>

static void default_job(skel_job *out)
{
    ck_assert_ok(
        skel_job_parse("test", "name: t\ndata: {set: cifar10}\nmodel: {name: resnet20}\n", out));
}

START_TEST(every_choice_of_every_key_resolves)
{
    size_t choices = 0;

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];
        size_t count = 0;
        const char *const *values =
            key->type == SKEL_KEY_ENUM ? skel_key_choices(key, &count) : NULL;

        for (size_t j = 0; j < count; j++) {
            skel_job job;
            skel_settings settings;

            default_job(&job);
            (void)strncpy((char *)&job + key->offset, values[j], key->size - 1);
            ck_assert_msg(skel_settings_resolve(&job, &settings) == SKEL_OK, "%s: %s: %s",
                          key->path, values[j], skel_error_message());
            choices++;
        }
    }
    ck_assert_uint_gt(choices, 30);
}
END_TEST

START_TEST(images_that_do_not_fit_the_network_are_refused_with_the_padding_that_helps)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"name: t\ndata: {set: mnist}\nmodel: {name: vgg11}\n",
         "images of mnist (data.pad-to 32 makes them large enough): vgg11 takes "},
        {"name: t\ndata: {set: mnist, pad-to: 33}\nmodel: {name: vgg11}\n",
         "images of mnist (data.pad-to 64 makes them large enough): vgg11 takes "},
        {"name: t\ndata: {set: cifar10}\nmodel: {name: lenet-5}\n",
         "images of cifar10: lenet-5 takes images of 28x28 pixels; an image here has 3 channels of "
         "32x32 pixels"},
        {"name: t\ndata: {set: mnist}\nmodel: {name: lenet-300-100, width: 100}\n",
         "images of mnist: lenet-300-100 cannot have width 100: "},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        skel_job job;
        skel_settings settings;
        skel_network *network = NULL;

        ck_assert_ok(skel_job_parse("test", cases[i].text, &job));
        ck_assert_ok(skel_settings_resolve(&job, &settings));
        ck_assert_int_eq(skel_settings_network(&job, &settings, &network), SKEL_ERR_CONFIG);
        ck_assert_ptr_null(network);
        ck_assert_msg(strncmp(skel_error_message(), cases[i].message, strlen(cases[i].message)) ==
                          0,
                      "%s", skel_error_message());
    }
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

START_TEST(auto_trains_sparsely_at_its_limit_though_1_minus_095_is_more)
{
    skel_job job;
    skel_settings settings;

    default_job(&job);
    (void)strncpy(job.prune.method, "rigl", sizeof job.prune.method - 1);
    job.prune.sparsity = 0.95;
    ck_assert_ok(skel_settings_resolve(&job, &settings));
    ck_assert_double_eq(skel_settings_train_worker(&job, &settings).engine.density, 0.05);
    job.prune.sparsity = 1 - skel_engine_sparse_work();
    ck_assert(skel_settings_needs_growth_worker(&job, &settings));
    job.prune.sparsity -= 0.0001;
    ck_assert(!skel_settings_needs_growth_worker(&job, &settings));
}
END_TEST

/* Options of the pruning phase's worker for a method at a density. */
static skel_worker_options prune_worker(skel_job *job, const char *method, double density)
{
    skel_settings settings;

    memset(job->prune.method, 0, sizeof job->prune.method);
    (void)strncpy(job->prune.method, method, sizeof job->prune.method - 1);
    ck_assert_ok(skel_settings_resolve(job, &settings));
    return skel_settings_prune_worker(job, &settings, density, 0);
}

static const char *engine_of(const skel_worker_options *options)
{
    return skel_engine_resolve(options->kind, &options->engine);
}

START_TEST(plain_gradients_at_few_weights_are_sparse_and_of_all_weights_if_these_may_come_back)
{
    static const char *const engines[] = {"auto", "sparse"};

    for (size_t i = 0; i < 2; i++) {
        skel_job job;
        skel_worker_options few;
        skel_worker_options many;

        default_job(&job);
        (void)strncpy(job.compute.engine, engines[i], sizeof job.compute.engine - 1);
        few = prune_worker(&job, "force", 0.02);
        ck_assert_str_eq(engine_of(&few), "sparse");
        ck_assert(!few.engine.kept_only);
        many = prune_worker(&job, "force", 0.5);
        ck_assert_str_eq(engine_of(&many), "dense");
        ck_assert_double_eq(many.engine.density, 0);
        few = prune_worker(&job, "iter-snip", 0.02);
        ck_assert_str_eq(engine_of(&few), "sparse");
        ck_assert(few.engine.kept_only);
        few = prune_worker(&job, "grasp", 0.02);
        ck_assert_str_eq(engine_of(&few), "dense");
        few = prune_worker(&job, "synflow", 0.02);
        ck_assert_str_eq(engine_of(&few), "dense");
    }
}
END_TEST

START_TEST(an_engine_that_the_job_names_prunes_at_every_density)
{
    skel_job job;
    skel_worker_options options;

    default_job(&job);
    (void)strncpy(job.compute.engine, "dense", sizeof job.compute.engine - 1);
    options = prune_worker(&job, "force", 0.02);
    ck_assert_str_eq(engine_of(&options), "dense");
    options = prune_worker(&job, "iter-snip", 0.02);
    ck_assert_str_eq(engine_of(&options), "dense");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, every_choice_of_every_key_resolves);
    tcase_add_test(tcase,
                   images_that_do_not_fit_the_network_are_refused_with_the_padding_that_helps);
    tcase_add_test(tcase, a_sparsity_that_keeps_nothing_is_refused_with_the_largest_that_keeps_one);
    tcase_add_test(tcase, more_samples_than_there_are_are_refused);
    tcase_add_test(tcase,
                   a_validation_part_of_no_image_is_refused_with_the_least_that_holds_one_out);
    tcase_add_test(tcase, auto_trains_sparsely_at_its_limit_though_1_minus_095_is_more);
    tcase_add_test(
        tcase, plain_gradients_at_few_weights_are_sparse_and_of_all_weights_if_these_may_come_back);
    tcase_add_test(tcase, an_engine_that_the_job_names_prunes_at_every_density);
}

int main(void)
{
    return skel_suite_run("settings", fill);
}
