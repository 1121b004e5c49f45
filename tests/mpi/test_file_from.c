/* Datasets that come from a source piece by piece, and attributes with several values. */
#include "scratch.h"
#include "suite.h"

#include "skel/file.h"
#include "skel/reader.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { SIZES = 5 };

/* Nothing, less and more than what the ranks share, whole blocks, more than a piece of a source. */
static const size_t sizes[SIZES] = {0, 5, 70001, 3 << 16, (1 << 24) + 12345};

static uint8_t byte_at(uint64_t offset)
{
    return (uint8_t)(offset * 7919 % 251);
}

/* A source: the rank that fails, and from which byte on. */
typedef struct test_source {
    int guilty; /* -1: none */
    uint64_t from;
} test_source;

static skel_status give(void *context, uint64_t offset, size_t bytes, void *out)
{
    const test_source *source = context;
    uint8_t *at = out;

    if (source->guilty == skel_comm_rank(skel_suite_comm()) && offset + bytes > source->from) {
        return SKEL_FAIL(SKEL_ERR_IO, "rank %d has lost byte %llu", source->guilty,
                         (unsigned long long)source->from);
    }
    for (size_t i = 0; i < bytes; i++) {
        at[i] = byte_at(offset + i);
    }
    return SKEL_OK;
}

/* Writes a file with a dataset of each size, from memory or from a source. */
static skel_status write_file(const char *name, test_source *source)
{
    static uint8_t data[(1 << 24) + 12345];
    skel_file *file = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_create(skel_suite_comm(), skel_scratch_file(name, ""), &file));
    for (size_t s = 0; s < SIZES; s++) {
        char path[32];
        skel_file_dataset spec = {
            .path = path, .element = SKEL_UINT8, .dims = 1, .shape = {sizes[s]}, .data = data};

        (void)snprintf(path, sizeof path, "/a/%zu", s);
        for (size_t i = 0; i < sizes[s]; i++) {
            data[i] = byte_at(i);
        }
        SKEL_TRY(source != NULL ? skel_file_write_from(file, &spec, give, source)
                                : skel_file_write(file, &spec));
    }
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    return status;
}

static bool same_files(const char *left, const char *right)
{
    FILE *a = fopen(skel_scratch_file(left, ""), "rb");
    FILE *b = fopen(skel_scratch_file(right, ""), "rb");
    int x = 0;
    int y = 0;
    size_t bytes = 0;

    while (a != NULL && b != NULL && x == y && x != EOF) {
        x = fgetc(a);
        y = fgetc(b);
        bytes++;
    }
    if (a != NULL) {
        (void)fclose(a);
    }
    if (b != NULL) {
        (void)fclose(b);
    }
    return x == EOF && y == EOF && bytes > sizes[SIZES - 1];
}

START_TEST(bytes_of_a_source_make_the_same_file_as_bytes_in_memory)
{
    test_source source = {.guilty = -1};

    ck_assert(skel_suite_all(write_file("memory.h5", NULL) == SKEL_OK));
    ck_assert(skel_suite_all(write_file("source.h5", &source) == SKEL_OK));
    ck_assert(skel_suite_all(!skel_comm_is_root(skel_suite_comm()) ||
                             same_files("memory.h5", "source.h5")));
}
END_TEST

/* At the beginning, in the middle, and in the last bytes, which the root alone writes. */
START_TEST(a_source_that_fails_on_one_rank_is_an_error_on_all)
{
    static const uint64_t from[] = {0, 40000, (1 << 24) + 12000};
    const int size = skel_comm_size(skel_suite_comm());
    struct stat info;

    for (int guilty = 0; guilty < size; guilty++) {
        for (size_t f = 0; f < sizeof from / sizeof from[0]; f++) {
            test_source source = {.guilty = guilty, .from = from[f]};
            skel_status status = write_file("failed.h5", &source);
            bool never_asked = status == SKEL_OK && guilty > 0 && f == 2;

            ck_assert(skel_suite_all(status == SKEL_ERR_IO || never_asked));
            ck_assert(skel_suite_all(never_asked ||
                                     strstr(skel_error_message(), "has lost byte") != NULL));
            ck_assert(skel_suite_all(stat(skel_scratch_file("failed.h5.part", ""), &info) != 0));
            skel_error_clear();
        }
    }
}
END_TEST

START_TEST(an_attribute_keeps_several_values)
{
    static const double values[3] = {0.5, -1.25, 3.0};
    skel_file *file = NULL;
    skel_reader *reader = NULL;
    char text[64];
    size_t datasets = 0;
    skel_status status =
        skel_file_create(skel_suite_comm(), skel_scratch_file("several.h5", ""), &file);

    if (status == SKEL_OK) {
        status = skel_file_set_doubles(file, "/", "mean", 1, values + 1);
    }
    if (status == SKEL_OK) { /* replaced */
        status = skel_file_set_doubles(file, "/", "mean", 3, values);
    }
    if (status == SKEL_OK) {
        status = skel_file_set_text(file, "/", "schema_name", "skel-data");
    }
    if (status == SKEL_OK) {
        status = skel_file_publish(&file);
    }
    skel_file_discard(&file);
    ck_assert(skel_suite_all(status == SKEL_OK));
    status = skel_reader_open(skel_scratch_file("several.h5", ""), &reader);
    ck_assert(skel_suite_all(status == SKEL_OK));
    skel_reader_attribute(reader, "/", "mean", sizeof text, text);
    status = skel_reader_check_attribute(reader, "/", "mean");
    if (status == SKEL_OK) {
        status = skel_reader_check(reader, "/", &datasets);
    }
    status = skel_reader_close(&reader, status);
    ck_assert(skel_suite_all(status == SKEL_OK && strcmp(text, "0.5, -1.25, 3") == 0));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, bytes_of_a_source_make_the_same_file_as_bytes_in_memory);
    tcase_add_test(tcase, a_source_that_fails_on_one_rank_is_an_error_on_all);
    tcase_add_test(tcase, an_attribute_keeps_several_values);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "file_from", fill);
}
