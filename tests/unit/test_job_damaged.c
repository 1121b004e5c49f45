/* A property over many job files: no sequence of bytes does harm. */
#include "suite.h"

#include "job/file_read.h"
#include "skel/memory.h"
#include "skel/random.h"

#include <stdio.h>
#include <string.h>

enum { MUTANTS = 10000, TEXT = 2048 };

/* Replaces, removes, repeats or inserts a few bytes. */
static size_t mutate(skel_stream *stream, size_t length, char text[TEXT])
{
    static const char special[] = "\t\n\r #:-{}[],&*!|>'\"%@`~?.0\\\xEF\xBB\xBF\xC3\xFF";
    uint32_t changes = 1 + skel_stream_below(stream, 4);

    for (uint32_t i = 0; i < changes; i++) {
        size_t at = skel_stream_below(stream, (uint32_t)length);
        size_t span = 1 + skel_stream_below(stream, 8);
        uint32_t kind = skel_stream_below(stream, 5);

        span = at + span > length ? length - at : span;
        if (kind == 0) {
            text[at] = (char)skel_stream_bits(stream);
        } else if (kind == 1) {
            text[at] = special[skel_stream_below(stream, sizeof special)];
        } else if (kind == 2 && length > span + 8) {
            memmove(text + at, text + at + span, length - at - span);
            length -= span;
        } else if (kind == 3 && length + span < TEXT) {
            memmove(text + at + span, text + at, length - at);
            length += span;
        } else {
            length = length > 600 ? length - skel_stream_below(stream, 8) : length;
        }
    }
    return length;
}

static const char original[] =
    "name: quickstart\n"
    "data:   {set: fashion-mnist, dir: ~, pad-to: 32, augment: none, validation: 0.0}\n"
    "model:  {name: vgg11, width: 16, init: kaiming-normal, weights: \"a b.h5\"}\n"
    "prune:\n"
    "  method: force\n"
    "  sparsity: 0.99   # of the weights\n"
    "  iterations: 40\n"
    "train:  {epochs: 4, learning-rate: 0.1, nesterov: true, weight-decay: 5.0e-4,\n"
    "         milestones: [1, 2], warmup-epochs: 0}\n"
    "checkpoint: {every-seconds: 600}\n"
    "seed: 0\n"
    "sweep:\n"
    "  prune.method: [random, snip, iter-snip, force]\n"
    "  prune.sparsity:\n"
    "    - 0.9\n"
    "    - 0.98\n"
    "  train.milestones: [[], [1, 3]]\n"
    "  seed: [0, 1, 2]\n";

static void read_mutant(size_t length, const char *text, size_t *accepted)
{
    skel_job_file *file = NULL;
    skel_status status = skel_job_file_read("m.yaml", "m", false, length, text, 0, NULL, &file);

    if (status == SKEL_OK) {
        skel_job job;

        skel_job_file_run(file, skel_job_file_runs(file) - 1, &job);
        ++*accepted;
    } else {
        unsigned line = 0;
        unsigned column = 0;

        ck_assert_int_eq(status, SKEL_ERR_CONFIG);
        ck_assert_ptr_null(file);
        ck_assert_msg(sscanf(skel_error_message(), "m.yaml:%u:%u: ", &line, &column) == 2 &&
                          line > 0 && column > 0,
                      "%s", skel_error_message());
    }
    skel_job_file_close(&file);
    ck_assert_uint_eq(skel_memory_blocks(), 0);
}

START_TEST(a_damaged_file_is_read_or_refused_with_a_place)
{
    skel_stream stream = skel_stream_open(2, SKEL_PURPOSE_TEST, 0, 0);
    size_t accepted = 0;

    for (size_t i = 0; i < MUTANTS; i++) {
        char text[TEXT];
        size_t length = sizeof original - 1;

        memcpy(text, original, sizeof original);
        length = mutate(&stream, length, text);
        read_mutant(length, text, &accepted);
    }
    /* both halves of the property have been seen */
    ck_assert_uint_gt(accepted, MUTANTS / 100);
    ck_assert_uint_lt(accepted, MUTANTS / 2);
}
END_TEST

START_TEST(a_damaged_override_is_read_or_refused_by_number)
{
    static const char *const overrides[] = {"sweep.prune.sparsity=[0.9,0.99]",
                                            "train.milestones=[150,250]", "data.dir=/a/b",
                                            "sweep={seed: [1, 2], prune.method: [snip]}"};
    static const char base[] = "data: {set: mnist}\nmodel: {name: lenet-5}\n";
    skel_stream stream = skel_stream_open(3, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < MUTANTS; i++) {
        char text[TEXT] = "";
        const char *override = text;
        skel_job_file *file = NULL;

        (void)snprintf(text, sizeof text, "%s", overrides[i % 4]);
        text[mutate(&stream, strlen(text), text)] = '\0';
        if (skel_job_file_read("m.yaml", "m", false, strlen(base), base, 1, &override, &file) !=
            SKEL_OK) {
            ck_assert_msg(strncmp(skel_error_message(), "argument 1 (", 12) == 0, "%s",
                          skel_error_message());
        }
        skel_job_file_close(&file);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_damaged_file_is_read_or_refused_with_a_place);
    tcase_add_test(tcase, a_damaged_override_is_read_or_refused_by_number);
}

int main(void)
{
    return skel_suite_run("job_damaged", fill);
}
