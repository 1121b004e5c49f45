/* Identities: which keys and which contents of files change them. */
#include "job_text.h"
#include "suite.h"

#include "job/key.h"
#include "scratch.h"
#include "skel/dataset.h"
#include "skel/identity.h"
#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

static void read_job(const char *rest, skel_job *out)
{
    ck_assert_ok(skel_job_text_read(9, rest, out));
}

static void identity_of(const skel_job *job, char out[SKEL_CHECKSUM_TEXT])
{
    skel_identities *identities = NULL;

    ck_assert_ok(skel_identities_create(&identities));
    ck_assert_ok(skel_identity_of(identities, job, out));
    skel_identities_destroy(&identities);
}

static bool same_identity(const skel_job *a, const skel_job *b)
{
    char first[SKEL_CHECKSUM_TEXT];
    char second[SKEL_CHECKSUM_TEXT];

    identity_of(a, first);
    identity_of(b, second);
    return strcmp(first, second) == 0;
}

/* A text that the key of a text may be given. */
static const char *other_text(const skel_key *key)
{
    return strcmp(key->path, "data.set") == 0       ? "cifar10"
           : strcmp(key->path, "prune.method") == 0 ? "iter-snip"
                                                    : "other";
}

/* Gives a key of a job another value, not a valid one as a rule. */
static void flip(const skel_key *key, skel_job *job)
{
    char *member = (char *)job + key->offset;
    uint64_t integer = 0;
    double real = 0;

    switch (key->type) {
    case SKEL_KEY_NAME:
    case SKEL_KEY_WORD:
    case SKEL_KEY_PATH:
    case SKEL_KEY_ENUM:
        (void)snprintf(member, key->size, "%s", other_text(key));
        break;
    case SKEL_KEY_INTEGER:
        memcpy(&integer, member, sizeof integer);
        integer += 3;
        memcpy(member, &integer, sizeof integer);
        break;
    case SKEL_KEY_REAL:
        memcpy(&real, member, sizeof real);
        real += 0.01;
        memcpy(member, &real, sizeof real);
        break;
    case SKEL_KEY_MOMENT:
        memcpy(member + offsetof(skel_moment, steps), &(uint64_t){3}, sizeof(uint64_t));
        break;
    case SKEL_KEY_BOOL:
        *member = (char)!*member;
        break;
    case SKEL_KEY_LIST:
    case SKEL_KEY_NAMES:
        integer = 1;
        memcpy(member, &integer, sizeof integer);
        (void)snprintf(member + sizeof integer, SKEL_JOB_TEXT, "fc1");
        break;
    }
}

/* A method that reads the key and whose result the key changes. */
static const char *reader_of(const skel_key *key)
{
    size_t count = 0;
    const char *const *names = skel_method_names(&count);

    for (size_t i = 0; i < count; i++) {
        const skel_method *method = NULL;

        ck_assert_ok(skel_method_find(names[i], &method));
        if ((key->read_by == NULL || key->read_by(method)) &&
            (key->counts_for == NULL || key->counts_for(method))) {
            return names[i];
        }
    }
    return NULL;
}

/* Written by hand, so that no row of the table gets its effect by accident. */
static const char *const without_effect[] = {
    "name",
    "data.dir",
    "data.unverified",
    "data.file",
    "data.cache",
    "model.file",
    "model.weights",
    "compute.engine",
    "compute.threads",
    "checkpoint.every-iterations",
    "checkpoint.every-epochs",
    "checkpoint.every-seconds",
    "checkpoint.spacing",
};

static bool is_without_effect(const char *path)
{
    for (size_t i = 0; i < sizeof without_effect / sizeof *without_effect; i++) {
        if (strcmp(without_effect[i], path) == 0) {
            return true;
        }
    }
    return false;
}

START_TEST(every_key_says_what_it_does_to_the_result)
{
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        ck_assert_msg(skel_keys[i].effect != SKEL_EFFECT_NOT_SAID, "%s", skel_keys[i].path);
        ck_assert_msg((skel_keys[i].effect == SKEL_EFFECT_RESULT) !=
                          is_without_effect(skel_keys[i].path),
                      "%s", skel_keys[i].path);
    }
}
END_TEST

START_TEST(another_value_of_a_key_is_another_run_if_the_key_counts)
{
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];
        bool content = key->effect == SKEL_EFFECT_CONTENT;
        skel_job job;
        skel_job other;

        read_job("", &job);
        (void)snprintf(job.prune.method, sizeof job.prune.method, "%s", reader_of(key));
        other = job;
        flip(key, &other);
        if (!content) { /* whether files differ is another test's */
            ck_assert_msg(same_identity(&job, &other) == is_without_effect(key->path), "%s",
                          key->path);
        }
    }
}
END_TEST

START_TEST(settings_that_mean_the_same_are_the_same_run)
{
    static const char *const pairs[][2] = {
        {"", "prune: {iterations: ~}\n"},
        {"", "prune: {method: force, iterations: 60}\n"},
        {"", "name: another\ncompute: {engine: reference, threads: 2}\n"},
        {"prune: {method: none, sparsity: 0.5}\n", "prune: {method: none, sparsity: 0.9}\n"},
        {"prune: {method: rigl}\n", "prune: {method: rigl, update-every: ~}\n"},
        {"", "prune: {batches: 1, batch-size: 128}\n"},
        {"prune: {method: obd}\n", "prune: {method: obd, batches: 10}\n"},
        {"prune: {method: grasp}\n", "prune: {method: grasp, batch-size: 100}\n"},
        /* 60,000 images in batches of 128: 469 steps an epoch */
        {"prune: {method: imp, rewind: 2}\n", "prune: {method: imp, rewind: 938 steps}\n"},
        {"prune: {method: imp, rewind: 3}\n", "prune: {method: imp, rewind: \"1407 steps\"}\n"},
        {"prune: {method: imp, rewind: ~}\n", "prune: {method: imp, rewind: 0 steps}\n"},
        {"checkpoint: {every-epochs: 0}\n", "checkpoint: {every-seconds: 1.0}\n"},
        {"prune: {keep-layers: [fc2]}\n", "prune: {keep-layers: [fc2, fc2]}\n"},
        {"prune: {keep-layers: [fc2]}\n", "prune: {keep-layers: [fc2.weight]}\n"},
        {"prune: {keep-layers: [fc2, fc1]}\n",
         "prune: {keep-layers: [fc2, fc1, fc2.weight, fc1.weight]}\n"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        skel_job a;
        skel_job b;

        read_job(pairs[i][0], &a);
        read_job(pairs[i][1], &b);
        ck_assert_msg(same_identity(&a, &b), "%s", pairs[i][1]);
    }
}
END_TEST

START_TEST(layers_that_are_kept_are_said_as_the_job_lists_them)
{
    skel_identities *identities = NULL;
    skel_job job;
    char *text = NULL;

    read_job("prune: {keep-layers: [layer1.0.conv1, fc]}\n", &job);
    ck_assert_ok(skel_identities_create(&identities));
    ck_assert_ok(skel_identity_text(identities, &job, &text));
    ck_assert_ptr_nonnull(strstr(text, "prune.keep-layers: [layer1.0.conv1, fc]\n"));
    SKEL_FREE(&text);
    skel_identities_destroy(&identities);
}
END_TEST

START_TEST(the_images_of_a_method_that_counts_them_by_classes_are_said)
{
    skel_identities *identities = NULL;
    skel_job job;
    char *text = NULL;

    read_job("prune: {method: grasp}\n", &job);
    ck_assert_ok(skel_identities_create(&identities));
    ck_assert_ok(skel_identity_text(identities, &job, &text));
    ck_assert_ptr_nonnull(strstr(text, "prune.batch-size: 100\n"));
    SKEL_FREE(&text);
    skel_identities_destroy(&identities);
}
END_TEST

START_TEST(all_images_of_the_set_are_all_images_whether_counted_or_not)
{
    skel_job all;
    skel_job counted;

    read_job("", &all);
    counted = all;
    counted.data.train_samples = 60000;
    counted.data.test_samples = 10000;
    counted.data.pad_to = 28;
    counted.model.width = 20; /* LeNet-5's first stage: DESIGN's 20-50-500-10 */
    ck_assert(same_identity(&all, &counted));
    counted.data.train_samples = 59999;
    ck_assert(!same_identity(&all, &counted));
}
END_TEST

/* The lines of FORMAT.md for MNIST, with the catalogue's checksums. */
static const char mnist[] = "train-images-idx3-ubyte e12946a8ab9bd74359bf22c057c52478\n"
                            "train-labels-idx1-ubyte 81c6f5433a9d34628839fd1c4bb36825\n"
                            "t10k-images-idx3-ubyte a912d49f199ea2d36aa8aa9c0102c17c\n"
                            "t10k-labels-idx1-ubyte 507d8d921945ef3663c4bd8be7e7204f\n";

/* The text is part of the file format: after a change of it, no finished run is found any more. */
START_TEST(the_text_of_an_identity_is_the_documented_one)
{
    skel_identities *identities = NULL;
    skel_job job;
    char *text = NULL;
    char sum[SKEL_CHECKSUM_TEXT];
    char identity[SKEL_CHECKSUM_TEXT];
    char found[SKEL_CHECKSUM_TEXT];
    char expected[1024];

    skel_checksum_xxh3(strlen(mnist), mnist, sum);
    (void)snprintf(expected, sizeof expected,
                   "seed: 7\ndata.set: mnist\nmodel.name: lenet-5\nprune.method: snip\n"
                   "prune.sparsity: 0.99\nprune.sampling: shuffled\ntrain.epochs: 9\n"
                   "train.milestones: [3, 6]\ndata: %s\n",
                   sum);
    read_job("seed: 7\nprune: {method: snip, sparsity: 0.99}\nsweep: {train.milestones: [[3,6]]}\n",
             &job);
    ck_assert_ok(skel_identities_create(&identities));
    ck_assert_ok(skel_identity_text(identities, &job, &text));
    ck_assert_str_eq(text, expected);
    skel_checksum_xxh3(strlen(text), text, identity);
    ck_assert_ok(skel_identity_of(identities, &job, found));
    ck_assert_str_eq(found, identity);
    SKEL_FREE(&text);
    skel_identities_destroy(&identities);
}
END_TEST

static void write_file(const char *name, const char *content)
{
    char path[SKEL_JOB_PATH];
    FILE *file = NULL;

    (void)snprintf(path, sizeof path, "%s/%s", skel_scratch_folder(), name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(content, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static skel_status checksum_of_mnist(bool unverified, char out[SKEL_CHECKSUM_TEXT])
{
    const skel_dataset_source source = {
        .set = "mnist", .dir = skel_scratch_folder(), .unverified = unverified};

    return skel_dataset_checksum(&source, out);
}

START_TEST(files_that_are_not_verified_count_by_their_content)
{
    char sums[3][SKEL_CHECKSUM_TEXT];

    skel_scratch_make();
    ck_assert_ok(checksum_of_mnist(true, sums[0]));
    ck_assert_ok(checksum_of_mnist(false, sums[1]));
    skel_checksum_xxh3(strlen(mnist), mnist, sums[2]);
    ck_assert_str_eq(sums[1], sums[2]);
    ck_assert_str_ne(sums[0], sums[1]);
    write_file("t10k-labels-idx1-ubyte", "no labels");
    ck_assert_ok(checksum_of_mnist(true, sums[1]));
    ck_assert_str_eq(sums[0], sums[1]); /* still no whole file */
    skel_scratch_remove();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, layers_that_are_kept_are_said_as_the_job_lists_them);
    tcase_add_test(tcase, every_key_says_what_it_does_to_the_result);
    tcase_add_test(tcase, another_value_of_a_key_is_another_run_if_the_key_counts);
    tcase_add_test(tcase, settings_that_mean_the_same_are_the_same_run);
    tcase_add_test(tcase, the_images_of_a_method_that_counts_them_by_classes_are_said);
    tcase_add_test(tcase, all_images_of_the_set_are_all_images_whether_counted_or_not);
    tcase_add_test(tcase, the_text_of_an_identity_is_the_documented_one);
    tcase_add_test(tcase, files_that_are_not_verified_count_by_their_content);
}

int main(void)
{
    return skel_suite_run("identity", fill);
}
