/* Job files that are wrong: each message, whole, as its user reads it. */
#include "scratch.h"
#include "suite.h"

#include "job/file_read.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MINIMAL "data: {set: mnist}\nmodel: {name: lenet-5}\n"
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

typedef struct wrong {
    const char *text;
    const char *message;
} wrong;

static void check_bytes(size_t bytes, const char *text, size_t count, const char *const overrides[],
                        const char *message)
{
    skel_job_file *file = NULL;
    skel_status status =
        skel_job_file_read("j.yaml", "j", false, bytes, text, count, overrides, &file);

    ck_assert_msg(status == SKEL_ERR_CONFIG, "accepted or another status: %s", text);
    ck_assert_ptr_null(file);
    ck_assert_str_eq(skel_error_message(), message);
}

static void check_all(size_t count, const wrong cases[])
{
    for (size_t i = 0; i < count; i++) {
        check_bytes(strlen(cases[i].text), cases[i].text, 0, NULL, cases[i].message);
    }
}

START_TEST(unknown_keys_are_named_with_the_nearest_one)
{
    static const wrong cases[] = {
        {"prune:\n  sparsty: 0.9\n",
         "j.yaml:2:3: unknown key \"sparsty\" in prune; did you mean sparsity?"},
        {"prune:\n  batch_size: 8\n",
         "j.yaml:2:3: unknown key \"batch_size\" in prune; did you mean batch-size?"},
        {"prune: {epochs: 8}\n",
         "j.yaml:1:9: unknown key \"epochs\" in prune; did you mean train.epochs?"},
        {"sparsity: 0.9\n", "j.yaml:1:1: unknown key \"sparsity\"; did you mean prune.sparsity?"},
        {"batch-size: 9\n", "j.yaml:1:1: unknown key \"batch-size\"; did you mean "
                            "prune.batch-size or train.batch-size?"},
        {"prun: {}\n", "j.yaml:1:1: unknown key \"prun\"; did you mean prune?"},
        {"seeds: 1\n", "j.yaml:1:1: unknown key \"seeds\"; did you mean seed?"},
        {"prune.method: force\n",
         "j.yaml:1:1: unknown key \"prune.method\"; dotted paths belong under sweep: here, write "
         "the section and below it method"},
        {"data: {optimizer: 1}\n",
         "j.yaml:1:8: unknown key \"optimizer\" in data; expected one of set, file, "
         "cache, side, resize, dir, unverified, pad-to, augment, crop-padding, crop-scale-low, "
         "crop-scale-high, crop-ratio-low, crop-ratio-high, cutout-size, validation, "
         "train-samples, test-samples"},
        {"<<: 1\n", "j.yaml:1:1: unknown key \"<<\"; expected one of name, seed, data, model, "
                    "prune, train, compute, checkpoint, sweep"},
    };

    check_all(COUNT_OF(cases), cases);
}
END_TEST

START_TEST(a_repeated_key_is_refused_with_both_places)
{
    static const wrong cases[] = {
        {"seed: 1\nname: a\nseed: 2\n", "j.yaml:3:1: repeated key \"seed\" (first in line 1)"},
        {"train:\n  epochs: 1\n  epochs: 1\n",
         "j.yaml:3:3: repeated key \"epochs\" (first in line 2)"},
        {"train: {}\nmodel: {}\ntrain: {}\n",
         "j.yaml:3:1: repeated key \"train\" (first in line 1)"},
        {"sweep:\n  seed: [1]\n  seed: [2]\n",
         "j.yaml:3:3: sweep: repeated key \"seed\" (first in line 2)"},
    };

    check_all(COUNT_OF(cases), cases);
}
END_TEST

#define ITERATIONS "prune.iterations: expected an integer from 1 to 10000, or ~; found "
#define EPOCHS "train.epochs: expected an integer from 0 to 100000; found "
#define NOTHING "nothing, which is no value of this key; leave the key out for its default, 0"
#define SPARSITY "prune.sparsity: expected a number from 0 to below 1; found "
#define NESTEROV "train.nesterov: expected true or false; found "

START_TEST(a_number_or_truth_value_is_what_the_table_says)
{
    static const wrong cases[] = {
        {"prune: {iterations: abc}", "j.yaml:1:21: " ITERATIONS "\"abc\""},
        {"prune: {iterations: 0}", "j.yaml:1:21: " ITERATIONS "\"0\""},
        {"prune: {iterations: 10001}", "j.yaml:1:21: " ITERATIONS "\"10001\""},
        {"prune: {iterations: -3}", "j.yaml:1:21: " ITERATIONS "\"-3\""},
        {"prune: {iterations: 3.0}", "j.yaml:1:21: " ITERATIONS "\"3.0\""},
        {"prune: {iterations: 1e3}", "j.yaml:1:21: " ITERATIONS "\"1e3\""},
        {"prune: {iterations: 010}", "j.yaml:1:21: " ITERATIONS "\"010\""},
        {"prune: {iterations: 0x10}", "j.yaml:1:21: " ITERATIONS "\"0x10\""},
        {"prune: {iterations: 1_000}", "j.yaml:1:21: " ITERATIONS "\"1_000\""},
        {"prune: {iterations: \"40\"}", "j.yaml:1:21: " ITERATIONS "\"40\" in quotes"},
        {"prune: {iterations: 18446744073709551617}",
         "j.yaml:1:21: " ITERATIONS "\"18446744073709551617\""},
        {"train: {epochs: ~}", "j.yaml:1:17: " EPOCHS NOTHING},
        {"train: {epochs: }", "j.yaml:1:17: " EPOCHS NOTHING},
        {"prune: {iterations: {a: 1}}", "j.yaml:1:21: " ITERATIONS "a mapping"},
        {"prune: {iterations: [1, 2]}",
         "j.yaml:1:21: " ITERATIONS "a list; several values belong under sweep"},
        {"seed: 9007199254740993",
         "j.yaml:1:7: seed: expected an integer from 0 to 9007199254740992; found "
         "\"9007199254740993\""},
        {"prune: {sparsity: 1}", "j.yaml:1:19: " SPARSITY "\"1\""},
        {"prune: {sparsity: 99 %}", "j.yaml:1:19: " SPARSITY "\"99 %\""},
        {"prune: {sparsity: -0.1}", "j.yaml:1:19: " SPARSITY "\"-0.1\""},
        {"prune: {sparsity: .nan}", "j.yaml:1:19: " SPARSITY "\".nan\""},
        {"prune: {sparsity: nan}", "j.yaml:1:19: " SPARSITY "\"nan\""},
        {"prune: {sparsity: -.inf}", "j.yaml:1:19: " SPARSITY "\"-.inf\""},
        {"prune: {sparsity: 1e400}", "j.yaml:1:19: " SPARSITY "\"1e400\""},
        {"prune: {sparsity: 0.9e}", "j.yaml:1:19: " SPARSITY "\"0.9e\""},
        {"prune: {sparsity: 0.9.9}", "j.yaml:1:19: " SPARSITY "\"0.9.9\""},
        {"prune: {sparsity: '0.9'}", "j.yaml:1:19: " SPARSITY "\"0.9\" in quotes"},
        {"train: {learning-rate: 0}",
         "j.yaml:1:24: train.learning-rate: expected a number above 0 and at most 1000; found "
         "\"0\""},
        {"train: {learning-rate: 1e-400}",
         "j.yaml:1:24: train.learning-rate: expected a number above 0 and at most 1000; found "
         "\"1e-400\""},
        {"train: {nesterov: yes}", "j.yaml:1:19: " NESTEROV "\"yes\""},
        {"train: {nesterov: no}", "j.yaml:1:19: " NESTEROV "\"no\""},
        {"train: {nesterov: 1}", "j.yaml:1:19: " NESTEROV "\"1\""},
        {"train: {nesterov: 'true'}", "j.yaml:1:19: " NESTEROV "\"true\" in quotes"},
    };

    check_all(COUNT_OF(cases), cases);
}
END_TEST

#define MILESTONES                                                                                 \
    "train.milestones: expected a list of at most 16 integers from 1 to 100000, or ~; found "
#define NAME                                                                                       \
    "name: expected a name of at most 63 letters, digits and . _ + = , @ -, beginning with a "     \
    "letter or digit, or ~; found "

START_TEST(a_text_or_list_is_what_the_table_says)
{
    static const wrong cases[] = {
        {"data: {set: a/b}",
         "j.yaml:1:13: data.set: expected the name of a data set, or ~; found \"a/b\""},
        {"data: {set: mnist}\nmodel: {name: ~}",
         "j.yaml:2:1: model.name is missing; expected the name of a network, or model.file"},
        {"train: {milestones: 150}", "j.yaml:1:21: " MILESTONES "\"150\""},
        {"train: {milestones: [150, x]}", "j.yaml:1:27: " MILESTONES "\"x\" in it"},
        {"train: {milestones: [0]}", "j.yaml:1:22: " MILESTONES "\"0\" in it"},
        {"train: {milestones: [[1]]}", "j.yaml:1:22: " MILESTONES "a list in it"},
        {"train: {milestones: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}",
         "j.yaml:1:21: " MILESTONES "a list that is longer"},
        {"name: a/b", "j.yaml:1:7: " NAME "\"a/b\""},
        {"name: ..", "j.yaml:1:7: " NAME "\"..\""},
        {"name: ''", "j.yaml:1:7: " NAME "\"\" in quotes"},
        {"name: a b", "j.yaml:1:7: " NAME "\"a b\""},
        {"name: \xC3\xA9", "j.yaml:1:7: " NAME "\"\xC3\xA9\""},
        {"name: 0123456789012345678901234567890123456789012345678901234567890123",
         "j.yaml:1:7: " NAME "\"012345678901234567890123456789012345678901234567890123456789...\""},
        {"data: {dir: \"a\\nb\"}",
         "j.yaml:1:13: data.dir: expected a path, or ~; found \"a?b\" in quotes"},
        {"data: {dir: ''}", "j.yaml:1:13: data.dir: expected a path, or ~; found \"\" in quotes"},
    };

    check_all(COUNT_OF(cases), cases);
}
END_TEST

#define NO_SET "data.set is missing; expected the name of a data set, or data.file"
START_TEST(a_file_of_another_shape_is_refused)
{
    static const wrong cases[] = {
        {"", "j.yaml:1:1: the job is empty: " NO_SET},
        {"# nothing\n", "j.yaml:1:1: the job is empty: " NO_SET},
        {"seed: 1\ndata: {dir: a}\n", "j.yaml:2:1: " NO_SET},
        {"hello\n", "j.yaml:1:1: expected a mapping of keys and sections; found \"hello\""},
        {"- a\n- b\n", "j.yaml:1:1: expected a mapping of keys and sections; found a list"},
        {"prune: force\n",
         "j.yaml:1:8: prune is a section: expected its keys and their values; found \"force\""},
        {"prune: [force]\n",
         "j.yaml:1:8: prune is a section: expected its keys and their values; found a list"},
        {"[a]: 1\n", "j.yaml:1:1: expected a key, found a list"},
        {MINIMAL "---\n" MINIMAL, "j.yaml:3:1: a second document; there must be only one"},
        {"seed: &a 1\n", "j.yaml:1:7: anchors (&NAME) are not supported"},
        {"seed: *a\n", "j.yaml:1:7: aliases (*NAME) are not supported: write the value again"},
        {"*a\n", "j.yaml:1:1: aliases (*NAME) are not supported: write the value again"},
        {"&a [*a]\n", "j.yaml:1:1: anchors (&NAME) are not supported"},
        {"seed: !!int 1\n", "j.yaml:1:7: tags (!NAME) are not supported"},
        {"name: \"a\\0b\"\n", "j.yaml:1:7: a text must not contain a zero byte"},
        {"[[[[[[[[[[[[[[[[[[[[[[", "j.yaml:1:18: nested too deeply"},
    };

    check_all(COUNT_OF(cases), cases);
}
END_TEST

START_TEST(what_is_no_yaml_is_placed_too)
{
    static const wrong cases[] = {
        {"prune:\n\tmethod: force\n",
         "j.yaml:2:1: not valid YAML: a tab in the indentation; use spaces"},
        {"prune: {method: force\n", "j.yaml:2:1: not valid YAML: while parsing a flow mapping, "
                                    "did not find expected ',' or '}'"},
        {"a: b: c\n", "j.yaml:1:5: not valid YAML: mapping values are not allowed in this context"},
        {"name: \"abc\n", "j.yaml:2:1: not valid YAML: while scanning a quoted scalar, found "
                          "unexpected end of stream"},
        {"name: \xFF\n", "j.yaml:1:7: not a text: invalid leading UTF-8 octet (byte 6)"},
        {"seed: 1\nname: \x01\n",
         "j.yaml:2:7: not a text: control characters are not allowed (byte 14)"},
    };

    check_all(COUNT_OF(cases), cases);
    check_bytes(10, "seed: 1\n\0\n", 0, NULL,
                "j.yaml:2:1: not a text: control characters are not allowed (byte 8)");
}
END_TEST

START_TEST(a_sweep_is_checked_entry_by_entry)
{
    static const wrong cases[] = {
        {"sweep: [1]\n", "j.yaml:1:8: sweep: expected a mapping of dotted paths to lists of "
                         "values; found a list"},
        {"sweep: {prune.metod: [force]}\n",
         "j.yaml:1:9: sweep: unknown key \"prune.metod\"; did you mean prune.method?"},
        {"sweep: {method: [force]}\n",
         "j.yaml:1:9: sweep: unknown key \"method\"; did you mean prune.method?"},
        {"sweep:\n  prune:\n    method: [force]\n",
         "j.yaml:2:3: sweep: expected dotted paths, such as prune.sparsity, each with a list of "
         "values; found a mapping below \"prune\""},
        {"sweep: {name: [a, b]}\n", "j.yaml:1:15: sweep: all runs have the same name"},
        {"sweep: {seed: 1}\n", "j.yaml:1:15: sweep: seed: expected a list of values; found \"1\""},
        {"sweep: {seed: []}\n", "j.yaml:1:15: sweep: seed: the list of values is empty"},
        {"sweep: {seed: [1, 0, 1]}\n", "j.yaml:1:22: sweep: seed takes the value \"1\" twice"},
        {"sweep: {prune.sparsity: [0.9, .90]}\n",
         "j.yaml:1:31: sweep: prune.sparsity takes the value \".90\" twice"},
        {"sweep:\n  prune.sparsity:\n    - 0.9\n    - 99\n", "j.yaml:4:7: " SPARSITY "\"99\""},
        {"sweep: {train.milestones: [1, 2]}\n", "j.yaml:1:28: " MILESTONES "\"1\""},
    };

    check_all(COUNT_OF(cases), cases);
}
END_TEST

START_TEST(a_sweep_of_too_many_runs_is_refused)
{
    char axis[5000] = "[0";
    char text[20000];

    for (int i = 1; i < 400; i++) {
        (void)sprintf(axis + strlen(axis), ",%d", i);
    }
    (void)snprintf(text, sizeof text,
                   MINIMAL "sweep: {seed: %s], train.warmup-epochs: %s], "
                           "train.test-every: %s]}",
                   axis, axis, axis);
    check_bytes(strlen(text), text, 0, NULL, "j.yaml:3:1: the sweep has more than 100000 runs");
}
END_TEST

START_TEST(values_that_do_not_go_together_are_refused_at_the_one_to_blame)
{
    static const wrong cases[] = {
        {MINIMAL "train: {milestones: [250, 150]}\n",
         "j.yaml:3:21: train.milestones must ascend, but 150 follows 250"},
        {MINIMAL "train: {epochs: 5, warmup-epochs: 5}\n",
         "j.yaml:3:35: train.warmup-epochs 5 leaves none of the 5 train.epochs"},
        {MINIMAL "train: {warmup-epochs: 5}\nsweep: {train.epochs: [9, 5]}\n",
         "j.yaml:3:24: train.warmup-epochs 5 leaves none of the 5 train.epochs (run 1 of "
         "the sweep, counted from 0)"},
        {MINIMAL "train: {epochs: 3}\nsweep: {train.warmup-epochs: [0, 4]}\n",
         "j.yaml:4:30: train.warmup-epochs 4 leaves none of the 3 train.epochs (run 1 of "
         "the sweep, counted from 0)"},
    };

    check_all(COUNT_OF(cases), cases);
}
END_TEST

START_TEST(a_wrong_override_is_named_by_its_number)
{
    static const wrong cases[] = {
        {"fast", "argument 2 (fast): expected KEY=VALUE"},
        {"=1", "argument 2 (=1): expected KEY=VALUE"},
        {"prune.sparsty=0.9",
         "argument 2 (prune.sparsty=0.9): unknown key \"prune.sparsty\"; did you mean "
         "prune.sparsity?"},
        {"epochs=0", "argument 2 (epochs=0): unknown key \"epochs\"; did you mean train.epochs?"},
        {"sweep.sed=[1]", "argument 2 (sweep.sed=[1]): unknown key \"sed\"; did you mean seed?"},
        {"wings=2",
         "argument 2 (wings=2): unknown key \"wings\"; see `skel run --help-job` for all keys"},
        {"prune=1", "argument 2 (prune=1): prune is a section: name one of its keys, as in "
                    "prune.KEY=VALUE"},
        {"prune.sparsity=2", "argument 2 (prune.sparsity=2): " SPARSITY "\"2\""},
        {"prune.sparsity=[0.9,0.99]", "argument 2 (prune.sparsity=[0.9,0.99]): " SPARSITY
                                      "a list; several values belong under sweep"},
        {"prune.sparsity=[0.9",
         "argument 2 (prune.sparsity=[0.9): not valid YAML: while parsing a flow sequence, did "
         "not find expected ',' or ']'"},
        {"sweep.name=[a]", "argument 2 (sweep.name=[a]): sweep: all runs have the same name"},
        {"sweep.seed=1",
         "argument 2 (sweep.seed=1): sweep: seed: expected a list of values; found \"1\""},
        {"train.warmup-epochs=1", "argument 2 (train.warmup-epochs=1): train.warmup-epochs 1 "
                                  "leaves none of the 1 train.epochs"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const overrides[] = {"train.epochs=1", cases[i].text};

        check_bytes(strlen(MINIMAL), MINIMAL, 2, overrides, cases[i].message);
    }
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_input_error)
{
    skel_job_file *file = NULL;

    ck_assert_int_eq(skel_job_file_open("/nowhere/j.yaml", 0, NULL, &file), SKEL_ERR_IO);
    ck_assert_str_eq(skel_error_message(), "/nowhere/j.yaml: open: No such file or directory");
    ck_assert_int_eq(skel_job_file_open("/", 0, NULL, &file), SKEL_ERR_IO);
    ck_assert_str_eq(skel_error_message(), "/ is a folder, not a file");
    ck_assert_int_eq(skel_job_file_open("/dev/zero", 0, NULL, &file), SKEL_ERR_IO);
    ck_assert_str_eq(skel_error_message(), "/dev/zero is a device, not a file");
    ck_assert_ptr_null(file);
}
END_TEST

START_TEST(a_file_that_is_too_long_for_a_job_is_refused)
{
    skel_job_file *file = NULL;

    skel_scratch_make();
    ck_assert(chdir(skel_scratch_folder()) == 0 && creat("long", 0666) >= 0);
    ck_assert(truncate("long", 1 << 21) == 0);
    ck_assert_int_eq(skel_job_file_open("long", 0, NULL, &file), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), "long: more than 1048576 bytes; this is no job file");
    ck_assert_ptr_null(file);
    skel_scratch_remove();
}
END_TEST

START_TEST(a_long_file_name_does_not_hide_the_message)
{
    skel_job_file *file = NULL;
    char label[3000];

    memset(label, 'd', sizeof label);
    memcpy(label + sizeof label - 8, "/j.yaml", 8);
    ck_assert_int_eq(skel_job_file_read(label, "j", false, 7, "seed: x", 0, NULL, &file),
                     SKEL_ERR_CONFIG);
    ck_assert_int_eq(strncmp(skel_error_message(), "...ddd", 6), 0);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "d/j.yaml:1:7: seed: expected an integer"));
}
END_TEST

START_TEST(a_stored_job_is_one_run)
{
    skel_job job;

    ck_assert_int_eq(skel_job_parse("run.h5", MINIMAL "sweep: {seed: [1, 2]}\n", &job),
                     SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(),
                     "run.h5: a sweep of 2 runs; expected one run's settings");
    ck_assert_int_eq(skel_job_parse("run.h5", "seed: x\n", &job), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), "run.h5:1:7: seed: expected an integer from 0 to "
                                           "9007199254740992; found \"x\"");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, unknown_keys_are_named_with_the_nearest_one);
    tcase_add_test(tcase, a_repeated_key_is_refused_with_both_places);
    tcase_add_test(tcase, a_number_or_truth_value_is_what_the_table_says);
    tcase_add_test(tcase, a_text_or_list_is_what_the_table_says);
    tcase_add_test(tcase, a_file_of_another_shape_is_refused);
    tcase_add_test(tcase, what_is_no_yaml_is_placed_too);
    tcase_add_test(tcase, a_sweep_is_checked_entry_by_entry);
    tcase_add_test(tcase, a_sweep_of_too_many_runs_is_refused);
    tcase_add_test(tcase, values_that_do_not_go_together_are_refused_at_the_one_to_blame);
    tcase_add_test(tcase, a_wrong_override_is_named_by_its_number);
    tcase_add_test(tcase, a_file_that_cannot_be_read_is_an_input_error);
    tcase_add_test(tcase, a_file_that_is_too_long_for_a_job_is_refused);
    tcase_add_test(tcase, a_long_file_name_does_not_hide_the_message);
    tcase_add_test(tcase, a_stored_job_is_one_run);
}

int main(void)
{
    return skel_suite_run("job_errors", fill);
}
