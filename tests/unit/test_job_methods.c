/* The methods of the table, as a job sees them: their own defaults, and what follows from their
 * traits. */
#include "job_text.h"
#include "suite.h"

#include "job/check.h"
#include "job/fit.h"
#include "job/own.h"
#include "skel/text.h"
#include "skel/traits.h"

#include <stdio.h>
#include <string.h>

#define UNIT(is) (skel_method_scores_channels(is) ? ", unit: channel" : "")
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static skel_status read_first(const char *rest, skel_job *job)
{
    return skel_job_text_read(4, rest, job);
}

START_TEST(a_method_is_one_of_the_table)
{
    size_t count = 0;
    const char *const *names = skel_method_names(&count);
    char list[512];
    char message[1024];
    skel_job job;

    skel_text_list(count, names, sizeof list, list);
    (void)snprintf(
        message, sizeof message,
        "j.yaml:4:17: prune.method: expected one of %s; found \"forse\"; did you mean force?",
        list);
    ck_assert_int_eq(read_first("prune: {method: forse}", &job), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), message);
}
END_TEST

START_TEST(methods_have_defaults_of_their_own)
{
    static const struct {
        const char *method;
        uint64_t iterations;
        const char *sampling;
        uint64_t batches;
        uint64_t batch_size; /* 0: by classes */
    } cases[] = {
        {"force", 60, "shuffled", 1, 128},
        {"synflow", 100, "shuffled", 1, 128},
        {"grasp", 0, "balanced", 1, 0},
        {"obd", 5, "shuffled", 10, 128},
        {"skeletonization", 5, "shuffled", 10, 128},
        /* 0.8^10 = 0.107, 0.8^11 = 0.086 */
        {"imp", 11, "shuffled", 1, 128},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[256];
        skel_job job;

        (void)snprintf(text, sizeof text, "prune: {method: %s, sparsity: 0.9}\n", cases[i].method);
        ck_assert_ok(read_first(text, &job));
        ck_assert_uint_eq(job.prune.iterations, cases[i].iterations);
        ck_assert_str_eq(job.prune.sampling, cases[i].sampling);
        ck_assert_uint_eq(job.prune.batches, cases[i].batches);
        ck_assert_uint_eq(job.prune.batch_size, cases[i].batch_size);
        ck_assert_double_eq(job.prune.temperature, strcmp(cases[i].method, "grasp") == 0 ? 200 : 0);
    }
}
END_TEST

START_TEST(a_value_follows_from_the_method_if_it_is_the_methods_own)
{
    static const struct {
        const char *rest;
        const char *path;
        bool follows;
    } cases[] = {
        /* 0.8^11 is the first power below a tenth, 0.8^21 the first below a hundredth */
        {"prune: {method: imp, sparsity: 0.9}\n", "prune.iterations", true},
        {"prune: {method: imp, sparsity: 0.9, iterations: 11}\n", "prune.iterations", true},
        {"prune: {method: imp, sparsity: 0.99, iterations: 11}\n", "prune.iterations", false},
        {"prune: {method: imp, sparsity: 0.99, iterations: 21}\n", "prune.iterations", true},
        {"prune: {method: force, iterations: 59}\n", "prune.iterations", false},
        {"prune: {method: obd, finetune-rate: 0.01}\n", "prune.finetune-rate", true},
        {"prune: {method: obd, finetune-rate: 0.02}\n", "prune.finetune-rate", false},
        {"prune: {method: force}\n", "train.learning-rate", false},
        {"prune: {method: force}\n", "seed", false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        skel_job job;

        ck_assert_ok(read_first(cases[i].rest, &job));
        ck_assert_msg(skel_job_follows_method(&job, cases[i].path) == cases[i].follows, "%s%s",
                      cases[i].rest, cases[i].path);
    }
}
END_TEST

START_TEST(the_help_says_the_methods_defaults)
{
    static const struct {
        const char *path;
        const char *text;
    } cases[] = {
        {"prune.iterations", "100 for synflow"},
        {"prune.iterations", "as many as remove at most a fifth of the weights each for imp"},
        {"prune.iterations", "60 for force, iter-snip, grasp-it"},
        {"prune.iterations", "; otherwise 5"},
        {"prune.sampling", "~ is balanced for grasp"},
        {"prune.sampling", "; otherwise shuffled"},
        {"prune.batches",
         "~ is 2 for px; 10 for skeletonization, molchanov, chauvin, obd; otherwise 1"},
        {"prune.batch-size", "~ is 10 images of each class for grasp; otherwise 128"},
        {"prune.temperature", "200"},
        {"prune.finetune-rate", "~ is a tenth of train.learning-rate"},
        {"prune.update-every", "100 for rigl"},
        {"prune.update-every", "one epoch (dsr: a 32nd of the steps, at most 100)"},
    };
    char text[SKEL_KEY_TEXT];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        skel_own_describe(skel_key_find_path(cases[i].path), text);
        ck_assert_msg(strstr(text, cases[i].text) != NULL, "%s: %s", cases[i].path, text);
    }
    skel_own_describe(skel_key_find_path("prune.sparsity"), text);
    ck_assert_str_eq(text, "");
}
END_TEST

static const skel_method *method_at(int i)
{
    size_t count = 0;
    const char *const *names = skel_method_names(&count);

    ck_assert_uint_lt((size_t)i, count);
    return skel_fit_method(names[i]);
}

START_TEST(a_method_of_the_table_has_a_default_for_every_key_that_it_reads)
{
    const skel_method *is = method_at(_i);
    char text[256];
    skel_job job;

    (void)snprintf(text, sizeof text, "prune: {method: %s%s}\n", is->name, UNIT(is));
    ck_assert_ok(read_first(text, &job));
    ck_assert(is->iterative == (job.prune.iterations > 0));
    ck_assert(skel_method_finetunes(is) == (job.prune.finetune_epochs != SKEL_JOB_ABSENT));
    ck_assert(skel_method_finetunes(is) == (job.prune.finetune_rate > 0));
    ck_assert_double_eq(is->defaults.update_until, job.prune.update_until);
    ck_assert_double_eq(is->defaults.drop_fraction, job.prune.drop_fraction);
    ck_assert_double_eq(is->defaults.strength, job.prune.strength);
    ck_assert_double_eq(is->defaults.strength_growth, job.prune.strength_growth);
    ck_assert_double_eq(is->defaults.noise, job.prune.noise);
    ck_assert_double_eq(is->defaults.auxiliary_start, job.prune.auxiliary_start);
    ck_assert_double_eq(is->defaults.refresh_decay, job.prune.refresh_decay);
    ck_assert(skel_method_learns_auxiliary(is) == (job.prune.auxiliary_rate > 0));
    ck_assert(skel_method_decays_auxiliary(is) == (job.prune.auxiliary_decay > 0));
    ck_assert(job.prune.update_until <= 1 && job.prune.drop_fraction < 1);
    ck_assert(is->defaults.update_every == job.prune.update_every);
    ck_assert_double_eq(is->defaults.temperature, job.prune.temperature);
    ck_assert_str_ne(job.prune.sampling, "");
}
END_TEST

START_TEST(a_method_of_the_table_reads_keys_by_its_traits)
{
    const skel_method *is = method_at(_i);
    const bool prunes = strcmp(is->name, "none") != 0;
    const bool ranks = /* phew visits few weights */
        prunes && strcmp(is->name, "phew") != 0 &&
        !(is->timing == SKEL_TIMING_DURING && is->reparameterisation->remask != SKEL_REMASK_CHOICE);
    const struct {
        const char *path;
        bool reads;
    } cases[] = {
        {"prune.schedule", is->iterative},
        {"prune.keep-layers", prunes},
        {"prune.per-layer-floor", ranks},
        {"prune.scope",
         ranks && (is->sharing == SKEL_SHARING_BY_SCOPE ||
                   (is->timing == SKEL_TIMING_MOVING && is->sharing == SKEL_SHARING_ERK))},
        {"prune.check",
         prunes && is->timing != SKEL_TIMING_MOVING && is->reparameterisation == NULL},
        {"prune.rewind", is->timing == SKEL_TIMING_REWOUND},
        {"prune.drop-by", strcmp(is->name, "set") == 0},
        {"prune.drop-threshold", strcmp(is->name, "dsr") == 0},
        {"prune.momentum-steps", is->defaults.momentum_steps > 0},
        {"prune.regrow-dropped", strcmp(is->name, "rigl") == 0 || strcmp(is->name, "snfs") == 0},
        {"prune.norm-warmup", skel_method_flows(is)}, /* they have running averages */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const skel_key *key = skel_key_find_path(cases[i].path);

        ck_assert_msg(skel_fit_uses(key, is->name) == cases[i].reads, "%s", cases[i].path);
    }
}
END_TEST

START_TEST(a_method_of_the_table_needs_epochs_unless_it_prunes_before_training)
{
    const skel_method *is = method_at(_i);
    char text[256];
    skel_job job;
    skel_objection objection;

    (void)snprintf(text, sizeof text, "prune: {method: %s%s}\n", is->name, UNIT(is));
    ck_assert_ok(read_first(text, &job));
    ck_assert(skel_job_is_sound(&job, &objection));
    job.train.epochs = 0;
    ck_assert(skel_job_is_sound(&job, &objection) == (is->timing == SKEL_TIMING_INITIAL));
}
END_TEST

static void fill(TCase *tcase)
{
    size_t methods = 0;
    int count = 0;

    (void)skel_method_names(&methods);
    count = (int)methods;
    tcase_add_test(tcase, a_method_is_one_of_the_table);
    tcase_add_test(tcase, methods_have_defaults_of_their_own);
    tcase_add_test(tcase, a_value_follows_from_the_method_if_it_is_the_methods_own);
    tcase_add_test(tcase, the_help_says_the_methods_defaults);
    tcase_add_loop_test(tcase, a_method_of_the_table_has_a_default_for_every_key_that_it_reads, 0,
                        count);
    tcase_add_loop_test(tcase, a_method_of_the_table_reads_keys_by_its_traits, 0, count);
    tcase_add_loop_test(tcase, a_method_of_the_table_needs_epochs_unless_it_prunes_before_training,
                        0, count);
}

int main(void)
{
    return skel_suite_run("job_methods", fill);
}
