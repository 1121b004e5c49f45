/* The vectors of a run: which of them a job needs, how large they are, what is taken. */
#include "suite.h"

#include "skel/vectors.h"

#include <stdio.h>
#include <string.h>

typedef struct run {
    skel_job job;
    skel_settings settings;
    skel_network *network;
} run;

static void make(const char *model, const char *prune, run *out)
{
    char text[1024];

    (void)snprintf(text, sizeof text,
                   "name: t\n"
                   "data: {set: fashion-mnist, pad-to: %s}\n"
                   "model: {name: %s, width: 2}\n"
                   "prune: {%s}\n"
                   "train: {epochs: 4}\n",
                   strcmp(model, "lenet-5") == 0 ? "~" : "32", model, prune);
    ck_assert_ok(skel_job_parse("test", text, &out->job));
    ck_assert_ok(skel_settings_resolve(&out->job, &out->settings));
    ck_assert_ok(skel_settings_network(&out->job, &out->settings, &out->network));
}

/* Fails unless exactly the conditional vectors of `expected`, a set of bits, are needed. */
static void check_conditional(const char *prune, unsigned expected)
{
    static const skel_vector conditional[] = {
        SKEL_VECTOR_REDRAWN,          SKEL_VECTOR_REWOUND_PARAMETERS,
        SKEL_VECTOR_REWOUND_VELOCITY, SKEL_VECTOR_REWOUND_BUFFERS,
        SKEL_VECTOR_FIRST_KEEP,       SKEL_VECTOR_PRODUCT,
        SKEL_VECTOR_GROWTH,           SKEL_VECTOR_EFFECTIVE,
        SKEL_VECTOR_AUXILIARY,        SKEL_VECTOR_AUXILIARY_2,
        SKEL_VECTOR_MOMENTS,          SKEL_VECTOR_TRAJECTORY,
    };
    skel_vector_size size[SKEL_VECTORS];
    unsigned needed = 0;
    run is;

    make("lenet-5", prune, &is);
    skel_vectors_plan(&is.job, &is.settings, is.network, size);
    for (size_t i = 0; i < SKEL_VECTORS; i++) {
        bool always = true;

        for (size_t j = 0; j < sizeof conditional / sizeof *conditional; j++) {
            always = always && conditional[j] != (skel_vector)i;
        }
        ck_assert_msg(!always || size[i].needed, "%s: vector %zu", prune, i);
        needed |= !always && size[i].needed ? 1U << i : 0;
    }
    ck_assert_msg(needed == expected, "%s: needs %#x, expected %#x", prune, needed, expected);
    skel_network_destroy(&is.network);
}

START_TEST(a_job_needs_the_vectors_of_its_method_and_its_checks_alone)
{
    unsigned rewound = 1U << SKEL_VECTOR_REWOUND_PARAMETERS | 1U << SKEL_VECTOR_REWOUND_VELOCITY |
                       1U << SKEL_VECTOR_REWOUND_BUFFERS;

    check_conditional("method: force", 0);
    check_conditional("method: none", 0);
    check_conditional("method: grasp", 1U << SKEL_VECTOR_PRODUCT);
    check_conditional("method: rigl", 1U << SKEL_VECTOR_FIRST_KEEP);
    check_conditional("method: prospr", 1U << SKEL_VECTOR_PRODUCT | 1U << SKEL_VECTOR_TRAJECTORY);
    check_conditional("method: dsr", 1U << SKEL_VECTOR_FIRST_KEEP);
    check_conditional("method: snfs", 1U << SKEL_VECTOR_FIRST_KEEP | 1U << SKEL_VECTOR_GROWTH);
    check_conditional("method: dpf", 1U << SKEL_VECTOR_EFFECTIVE);
    check_conditional("method: str", 1U << SKEL_VECTOR_EFFECTIVE | 1U << SKEL_VECTOR_AUXILIARY |
                                         1U << SKEL_VECTOR_MOMENTS);
    check_conditional("method: surgery", 1U << SKEL_VECTOR_EFFECTIVE | 1U << SKEL_VECTOR_AUXILIARY);
    check_conditional("method: learning-compression", 1U << SKEL_VECTOR_EFFECTIVE |
                                                          1U << SKEL_VECTOR_AUXILIARY |
                                                          1U << SKEL_VECTOR_AUXILIARY_2);
    check_conditional("method: set", 1U << SKEL_VECTOR_FIRST_KEEP);
    check_conditional("method: imp", 0);
    check_conditional("method: imp, rewind: 1", rewound);
    check_conditional("method: snip, check: reinitialise", 1U << SKEL_VECTOR_REDRAWN);
    check_conditional("method: snip, check: invert", 0);
}
END_TEST

START_TEST(sizes_are_those_of_parameters_buffers_and_images)
{
    skel_vector_size size[SKEL_VECTORS];
    run is;

    make("resnet20", "method: snip, batches: 3, batch-size: 40", &is);
    skel_vectors_plan(&is.job, &is.settings, is.network, size);
    ck_assert_uint_gt(is.network->buffer_count, 0);
    ck_assert_uint_ne(is.network->buffer_count, is.network->parameter_count);
    ck_assert_uint_eq(size[SKEL_VECTOR_INITIAL].bytes, 4 * is.network->parameter_count);
    ck_assert_uint_eq(size[SKEL_VECTOR_GRADIENT].bytes, 4 * is.network->parameter_count);
    ck_assert_uint_eq(size[SKEL_VECTOR_BUFFERS].bytes, 4 * is.network->buffer_count);
    ck_assert_uint_eq(size[SKEL_VECTOR_REWOUND_BUFFERS].bytes, 4 * is.network->buffer_count);
    ck_assert_uint_eq(size[SKEL_VECTOR_LINEAGE].bytes, is.network->parameter_count);
    ck_assert_uint_eq(size[SKEL_VECTOR_ORDER].bytes, 480); /* 4 bytes for each of 3 x 40 images */
    skel_network_destroy(&is.network);
}
END_TEST

START_TEST(needed_vectors_are_taken_as_zeros_and_no_others)
{
    skel_vector_size size[SKEL_VECTORS];
    skel_vectors vectors;
    run is;

    make("lenet-5", "method: rigl", &is);
    skel_vectors_plan(&is.job, &is.settings, is.network, size);
    ck_assert_ok(skel_vectors_make(&is.job, &is.settings, is.network, &vectors));
    for (size_t i = 0; i < SKEL_VECTORS; i++) {
        const char *bytes = vectors.at[i];

        ck_assert_msg((bytes != NULL) == size[i].needed, "vector %zu", i);
        for (size_t b = 0; bytes != NULL && b < size[i].bytes; b++) {
            ck_assert_int_eq(bytes[b], 0);
        }
    }
    skel_vectors_free(&vectors);
    for (size_t i = 0; i < SKEL_VECTORS; i++) {
        ck_assert_ptr_null(vectors.at[i]);
    }
    skel_network_destroy(&is.network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_job_needs_the_vectors_of_its_method_and_its_checks_alone);
    tcase_add_test(tcase, sizes_are_those_of_parameters_buffers_and_images);
    tcase_add_test(tcase, needed_vectors_are_taken_as_zeros_and_no_others);
}

int main(void)
{
    return skel_suite_run("vectors", fill);
}
