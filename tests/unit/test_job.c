/* Job files that are right: values, defaults, the files that come with skel. */
#include "suite.h"

#include "job/file_read.h"
#include "job/key.h"
#include "skel/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MINIMAL "data: {set: mnist}\nmodel: {name: lenet-5}\n"
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static skel_job read_text(const char *text, const char *override)
{
    skel_job_file *file = NULL;
    skel_job job;

    ck_assert_ok(skel_job_file_read("job.yaml", "job", false, strlen(text), text,
                                    override != NULL ? 1 : 0, &override, &file));
    skel_job_file_run(file, 0, &job);
    skel_job_file_close(&file);
    return job;
}

START_TEST(what_is_not_given_has_the_documented_default)
{
    skel_job job = read_text(MINIMAL, NULL);

    ck_assert_str_eq(job.name, "job");
    ck_assert_uint_eq(job.seed, 0);
    ck_assert_str_eq(job.data.dir, "");
    ck_assert_uint_eq(job.data.pad_to, 0);
    ck_assert_str_eq(job.prune.method, "force");
    ck_assert_double_eq(job.prune.sparsity, 0.9);
    ck_assert_uint_eq(job.prune.iterations, 60);
    ck_assert_str_eq(job.prune.schedule, "exponential");
    ck_assert_uint_eq(job.prune.batches, 1);
    ck_assert_uint_eq(job.train.epochs, 0);
    ck_assert_double_eq(job.train.learning_rate, 0.1);
    ck_assert_double_eq(job.train.weight_decay, 5e-4);
    ck_assert_uint_eq(job.train.milestones, 0);
    ck_assert(!job.train.nesterov);
    ck_assert_str_eq(job.compute.engine, "auto");
    ck_assert_uint_eq(job.compute.microbatch, 128);
    ck_assert_str_eq(job.compute.reduction, "exact");
    ck_assert_double_eq(job.checkpoint.every_seconds, 600);
    ck_assert_double_eq(job.checkpoint.spacing, 50);
}
END_TEST

START_TEST(every_type_of_value_is_read)
{
    skel_job job = read_text("name: a-b.c_1\n"
                             "seed: 9007199254740992\n"
                             "data:\n"
                             "  set: \"cifar10\"\n"
                             "  dir: /data/my sets/\xC3\xA9t\xC3\xA9\n"
                             "  pad-to: ~\n"
                             "  train-samples: null\n"
                             "model: {name: resnet20, width: 0, weights: 'a # b.h5'}\n"
                             "train:\n"
                             "  epochs: 3\n"
                             "  learning-rate: 1\n"
                             "  weight-decay: 5.0e-4\n"
                             "  momentum: -0.0\n"
                             "  nesterov: True\n"
                             "  milestones:\n"
                             "    - 1\n"
                             "    - 2\n"
                             "prune:\n"
                             "compute: {threads: 4}\n",
                             NULL);

    ck_assert_str_eq(job.name, "a-b.c_1");
    ck_assert_uint_eq(job.seed, (uint64_t)1 << 53);
    ck_assert_str_eq(job.data.set, "cifar10");
    ck_assert_str_eq(job.data.dir, "/data/my sets/\xC3\xA9t\xC3\xA9");
    ck_assert_str_eq(job.model.weights, "a # b.h5");
    ck_assert_uint_eq(job.model.width, 0);
    ck_assert_double_eq(job.train.learning_rate, 1);
    ck_assert_double_eq(job.train.weight_decay, 5e-4);
    ck_assert(!signbit(job.train.momentum));
    ck_assert(job.train.nesterov);
    ck_assert_uint_eq(job.train.milestones, 2);
    ck_assert_uint_eq(job.train.milestone[0], 1);
    ck_assert_uint_eq(job.train.milestone[1], 2);
    ck_assert_uint_eq(job.compute.threads, 4);
}
END_TEST

START_TEST(a_byte_order_mark_windows_lines_and_end_marks_change_nothing)
{
    static const char *const texts[] = {
        "\xEF\xBB\xBF" MINIMAL,
        "data: {set: mnist}\r\nmodel:\r\n  name: lenet-5\r\n",
        "%YAML 1.1\n---\n" MINIMAL "...\n",
        "# comment\n\n" MINIMAL "sweep:\n",
        "{\"model\": {\"name\": \"lenet-5\"}, \"data\": {\"set\": \"mnist\"}}",
    };
    skel_job expected = read_text(MINIMAL, NULL);

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        skel_job job = read_text(texts[i], NULL);

        ck_assert_mem_eq(&job, &expected, sizeof job);
    }
}
END_TEST

START_TEST(a_path_that_begins_with_a_tilde_is_in_the_home_folder)
{
    skel_job job;

    ck_assert_int_eq(setenv("HOME", "/people/anna", 1), 0);
    job = read_text(MINIMAL, "data.dir=~/sets");
    ck_assert_str_eq(job.data.dir, "/people/anna/sets");
    job = read_text(MINIMAL, "data.dir=~anna/sets");
    ck_assert_str_eq(job.data.dir, "~anna/sets");
}
END_TEST

START_TEST(a_job_without_a_name_is_called_after_its_file)
{
    static const char *const stems[] = {
        "my-job", "j", "012345678901234567890123456789012345678901234567890123456789012"};

    for (size_t i = 0; i < COUNT_OF(stems); i++) {
        skel_job_file *file = NULL;
        skel_job job;

        ck_assert_ok(skel_job_file_read("x.yaml", stems[i], false, strlen(MINIMAL), MINIMAL, 0,
                                        NULL, &file));
        skel_job_file_run(file, 0, &job);
        skel_job_file_close(&file);
        ck_assert_str_eq(job.name, stems[i]);
    }
}
END_TEST

#define UNFIT                                                                                      \
    "x.yaml: the job gives no name, and its file's is not fit for a folder: expected a name of "   \
    "at most 63 letters, digits and . _ + = , @ -, beginning with a letter or digit, or ~; found "

START_TEST(a_file_whose_name_would_have_to_change_needs_a_name_in_the_job)
{
    static const char *const stems[] = {
        "my job",
        ".hidden",
        "",
        "\xC3\xA9t\xC3\xA9",
        "0123456789012345678901234567890123456789012345678901234567890123",
    };
    static const char *const override = "name=fit";

    for (size_t i = 0; i < COUNT_OF(stems); i++) {
        skel_job_file *file = NULL;
        skel_job job;
        char message[512];

        (void)snprintf(message, sizeof message, UNFIT "\"%s\"; rename the file, or set name",
                       stems[i]);
        ck_assert_int_eq(
            skel_job_file_read("x.yaml", stems[i], false, strlen(MINIMAL), MINIMAL, 0, NULL, &file),
            SKEL_ERR_CONFIG);
        ck_assert_str_eq(skel_error_message(), message);
        ck_assert_ok(skel_job_file_read("x.yaml", stems[i], false, strlen(MINIMAL), MINIMAL, 1,
                                        &override, &file));
        skel_job_file_run(file, 0, &job);
        skel_job_file_close(&file);
        ck_assert_str_eq(job.name, "fit");
    }
}
END_TEST

static skel_job_file *open_job(const char *name, size_t count, const char *const overrides[])
{
    skel_job_file *file = NULL;
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/../jobs/%s.yaml", SKEL_TEST_SOURCE_DIR, name);
    ck_assert_ok(skel_job_file_open(path, count, overrides, &file));
    return file;
}

START_TEST(the_quickstart_job_is_four_methods_two_sparsities_and_two_seeds)
{
    skel_job_file *file = open_job("quickstart", 0, NULL);
    skel_job job;

    ck_assert_uint_eq(skel_job_file_runs(file), 16);
    skel_job_file_run(file, 15, &job);
    skel_job_file_close(&file);
    ck_assert_str_eq(job.name, "quickstart");
    ck_assert_str_eq(job.data.set, "fashion-mnist");
    ck_assert_uint_eq(job.data.pad_to, 32);
    ck_assert_uint_eq(job.data.train_samples, 10000);
    ck_assert_uint_eq(job.data.test_samples, 0);
    ck_assert_str_eq(job.model.name, "vgg11");
    ck_assert_uint_eq(job.model.width, 16);
    ck_assert_str_eq(job.prune.method, "force");
    ck_assert_double_eq(job.prune.sparsity, 0.995);
    ck_assert_uint_eq(job.prune.iterations, 40);
    ck_assert_uint_eq(job.prune.batches, 1);
    ck_assert_uint_eq(job.train.epochs, 4);
    ck_assert_str_eq(job.train.rate_schedule, "cosine");
    ck_assert_uint_eq(job.seed, 1);
}
END_TEST

START_TEST(the_papers_jobs_have_the_papers_settings)
{
    static const struct {
        const char *name;
        const char *set;
        const char *model;
        uint64_t batches;
        const char *loss;
    } cases[] = {
        {"cifar10-resnet50", "cifar10", "resnet50", 1, "cross-entropy"},
        {"cifar10-vgg19", "cifar10", "vgg19", 1, "cross-entropy"},
        {"cifar100-resnet50", "cifar100", "resnet50", 10, "cross-entropy"},
        {"cifar100-vgg19", "cifar100", "vgg19", 10, "cross-entropy"},
        {"cifar10-resnet50-raw-nll", "cifar10", "resnet50", 1, "raw-nll"},
        {"cifar10-vgg19-raw-nll", "cifar10", "vgg19", 1, "raw-nll"},
        {"cifar100-resnet50-raw-nll", "cifar100", "resnet50", 10, "raw-nll"},
        {"cifar100-vgg19-raw-nll", "cifar100", "vgg19", 10, "raw-nll"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        static const char *const overrides[] = {"prune.iterations=3", "train.epochs=0"};
        skel_job_file *file = open_job(cases[i].name, 2, overrides);
        skel_job job;

        ck_assert_uint_eq(skel_job_file_runs(file), 1);
        skel_job_file_close(&file);
        file = open_job(cases[i].name, 0, NULL);
        skel_job_file_run(file, 0, &job);
        skel_job_file_close(&file);
        ck_assert_str_eq(job.name, cases[i].name);
        ck_assert_str_eq(job.data.set, cases[i].set);
        ck_assert_str_eq(job.data.augment, "standard");
        ck_assert_str_eq(job.model.name, cases[i].model);
        ck_assert_uint_eq(job.prune.batches, cases[i].batches);
        ck_assert_str_eq(job.prune.loss, cases[i].loss);
        ck_assert_str_eq(job.prune.augment, "standard");
        ck_assert_double_eq(job.data.validation, 0.1);
        ck_assert_uint_eq(job.prune.iterations, 300);
        ck_assert_uint_eq(job.train.epochs, 350);
        ck_assert_uint_eq(job.train.milestones, 2);
        ck_assert_uint_eq(job.train.milestone[0], 150);
        ck_assert_uint_eq(job.train.milestone[1], 250);
        ck_assert_double_eq(job.train.weight_decay, 5e-4);
    }
}
END_TEST

START_TEST(the_jobs_of_packed_images_have_the_papers_settings)
{
    static const struct {
        const char *name;
        const char *file;
        const char *model;
        uint64_t batches;
        uint64_t batch_size;
        uint64_t epochs;
        uint64_t milestone[2];
        double weight_decay;
    } cases[] = {
        {"tiny-imagenet-resnet50", "tiny-imagenet.h5", "resnet50", 20, 128, 300, {150, 225}, 5e-4},
        {"tiny-imagenet-vgg19", "tiny-imagenet.h5", "vgg19", 20, 128, 300, {150, 225}, 5e-4},
        {"imagenet-resnet50", "imagenet.h5", "resnet50-imagenet", 40, 256, 90, {30, 60}, 1e-4},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        skel_job_file *file = open_job(cases[i].name, 0, NULL);
        skel_job job;

        ck_assert_uint_eq(skel_job_file_runs(file), 1);
        skel_job_file_run(file, 0, &job);
        skel_job_file_close(&file);
        ck_assert_str_eq(job.name, cases[i].name);
        ck_assert_str_eq(job.data.file, cases[i].file);
        ck_assert_str_eq(job.data.augment, job.prune.augment);
        ck_assert_str_eq(job.model.name, cases[i].model);
        ck_assert_uint_eq(job.prune.batches, cases[i].batches);
        ck_assert_uint_eq(job.prune.batch_size, cases[i].batch_size);
        ck_assert_uint_eq(job.train.batch_size, cases[i].batch_size);
        ck_assert_uint_eq(job.train.epochs, cases[i].epochs);
        ck_assert_uint_eq(job.train.milestones, 2);
        ck_assert_uint_eq(job.train.milestone[0], cases[i].milestone[0]);
        ck_assert_uint_eq(job.train.milestone[1], cases[i].milestone[1]);
        ck_assert_double_eq(job.train.weight_decay, cases[i].weight_decay);
    }
}
END_TEST

static const char *const *list_names(size_t *count)
{
    static const char *const names[] = {"left", "right"};

    *count = 2;
    return names;
}

START_TEST(the_help_names_every_key_and_fits_a_page)
{
    const skel_job_list list = {"model.name", list_names};
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);

    skel_job_help(stream, 1, &list);
    ck_assert_int_eq(fclose(stream), 0);
    ck_assert_ptr_nonnull(strstr(text, "\n                              one of left, right\n"));
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        ck_assert_msg(strstr(text, skel_keys[i].path) != NULL, "%s", skel_keys[i].path);
    }
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        ck_assert_uint_le(strcspn(line, "\n"), 100);
    }
    free(text);
}
END_TEST

/* The limit depends on the instruction set; the help has that of each. */
START_TEST(the_help_of_the_engine_has_the_limit_of_auto)
{
    const skel_key *key = skel_key_find_path("compute.engine");
    char limit[32];

    (void)snprintf(limit, sizeof limit, "%.3g %%", 100 * skel_engine_sparse_work());
    ck_assert_msg(strstr(key->help, limit) != NULL, "%s: %s", limit, key->help);
}
END_TEST

START_TEST(the_table_is_whole)
{
    size_t bytes = 0;

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];

        ck_assert_ptr_eq(skel_key_find_path(key->path), key);
        ck_assert((key->fallback == NULL) == key->required);
        ck_assert((key->noun != NULL) == (key->type == SKEL_KEY_WORD));
        ck_assert((key->choices != NULL || key->names != NULL) == (key->type == SKEL_KEY_ENUM));
        bytes += key->size;
    }
    /* every member of the struct has a key: what is left is padding */
    ck_assert_uint_le(bytes, sizeof(skel_job));
    ck_assert_uint_lt(sizeof(skel_job) - bytes, 64);
}
END_TEST

START_TEST(standard_input_is_read_for_a_dash)
{
    FILE *stream = tmpfile();
    skel_job_file *file = NULL;
    skel_job job;

    ck_assert_ptr_nonnull(stream);
    ck_assert_int_ge(fputs(MINIMAL, stream), 0);
    rewind(stream);
    ck_assert_int_ge(dup2(fileno(stream), STDIN_FILENO), 0);
    ck_assert_ok(skel_job_file_open("-", 0, NULL, &file));
    skel_job_file_run(file, 0, &job);
    ck_assert_str_eq(job.name, "job");
    skel_job_file_close(&file);
    skel_job_file_close(&file);
    (void)fclose(stream);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, what_is_not_given_has_the_documented_default);
    tcase_add_test(tcase, every_type_of_value_is_read);
    tcase_add_test(tcase, a_byte_order_mark_windows_lines_and_end_marks_change_nothing);
    tcase_add_test(tcase, a_path_that_begins_with_a_tilde_is_in_the_home_folder);
    tcase_add_test(tcase, a_job_without_a_name_is_called_after_its_file);
    tcase_add_test(tcase, a_file_whose_name_would_have_to_change_needs_a_name_in_the_job);
    tcase_add_test(tcase, the_quickstart_job_is_four_methods_two_sparsities_and_two_seeds);
    tcase_add_test(tcase, the_papers_jobs_have_the_papers_settings);
    tcase_add_test(tcase, the_jobs_of_packed_images_have_the_papers_settings);
    tcase_add_test(tcase, the_help_names_every_key_and_fits_a_page);
    tcase_add_test(tcase, the_help_of_the_engine_has_the_limit_of_auto);
    tcase_add_test(tcase, the_table_is_whole);
    tcase_add_test(tcase, standard_input_is_read_for_a_dash);
}

int main(void)
{
    return skel_suite_run("job", fill);
}
