/* Runs that make no sense for their data set or network: each message, whole, at its place. */
#include "suite.h"

#include "job/file_read.h"
#include "skel/dataset.h"
#include "skel/engine.h"
#include "skel/network.h"
#include "skel/sound.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* The first run that is refused; SKEL_OK if there is none. */
static skel_status check(const char *text)
{
    skel_job_file *file = NULL;
    skel_networks *networks = NULL;
    skel_status status = SKEL_OK;

    ck_assert_ok(skel_networks_create(&networks));
    ck_assert_ok(skel_job_file_read("j.yaml", "j", false, strlen(text), text, 0, NULL, &file));
    for (size_t i = 0; status == SKEL_OK && i < skel_job_file_runs(file); i++) {
        const char *key = NULL;
        skel_job job;

        skel_job_file_run(file, i, &job);
        status = skel_sound_check(networks, &job, &key);
        if (status != SKEL_OK && key != NULL) {
            status = skel_job_file_blame(file, i, key, status);
        }
    }
    skel_job_file_close(&file);
    skel_networks_destroy(&networks);
    return status;
}

START_TEST(a_run_is_refused_at_the_key_to_blame)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"data: {set: mnist, train-samples: 1000, validation: 0.1}\nmodel: {name: lenet-5}\n"
         "prune: {batches: 3, batch-size: 301}\n",
         "j.yaml:3:33: prune.batches 3 of prune.batch-size 301 need 903 images, but the training "
         "set has 900: some images would count more than once; prune.batch-size can be 300 at "
         "most"},
        {"data: {set: mnist, train-samples: 20}\nmodel: {name: lenet-5}\n"
         "prune: {batches: 30, batch-size: 1}\n",
         "j.yaml:3:18: prune.batches 30 of prune.batch-size 1 need 30 images, but the training set "
         "has 20: some images would count more than once; prune.batches can be 20 at most"},
        {"data: {set: mnist, train-samples: 60}\nmodel: {name: lenet-5}\n"
         "prune:\n  method: synflow\n",
         "j.yaml:3:1: prune.batches 1 of prune.batch-size 128 need 128 images, but the training "
         "set has 60: some images would count more than once; prune.batch-size can be 60 at most "
         "(prune.method synflow takes none of them; the objective of the final mask does, with "
         "every method) (the job does not set prune.batch-size)"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_int_eq(check(cases[i].text), SKEL_ERR_CONFIG);
        ck_assert_str_eq(skel_error_message(), cases[i].message);
    }
}
END_TEST

/* "BEFORE expected one of A, B; AFTER" */
static void check_list(const char *text, const char *before, size_t count,
                       const char *const names[], const char *after)
{
    char list[1024];
    char message[2048];

    skel_text_list(count, names, sizeof list, list);
    (void)snprintf(message, sizeof message, "%sexpected one of %s%s", before, list, after);
    ck_assert_int_eq(check(text), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), message);
}

START_TEST(a_name_that_is_not_on_its_list_is_refused_with_the_list_and_the_nearest_one)
{
    size_t sets = 0;
    size_t models = 0;
    const char *const *set = skel_dataset_names(&sets);
    size_t kinds = 0;
    const char *const *model = skel_model_names(&models);
    const char *const *kind = skel_engine_kinds(&kinds);

    check_list("data: {set: mnist}\nmodel: {name: lenet-5}\ncompute: {engine: spars}\n",
               "j.yaml:3:19: compute.engine: ", kinds, kind,
               "; found \"spars\"; did you mean sparse?");
    check_list("data: {set: mnst}\nmodel: {name: lenet-5}\n", "j.yaml:1:13: data.set: ", sets, set,
               "; found \"mnst\"; did you mean mnist?");
    check_list("data: {set: no-such-set}\nmodel: {name: lenet-5}\n",
               "j.yaml:1:13: data.set: ", sets, set, "; found \"no-such-set\"");
    check_list("data: {set: mnist}\nmodel: {name: lenet-5}\n"
               "sweep:\n  model.name: [lenet-300-100, lenet-55]\n",
               "j.yaml:4:15: model.name: ", models, model,
               "; found \"lenet-55\"; did you mean lenet-5? (run 1 of the sweep, counted from 0)");
}
END_TEST

START_TEST(one_image_alone_is_no_fault_where_batch_norm_sees_several_pixels_of_it)
{
    ck_assert_ok(check("data: {set: mnist}\nmodel: {name: lenet-5}\ncompute: {microbatch: 127}\n"));
    ck_assert_ok(check("data: {set: cifar10}\nmodel: {name: vgg11}\n"
                       "train: {batch-size: 257}\ncompute: {microbatch: 127}\n"));
    ck_assert_ok(check("data: {set: cifar10, train-samples: 129}\nmodel: {name: vgg11}\n"
                       "compute: {microbatch: 1}\n"));
}
END_TEST

START_TEST(an_iteration_may_use_each_training_image_once)
{
    ck_assert_ok(check("data: {set: mnist, train-samples: 1000, validation: 0.1}\n"
                       "model: {name: lenet-5}\nprune: {batches: 3, batch-size: 300}\n"));
}
END_TEST

START_TEST(every_data_set_is_sound_with_some_network_and_every_network_with_some_data_set)
{
    size_t sets = 0;
    size_t models = 0;
    const char *const *set = skel_dataset_names(&sets);
    const char *const *model = skel_model_names(&models);
    bool used[2][64] = {{false}};

    ck_assert(sets <= 64 && models <= 64);
    for (size_t i = 0; i < sets; i++) {
        for (size_t j = 0; j < models; j++) {
            char text[256];

            (void)snprintf(text, sizeof text, "data: {set: %s}\nmodel: {name: %s}\n", set[i],
                           model[j]);
            if (check(text) == SKEL_OK) {
                used[0][i] = true;
                used[1][j] = true;
            }
        }
    }
    for (size_t i = 0; i < sets; i++) {
        ck_assert_msg(used[0][i], "%s", set[i]);
    }
    for (size_t j = 0; j < models; j++) {
        ck_assert_msg(used[1][j], "%s", model[j]);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_run_is_refused_at_the_key_to_blame);
    tcase_add_test(tcase,
                   a_name_that_is_not_on_its_list_is_refused_with_the_list_and_the_nearest_one);
    tcase_add_test(tcase, an_iteration_may_use_each_training_image_once);
    tcase_add_test(tcase, one_image_alone_is_no_fault_where_batch_norm_sees_several_pixels_of_it);
    tcase_add_test(tcase,
                   every_data_set_is_sound_with_some_network_and_every_network_with_some_data_set);
}

int main(void)
{
    return skel_suite_run("sound", fill);
}
