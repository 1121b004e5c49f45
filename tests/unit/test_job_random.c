/* A property over many jobs: printing loses nothing. */
#include "suite.h"

#include "job/check.h"
#include "job/key.h"
#include "job/own.h"
#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { JOBS = 2000 };

static const char name_characters[] = "abcXYZ0189._+=,@-";
static const char path_characters[] = "abc/XYZ \"'\\#:{}[]&*!|>%@`~-?,.0189\xC3";

static void random_text(skel_stream *stream, const char *characters, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++) {
        out[i] = characters[skel_stream_below(stream, (uint32_t)strlen(characters))];
    }
}

/* A path of up to 40 characters; \xC3 becomes a whole UTF-8 character. */
static void random_path(skel_stream *stream, char *out)
{
    size_t length = 1 + skel_stream_below(stream, 40);

    random_text(stream, path_characters, length, out);
    for (size_t i = 0; i < length; i++) {
        if (out[i] == '\xC3') {
            memcpy(out + i, i + 1 < length ? "\xC3\xA9" : "e", i + 1 < length ? 2 : 1);
            i += i + 1 < length ? 1 : 0;
        }
    }
    if (out[0] == '~') {
        out[0] = 'h'; /* a resolved path has no home folder left to look up */
    }
}

static uint64_t random_integer(skel_stream *stream, double low, double high)
{
    uint32_t kind = skel_stream_below(stream, 8);

    if (kind < 2) {
        return (uint64_t)(kind == 0 ? low : high);
    }
    return (uint64_t)fmin(high, low + floor(exp2(53 * skel_stream_uniform(stream))));
}

/* Over the range, and over all the powers of ten at its lower end. */
static double random_real(skel_stream *stream, const skel_key *key)
{
    double u = skel_stream_uniform(stream);
    double value = key->low + (key->high - key->low) * u;

    if (skel_stream_below(stream, 2) == 0) {
        value = key->low + (key->high - key->low) * pow(10, -300 * u);
    }
    if (value >= key->high) {
        return key->below_high ? nextafter(key->high, key->low) : key->high;
    }
    return value <= key->low && key->above_low ? nextafter(key->low, key->high) : value;
}

static void random_list(skel_stream *stream, char *member)
{
    uint64_t integers[1 + SKEL_JOB_LIST] = {skel_stream_below(stream, SKEL_JOB_LIST + 1)};

    for (uint64_t i = 1; i <= integers[0]; i++) {
        integers[i] = integers[i - 1] * (i > 1) + 1 + skel_stream_below(stream, 1000);
    }
    memcpy(member, integers, sizeof integers);
}

static void random_names(skel_stream *stream, char *member)
{
    uint64_t count = skel_stream_below(stream, SKEL_JOB_LIST + 1);

    memcpy(member, &count, sizeof count);
    for (uint64_t i = 0; i < count; i++) {
        char *name = member + sizeof count + i * SKEL_JOB_TEXT;

        random_text(stream, name_characters, 1 + skel_stream_below(stream, 63), name);
        name[0] = name_characters[skel_stream_below(stream, 10)];
    }
}

static void random_value(skel_stream *stream, const skel_key *key, skel_job *job)
{
    char *member = (char *)job + key->offset;
    bool nothing = key->nullable && key->type != SKEL_KEY_NAME && skel_stream_below(stream, 3) == 0;
    const char *const *choice = NULL;
    size_t choices = 0;
    uint64_t integer = 0;
    double real = 0;
    bool truth = false;

    memset(member, 0, key->size);
    if (nothing) {
        return;
    }
    switch (key->type) {
    case SKEL_KEY_NAME:
    case SKEL_KEY_WORD:
        random_text(stream, name_characters, 1 + skel_stream_below(stream, 63), member);
        member[0] = name_characters[skel_stream_below(stream, 10)];
        break;
    case SKEL_KEY_PATH:
        random_path(stream, member);
        break;
    case SKEL_KEY_ENUM:
        choice = skel_key_choices(key, &choices);
        choices = skel_stream_below(stream, (uint32_t)choices);
        memcpy(member, choice[choices], strlen(choice[choices]));
        break;
    case SKEL_KEY_INTEGER:
        integer = random_integer(stream, key->low, key->high);
        memcpy(member, &integer, sizeof integer);
        break;
    case SKEL_KEY_REAL:
        real = random_real(stream, key);
        memcpy(member, &real, sizeof real);
        break;
    case SKEL_KEY_MOMENT:
        integer = random_integer(stream, key->low, key->high);
        memcpy(member + (skel_stream_below(stream, 2) == 0 ? 0 : sizeof integer), &integer,
               sizeof integer);
        break;
    case SKEL_KEY_BOOL:
        truth = skel_stream_below(stream, 2) == 1;
        memcpy(member, &truth, sizeof truth);
        break;
    case SKEL_KEY_LIST:
        random_list(stream, member);
        break;
    case SKEL_KEY_NAMES:
        random_names(stream, member);
        break;
    }
}

/* A file excludes the name in whose place it stands, and what is said of that name; jobs with both
 * are refused, and a sound one would be rare. */
static void choose_one(skel_job *job)
{
    if (job->model.file[0] != '\0') {
        memset(job->model.name, 0, sizeof job->model.name);
        job->model.width = 0;
    } else if (strcmp(job->model.init, "file") == 0) {
        (void)snprintf(job->model.init, sizeof job->model.init, "orthogonal");
    }
    if (strcmp(job->prune.method, "molchanov") == 0 || strcmp(job->prune.method, "chauvin") == 0) {
        (void)snprintf(job->prune.unit, sizeof job->prune.unit, "channel");
    }
    if (job->data.file[0] != '\0') {
        memset(job->data.set, 0, sizeof job->data.set);
        memset(job->data.dir, 0, sizeof job->data.dir);
        job->data.unverified = false;
    } else {
        job->data.side = 0;
        job->data.resize = 0;
    }
}

static void random_job(skel_stream *stream, skel_job *job)
{
    skel_objection objection;

    do {
        memset(job, 0, sizeof *job);
        for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
            random_value(stream, &skel_keys[i], job);
        }
        choose_one(job);
        skel_own_resolve(job);
    } while (!skel_job_is_sound(job, &objection));
}

START_TEST(a_printed_job_reads_back_to_the_same_bytes)
{
    skel_stream stream = skel_stream_open(1, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < JOBS; i++) {
        skel_job job;
        skel_job again;
        char *text = NULL;

        random_job(&stream, &job);
        ck_assert_ok(skel_job_print(&job, &text));
        ck_assert_msg(skel_job_parse("printed", text, &again) == SKEL_OK, "%s\n%s",
                      skel_error_message(), text);
        ck_assert_mem_eq(&job, &again, sizeof job);
        SKEL_FREE(&text);
    }
}
END_TEST

static const char tiny[] = "name: tiny\n"
                           "seed: 0\n"
                           "data:\n"
                           "  set: mnist\n  file: ~\n  cache: auto\n  side: ~\n  resize: ~\n"
                           "  dir: ~\n  unverified: false\n"
                           "  pad-to: ~\n  augment: none\n  crop-padding: 4\n"
                           "  crop-scale-low: 0.08\n  crop-scale-high: 1.0\n"
                           "  crop-ratio-low: 0.75\n  crop-ratio-high: 1.3333333333333333\n"
                           "  cutout-size: 16\n  validation: 0.0\n  train-samples: ~\n"
                           "  test-samples: ~\n"
                           "model:\n"
                           "  name: lenet-5\n"
                           "  file: ~\n"
                           "  width: ~\n"
                           "  init: kaiming-normal\n"
                           "  norm-init: ones\n"
                           "  weights: ~\n"
                           "prune:\n"
                           "  method: force\n"
                           "  sparsity: 0.9\n"
                           "  iterations: 60\n"
                           "  schedule: exponential\n"
                           "  batches: 1\n"
                           "  batch-size: 128\n"
                           "  augment: none\n"
                           "  sampling: shuffled\n"
                           "  loss: cross-entropy\n"
                           "  scope: global\n  unit: weight\n"
                           "  keep-layers: []\n"
                           "  per-layer-floor: 0.0\n"
                           "  check: none\n"
                           "  temperature: ~\n"
                           "  rewind: ~\n"
                           "  finetune-epochs: ~\n"
                           "  finetune-steps: ~\n"
                           "  finetune-rate: ~\n"
                           "  update-every: ~\n"
                           "  update-until: ~\n"
                           "  drop-fraction: ~\n"
                           "  regrow-dropped: true\n"
                           "  drop-threshold: 0.001\n"
                           "  momentum-steps: ~\n  lookahead-steps: ~\n  lookahead-rate: ~\n"
                           "  draws: ~\n  weight-noise: ~\n"
                           "  fisher-samples: 1000\n"
                           "  damping: 1.0e-05\n"
                           "  drop-by: magnitude\n"
                           "  norm-warmup: 0\n"
                           "  strength: ~\n"
                           "  strength-growth: ~\n"
                           "  noise: ~\n"
                           "  auxiliary-rate: ~\n"
                           "  auxiliary-decay: ~\n"
                           "  auxiliary-start: ~\n"
                           "  refresh-decay: ~\n"
                           "  magnitude-of: mean\n"
                           "  flops-weight: 0.0\n"
                           "  energy-order: 1\n"
                           "  trace: false\n"
                           "train:\n"
                           "  epochs: 0\n"
                           "  batch-size: 128\n"
                           "  learning-rate: 0.1\n"
                           "  momentum: 0.9\n"
                           "  nesterov: false\n"
                           "  weight-decay: 1.0e-05\n"
                           "  l1: 0.0\n"
                           "  rate-schedule: step\n"
                           "  milestones: []\n"
                           "  gamma: 0.3333333333333333\n"
                           "  warmup-epochs: 0\n"
                           "  label-smoothing: 0.0\n"
                           "  test-every: 1\n"
                           "compute:\n"
                           "  engine: auto\n"
                           "  microbatch: 128\n"
                           "  threads: 1\n"
                           "  batchnorm: microbatch\n"
                           "  reduction: exact\n"
                           "checkpoint:\n"
                           "  every-iterations: 10\n"
                           "  every-epochs: 1\n"
                           "  every-seconds: 600.0\n"
                           "  spacing: 50.0\n";

START_TEST(a_printed_job_is_laid_out_in_the_tables_order)
{
    skel_job job;
    char *text = NULL;

    ck_assert_ok(skel_job_parse("tiny.yaml", "data: {set: mnist}\nmodel: {name: lenet-5}\n", &job));
    job.train.weight_decay = 1e-5;
    job.train.gamma = 1.0 / 3;
    ck_assert_ok(skel_job_print(&job, &text));
    ck_assert_str_eq(text, tiny);
    SKEL_FREE(&text);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_printed_job_reads_back_to_the_same_bytes);
    tcase_add_test(tcase, a_printed_job_is_laid_out_in_the_tables_order);
}

int main(void)
{
    return skel_suite_run("job_random", fill);
}
