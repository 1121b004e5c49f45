/* Files written by any number of ranks: the same content, complete or not there. */
#include "scratch.h"
#include "suite.h"

#include "skel/file.h"
#include "skel/memory.h"
#include "skel/reader.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 256 };

static bool exists(const char *name)
{
    struct stat info;

    return stat(skel_scratch_file(name, ""), &info) == 0;
}

static bool part_exists(const char *name)
{
    char part[PATH_SIZE];

    (void)snprintf(part, sizeof part, "%s.part", name);
    return exists(part);
}

/* A value that is different everywhere and that every element type here holds exactly. */
static double value_at(size_t index)
{
    return (double)(index * 7919 % 251);
}

/* Writes value_at() in a shape; returns the status. */
static skel_status write_values(skel_file *file, const char *path, skel_element element,
                                size_t dims, const size_t shape[4], bool deflate)
{
    skel_file_dataset spec = {.path = path, .element = element, .dims = dims, .deflate = deflate};
    size_t count = 1;
    double *block = NULL;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dims; i++) {
        spec.shape[i] = shape[i];
        count *= shape[i];
    }
    ck_assert_ok(SKEL_ALLOC(count, sizeof *block, &block));
    for (size_t i = 0; i < count; i++) {
        double value = value_at(i);
        void *data = block;

        switch (element) {
        case SKEL_FLOAT32:
            ((float *)data)[i] = (float)value;
            break;
        case SKEL_FLOAT64:
            ((double *)data)[i] = value;
            break;
        case SKEL_UINT8:
            ((uint8_t *)data)[i] = (uint8_t)value;
            break;
        case SKEL_INT64:
            ((int64_t *)data)[i] = (int64_t)value;
            break;
        }
    }
    spec.data = block;
    status = skel_file_write(file, &spec);
    SKEL_FREE(&block);
    return status;
}

static bool has_values(skel_reader *reader, const char *path, size_t expected)
{
    size_t count = 0;
    double *values = NULL;
    bool right = skel_reader_doubles(reader, path, &count, &values) == SKEL_OK && count == expected;

    for (size_t i = 0; right && i < count; i++) {
        right = values[i] == value_at(i);
    }
    SKEL_FREE(&values);
    return right;
}

typedef struct dataset_case {
    const char *path;
    size_t dims;
    size_t shape[4];
    skel_element element;
    bool deflate;
} dataset_case;

/* One row, fewer rows than ranks, odd rows, no rows, every type, compressed in one and in many
 * chunks (the last cut short). */
static const dataset_case cases[] = {
    {"/z/one", 1, {1}, SKEL_FLOAT32, false},
    {"/z/three.rows", 2, {3, 5}, SKEL_FLOAT64, false},
    {"/a/odd", 3, {7, 3, 2}, SKEL_INT64, false},
    {"/a/four", 4, {17, 5, 3, 3}, SKEL_FLOAT32, false},
    {"/a/none", 1, {0}, SKEL_FLOAT64, false},
    {"/a/no_columns", 2, {4, 0}, SKEL_FLOAT32, false},
    {"/masks/none", 1, {0}, SKEL_UINT8, true},
    {"/masks/small", 4, {2, 3, 1, 1}, SKEL_UINT8, true},
    {"/masks/large", 2, {1001, 1024}, SKEL_UINT8, true},
    {"/masks/long", 1, {700001}, SKEL_UINT8, true},
    {"/masks/wide", 2, {3, 400000}, SKEL_UINT8, true},
};

enum { CASES = sizeof cases / sizeof *cases };

static size_t case_count(const dataset_case *one)
{
    size_t count = 1;

    for (size_t i = 0; i < one->dims; i++) {
        count *= one->shape[i];
    }
    return count;
}

static skel_status write_cases(const char *path)
{
    static const char *const texts[] = {"conv1.weight", "", "gr\xc3\xbc\xc3\x9f"};
    skel_file *file = NULL;
    skel_status status = skel_file_create(skel_suite_comm(), path, &file);

    for (size_t i = 0; i < CASES && status == SKEL_OK; i++) {
        status = write_values(file, cases[i].path, cases[i].element, cases[i].dims, cases[i].shape,
                              cases[i].deflate);
    }
    SKEL_TRY(status);
    SKEL_TRY(skel_file_write_texts(file, "/names", 3, texts, NULL));
    SKEL_TRY(skel_file_write_texts(file, "/no_names", 0, NULL, NULL));
    SKEL_TRY(skel_file_set_text(file, "/", "schema_name", "skel-test"));
    SKEL_TRY(skel_file_set_text(file, "/summary/deep", "empty", ""));
    SKEL_TRY(skel_file_set_text(file, "/summary", "method", "snip"));
    SKEL_TRY(skel_file_set_text(file, "/summary", "method", "force"));
    SKEL_TRY(skel_file_set_double(file, "/summary", "sparsity", 0.995));
    SKEL_TRY(skel_file_set_integer(file, "/a/odd", "kept", INT64_C(1) << 40));
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    return status;
}

START_TEST(what_all_ranks_write_is_read_back_whole)
{
    skel_reader *reader = NULL;
    bool right = true;
    size_t datasets = 0;

    skel_scratch_make();
    ck_assert(skel_suite_all(write_cases(skel_scratch_file("new/folders/a.h5", "")) == SKEL_OK));
    ck_assert(skel_suite_all(skel_reader_open(skel_scratch_file("new/folders/a.h5", ""), &reader) ==
                             SKEL_OK));
    for (size_t i = 0; i < CASES; i++) {
        size_t dims = 0;
        size_t shape[4];

        right = right && has_values(reader, cases[i].path, case_count(&cases[i])) &&
                skel_reader_shape(reader, cases[i].path, &dims, shape) == SKEL_OK &&
                dims == cases[i].dims && memcmp(shape, cases[i].shape, sizeof shape) == 0;
    }
    ck_assert(skel_suite_all(right));
    ck_assert(skel_suite_all(skel_reader_verify(reader, &datasets) == SKEL_OK));
    ck_assert(skel_suite_all(datasets == CASES + 2));
    ck_assert(skel_suite_all(skel_reader_close(&reader, SKEL_OK) == SKEL_OK));
    ck_assert(skel_suite_all(!part_exists("new/folders/a.h5")));
    skel_scratch_remove();
}
END_TEST

static bool attribute_is(skel_reader *reader, const char *object, const char *name,
                         const char *expected)
{
    char value[64];

    skel_reader_attribute(reader, object, name, sizeof value, value);
    return strcmp(value, expected) == 0;
}

START_TEST(texts_and_attributes_keep_their_values)
{
    skel_reader *reader = NULL;
    size_t count = 0;
    char **texts = NULL;

    skel_scratch_make();
    ck_assert(skel_suite_all(write_cases(skel_scratch_file("a.h5", "")) == SKEL_OK));
    ck_assert(skel_suite_all(skel_reader_open(skel_scratch_file("a.h5", ""), &reader) == SKEL_OK));
    ck_assert(skel_suite_all(skel_reader_texts(reader, "/names", &count, &texts) == SKEL_OK));
    ck_assert(skel_suite_all(count == 3 && strcmp(texts[0], "conv1.weight") == 0 &&
                             texts[1][0] == '\0' && strcmp(texts[2], "gr\xc3\xbc\xc3\x9f") == 0));
    skel_reader_free_names(count, &texts);
    ck_assert(skel_suite_all(skel_reader_texts(reader, "/no_names", &count, &texts) == SKEL_OK));
    ck_assert(skel_suite_all(count == 0));
    skel_reader_free_names(count, &texts);
    ck_assert(skel_suite_all(attribute_is(reader, "/", "schema_name", "skel-test") &&
                             attribute_is(reader, "/summary", "method", "force") &&
                             attribute_is(reader, "/summary/deep", "empty", "") &&
                             attribute_is(reader, "/summary", "sparsity", "0.995") &&
                             attribute_is(reader, "/a/odd", "kept", "1099511627776") &&
                             attribute_is(reader, "/a/odd", "not there", "")));
    ck_assert(skel_suite_all(skel_reader_close(&reader, SKEL_OK) == SKEL_OK));
    skel_scratch_remove();
}
END_TEST

START_TEST(members_are_listed_in_the_order_in_which_they_were_written)
{
    skel_reader *reader = NULL;
    size_t count = 0;
    char **names = NULL;

    skel_scratch_make();
    ck_assert(skel_suite_all(write_cases(skel_scratch_file("a.h5", "")) == SKEL_OK));
    ck_assert(skel_suite_all(skel_reader_open(skel_scratch_file("a.h5", ""), &reader) == SKEL_OK));
    ck_assert(skel_suite_all(skel_reader_list(reader, "/", &count, &names) == SKEL_OK));
    ck_assert(skel_suite_all(count == 7 && strcmp(names[0], "z") == 0 &&
                             strcmp(names[1], "a") == 0 && strcmp(names[3], "names") == 0 &&
                             strcmp(names[6], "manifest") == 0));
    skel_reader_free_names(count, &names);
    ck_assert(skel_suite_all(skel_reader_list(reader, "/masks", &count, &names) == SKEL_OK));
    ck_assert(skel_suite_all(count == 5 && strcmp(names[1], "small") == 0 &&
                             strcmp(names[4], "wide") == 0));
    skel_reader_free_names(count, &names);
    ck_assert(skel_suite_all(skel_reader_list(reader, "/nowhere", &count, &names) == SKEL_OK));
    ck_assert(skel_suite_all(count == 0 && names == NULL));
    ck_assert(skel_suite_all(skel_reader_close(&reader, SKEL_OK) == SKEL_OK));
    skel_scratch_remove();
}
END_TEST

START_TEST(many_members_of_a_group_and_a_long_text_are_kept)
{
    enum { MANY = 60, LONG = 100000 };
    const size_t shape[4] = {5};
    skel_file *file = NULL;
    skel_reader *reader = NULL;
    char *text = NULL;
    char *back = NULL;
    size_t count = 0;
    char **names = NULL;
    char name[64];

    skel_scratch_make();
    ck_assert_ok(SKEL_ALLOC(LONG + 1, 1, &text));
    ck_assert_ok(SKEL_ALLOC(LONG + 1, 1, &back));
    memset(text, 'x', LONG);
    ck_assert(skel_suite_all(
        skel_file_create(skel_suite_comm(), skel_scratch_file("a.h5", ""), &file) == 0));
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "/weights/layer%d.weight", MANY - i);
        ck_assert(skel_suite_all(write_values(file, name, SKEL_FLOAT32, 1, shape, false) == 0));
        (void)snprintf(name, sizeof name, "key%d", i);
        ck_assert(skel_suite_all(skel_file_set_integer(file, "/provenance", name, i) == 0));
    }
    ck_assert(skel_suite_all(skel_file_set_text(file, "/provenance", "job", text) == SKEL_OK));
    ck_assert(skel_suite_all(skel_file_publish(&file) == SKEL_OK));
    ck_assert(skel_suite_all(skel_reader_open(skel_scratch_file("a.h5", ""), &reader) == SKEL_OK));
    ck_assert(skel_suite_all(skel_reader_list(reader, "/weights", &count, &names) == SKEL_OK));
    ck_assert(skel_suite_all(count == MANY && strcmp(names[0], "layer60.weight") == 0));
    skel_reader_free_names(count, &names);
    skel_reader_attribute(reader, "/provenance", "job", LONG + 1, back);
    ck_assert(skel_suite_all(strcmp(text, back) == 0));
    ck_assert(skel_suite_all(skel_reader_close(&reader, SKEL_OK) == SKEL_OK));
    SKEL_FREE(&text);
    SKEL_FREE(&back);
    skel_scratch_remove();
}
END_TEST

START_TEST(a_discarded_file_leaves_nothing_behind)
{
    const size_t shape[4] = {1000};
    skel_file *file = NULL;

    skel_scratch_make();
    ck_assert(skel_suite_all(
        skel_file_create(skel_suite_comm(), skel_scratch_file("a.h5", ""), &file) == 0));
    ck_assert(skel_suite_all(write_values(file, "/x", SKEL_FLOAT32, 1, shape, false) == 0));
    ck_assert(skel_suite_all(part_exists("a.h5") && !exists("a.h5")));
    skel_comm_barrier(skel_suite_comm());
    skel_file_discard(&file);
    skel_comm_barrier(skel_suite_comm());
    ck_assert(skel_suite_all(file == NULL && !part_exists("a.h5") && !exists("a.h5")));
    skel_file_discard(&file);
    skel_scratch_remove();
}
END_TEST

START_TEST(a_file_of_the_same_name_is_replaced_only_when_the_new_one_is_complete)
{
    const size_t shape[2][4] = {{10}, {20}};
    skel_file *file = NULL;
    skel_reader *reader = NULL;

    skel_scratch_make();
    for (int i = 0; i < 2; i++) {
        ck_assert(skel_suite_all(
            skel_file_create(skel_suite_comm(), skel_scratch_file("a.h5", ""), &file) == 0));
        ck_assert(skel_suite_all(write_values(file, "/x", SKEL_FLOAT32, 1, shape[i], false) == 0));
        if (i == 1) {
            ck_assert(skel_suite_all(skel_reader_open(skel_scratch_file("a.h5", ""), &reader) ==
                                     SKEL_OK));
            ck_assert(skel_suite_all(has_values(reader, "/x", 10)));
            ck_assert(skel_suite_all(skel_reader_close(&reader, SKEL_OK) == SKEL_OK));
        }
        ck_assert(skel_suite_all(skel_file_publish(&file) == SKEL_OK));
    }
    ck_assert(skel_suite_all(skel_reader_open(skel_scratch_file("a.h5", ""), &reader) == SKEL_OK));
    ck_assert(skel_suite_all(has_values(reader, "/x", 20)));
    ck_assert(skel_suite_all(skel_reader_close(&reader, SKEL_OK) == SKEL_OK));
    skel_scratch_remove();
}
END_TEST

START_TEST(a_path_that_cannot_be_written_is_told_to_every_rank)
{
    static const char *const bad[][2] = {
        {"/proc/skel/a.h5", "/proc/skel"},
        {"/dev/null/a.h5", "Not a directory"},
        {"/usr/lib", "/usr/lib is a folder, not a file"},
    };
    skel_file *file = NULL;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        skel_status status = skel_file_create(skel_suite_comm(), bad[i][0], &file);

        ck_assert(skel_suite_all(status == SKEL_ERR_IO && file == NULL &&
                                 strstr(skel_error_message(), bad[i][1]) != NULL));
    }
}
END_TEST

START_TEST(a_dataset_that_is_written_twice_is_refused_in_order)
{
    const size_t shape[4] = {4};
    skel_file *file = NULL;

    skel_scratch_make();
    ck_assert(skel_suite_all(
        skel_file_create(skel_suite_comm(), skel_scratch_file("a.h5", ""), &file) == 0));
    ck_assert(skel_suite_all(write_values(file, "/x", SKEL_INT64, 1, shape, false) == 0));
    ck_assert(
        skel_suite_all(write_values(file, "/x", SKEL_INT64, 1, shape, false) == SKEL_ERR_INTERNAL));
    skel_file_discard(&file);
    skel_scratch_remove();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, what_all_ranks_write_is_read_back_whole);
    tcase_add_test(tcase, texts_and_attributes_keep_their_values);
    tcase_add_test(tcase, members_are_listed_in_the_order_in_which_they_were_written);
    tcase_add_test(tcase, many_members_of_a_group_and_a_long_text_are_kept);
    tcase_add_test(tcase, a_discarded_file_leaves_nothing_behind);
    tcase_add_test(tcase, a_file_of_the_same_name_is_replaced_only_when_the_new_one_is_complete);
    tcase_add_test(tcase, a_path_that_cannot_be_written_is_told_to_every_rank);
    tcase_add_test(tcase, a_dataset_that_is_written_twice_is_refused_in_order);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "file", fill);
}
