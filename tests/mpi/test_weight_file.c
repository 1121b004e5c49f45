/* Run files and weight files: ours read by h5py, h5py's read by us, and every way not to fit. */
#include "scratch.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/run_file.h"
#include "skel/weight_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 512 };

/* A network with batch norm, its vectors as they were written and as they are read. */
typedef struct flat_vectors {
    skel_network *network;
    float *parameters;
    float *buffers;
    uint8_t *mask;
} flat_vectors;

static flat_vectors vectors_make(void)
{
    skel_tensor input = {3, 32, 32};
    flat_vectors made = {0};

    ck_assert_ok(skel_model_create("resnet20", 2, input, 10, &made.network));
    ck_assert_ok(SKEL_ALLOC(made.network->parameter_count, sizeof(float), &made.parameters));
    ck_assert_ok(SKEL_ALLOC(made.network->buffer_count, sizeof(float), &made.buffers));
    ck_assert_ok(SKEL_ALLOC(made.network->parameter_count, 1, &made.mask));
    return made;
}

static void vectors_free(flat_vectors *vectors)
{
    skel_network_destroy(&vectors->network);
    SKEL_FREE(&vectors->parameters);
    SKEL_FREE(&vectors->buffers);
    SKEL_FREE(&vectors->mask);
}

static float parameter_at(size_t i)
{
    return ((float)(i % 1009) - 504.0F) / 128.0F;
}

static float buffer_at(size_t i)
{
    return (float)(i % 31) + 0.5F;
}

/* The values that weight_files.py knows too. */
static void vectors_fill(flat_vectors *vectors)
{
    for (size_t i = 0; i < vectors->network->parameter_count; i++) {
        vectors->parameters[i] = parameter_at(i);
        vectors->mask[i] = i % 3 != 0;
    }
    for (size_t i = 0; i < vectors->network->buffer_count; i++) {
        vectors->buffers[i] = buffer_at(i);
    }
}

static skel_status write_base(const char *path)
{
    flat_vectors vectors = vectors_make();
    skel_file *file = NULL;
    skel_status status = SKEL_OK;

    vectors_fill(&vectors);
    SKEL_TRY(skel_file_create(skel_suite_comm(), path, &file));
    SKEL_TRY(skel_run_file_stamp(file, SKEL_RUN_SCHEMA, "0.1.0", "2026-01-31T13:05:00Z"));
    SKEL_TRY(skel_run_file_parameters(file, "/weights", vectors.network, vectors.parameters));
    SKEL_TRY(skel_run_file_parameters(file, "/initial", vectors.network, vectors.parameters));
    SKEL_TRY(skel_run_file_buffers(file, vectors.network, vectors.buffers));
    SKEL_TRY(skel_run_file_masks(file, vectors.network, vectors.mask, true));
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    vectors_free(&vectors);
    return status;
}

/* Writes the base file with all ranks and lets h5py check it and make the others of it. */
static void make_files(void)
{
    char command[3 * PATH_SIZE];
    bool made = true;

    skel_scratch_make();
    ck_assert(skel_suite_all(write_base(skel_scratch_file("base", ".h5")) == SKEL_OK));
    if (skel_comm_is_root(skel_suite_comm())) {
        (void)snprintf(command, sizeof command,
                       "/usr/bin/python3 '%s/mpi/weight_files.py' '%s' '%s'", SKEL_TEST_SOURCE_DIR,
                       skel_scratch_file("base", ".h5"), skel_scratch_folder());
        made = system(command) == 0;
    }
    ck_assert_msg(skel_suite_all(made), "weight_files.py failed (does it have h5py?)");
}

static bool parameters_are_right(const flat_vectors *vectors)
{
    bool right = true;

    for (size_t i = 0; i < vectors->network->parameter_count; i++) {
        right = right && vectors->parameters[i] == parameter_at(i);
    }
    for (size_t i = 0; i < vectors->network->buffer_count; i++) {
        right = right && vectors->buffers[i] == buffer_at(i);
    }
    return right;
}

/* What is pruned in the file is 0, what is not prunable is 1. */
static bool mask_is_right(const flat_vectors *vectors)
{
    const skel_network *network = vectors->network;
    bool right = true;

    for (size_t p = 0; p < network->parameters; p++) {
        const skel_parameter *parameter = &network->parameter[p];

        for (size_t i = parameter->offset; i < parameter->offset + parameter->count; i++) {
            right = right && vectors->mask[i] == (!parameter->prunable || i % 3 != 0);
        }
    }
    return right;
}

START_TEST(every_way_of_writing_the_same_weights_is_read_to_the_same_bits)
{
    static const struct {
        const char *name;
        bool has_mask;
    } files[] = {{"base", true},  {"plain", false},      {"double", false},
                 {"half", false}, {"compressed", false}, {"state_dict", false},
                 {"bool", true},  {"float_mask", true},  {"mask_ones", true}};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        flat_vectors vectors = vectors_make();
        bool has_mask = !files[i].has_mask;
        skel_status status = skel_weight_file_read(
            skel_suite_comm(), skel_scratch_file(files[i].name, ".h5"), vectors.network,
            vectors.parameters, vectors.buffers, vectors.mask, &has_mask);

        ck_assert_msg(skel_suite_all(status == SKEL_OK), "%s: %s", files[i].name,
                      skel_error_message());
        ck_assert_msg(skel_suite_all(parameters_are_right(&vectors)), "%s", files[i].name);
        ck_assert_msg(skel_suite_all(has_mask == files[i].has_mask), "%s", files[i].name);
        ck_assert_msg(skel_suite_all(!has_mask || mask_is_right(&vectors)), "%s", files[i].name);
        vectors_free(&vectors);
    }
}
END_TEST

typedef struct bad_file {
    const char *name;
    skel_status status;
    const char *part[3]; /* of the message */
} bad_file;

static const bad_file bad_files[] = {
    {"missing", SKEL_ERR_DATA, {"does not fit resnet20", "/weights/fc.bias [10] is missing"}},
    {"extra", SKEL_ERR_DATA, {"/weights/head.weight is not known"}},
    {"shape", SKEL_ERR_DATA, {"/weights/fc.weight has shape [4, 100], expected [10, 8]"}},
    {"transposed", SKEL_ERR_DATA, {"has shape [8, 10], expected [10, 8]"}},
    {"flat", SKEL_ERR_DATA, {"has shape [80], expected [10, 8]"}},
    {"five", SKEL_ERR_DATA, {"5 dimensions"}},
    {"many", SKEL_ERR_DATA, {"conv1.weight [2, 3, 3, 3] is missing", "; and 14 more"}},
    {"nested", SKEL_ERR_DATA, {"/weights/conv1.weight [2, 3, 3, 3] is missing", "conv1 is not"}},
    {"nan", SKEL_ERR_DATA, {"element 5 of /weights/fc.weight is nan"}},
    {"huge", SKEL_ERR_DATA, {"element 5 of /weights/fc.weight is 1e+300, not a finite float32"}},
    {"integers", SKEL_ERR_DATA, {"/weights/fc.weight does not hold floating-point"}},
    {"texts", SKEL_ERR_DATA, {"/weights/fc.bias does not hold floating-point"}},
    {"no_buffer", SKEL_ERR_DATA, {"/buffers/bn1.running_mean [2] is missing"}},
    {"negative", SKEL_ERR_DATA, {"layer3.0.bn1.running_var is -1, a negative variance"}},
    {"mask_missing", SKEL_ERR_DATA, {"/masks/conv1.weight [2, 3, 3, 3] is missing"}},
    {"mask_two", SKEL_ERR_DATA, {"element 5 of /masks/conv1.weight is 2"}},
    {"mask_half", SKEL_ERR_DATA, {"element 5 of /masks/conv1.weight is 0.5"}},
    {"mask_extra", SKEL_ERR_DATA, {"/masks/conv9.weight is not known"}},
    {"mask_bias", SKEL_ERR_DATA, {"element 0 of /masks/fc.bias is 0", "never pruned"}},
    {"other", SKEL_ERR_DATA, {"has no group /weights"}},
    {"text", SKEL_ERR_DATA, {"not an HDF5 file"}},
    {"truncated", SKEL_ERR_DATA, {"damaged or truncated", "but the file has"}},
    {"empty", SKEL_ERR_DATA, {"is empty"}},
    {"nowhere", SKEL_ERR_IO, {"No such file"}},
};

START_TEST(every_file_that_does_not_fit_is_refused_with_the_reason_on_all_ranks)
{
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        const bad_file *bad = &bad_files[i];
        flat_vectors vectors = vectors_make();
        bool has_mask = false;
        bool said = true;
        skel_status status = skel_weight_file_read(
            skel_suite_comm(), skel_scratch_file(bad->name, ".h5"), vectors.network,
            vectors.parameters, vectors.buffers, vectors.mask, &has_mask);

        for (size_t j = 0; j < 3 && bad->part[j] != NULL; j++) {
            said = said && strstr(skel_error_message(), bad->part[j]) != NULL;
        }
        said = said && strstr(skel_error_message(), skel_scratch_file(bad->name, ".h5")) != NULL;
        ck_assert_msg(skel_suite_all(status == bad->status && said), "%s: %d, %s", bad->name,
                      (int)status, skel_error_message());
        vectors_free(&vectors);
    }
}
END_TEST

START_TEST(a_file_without_buffers_leaves_them_untouched)
{
    skel_tensor input = {1, 28, 28};
    skel_network *network = NULL;
    skel_file *file = NULL;
    float *parameters = NULL;
    float buffer = 77.0F;
    bool has_mask = true;

    ck_assert_ok(skel_model_create("lenet-5", 2, input, 10, &network));
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *parameters, &parameters));
    ck_assert(skel_suite_all(
        skel_file_create(skel_suite_comm(), skel_scratch_file("lenet", ".h5"), &file) == 0));
    ck_assert(skel_suite_all(skel_run_file_parameters(file, "/weights", network, parameters) == 0));
    ck_assert(skel_suite_all(skel_run_file_buffers(file, network, NULL) == SKEL_OK));
    ck_assert(skel_suite_all(skel_file_publish(&file) == SKEL_OK));
    ck_assert(skel_suite_all(
        skel_weight_file_read(skel_suite_comm(), skel_scratch_file("lenet", ".h5"), network,
                              parameters, &buffer, NULL, &has_mask) == SKEL_OK));
    ck_assert(skel_suite_all(!has_mask && buffer == 77.0F));
    SKEL_FREE(&parameters);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_unchecked_fixture(tcase, make_files, skel_scratch_remove);
    tcase_add_test(tcase, every_way_of_writing_the_same_weights_is_read_to_the_same_bits);
    tcase_add_test(tcase, every_file_that_does_not_fit_is_refused_with_the_reason_on_all_ranks);
    tcase_add_test(tcase, a_file_without_buffers_leaves_them_untouched);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "weight_file", fill);
}
