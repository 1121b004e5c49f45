/* Reading without MPI: what is there, what is not, and files that are damaged at any byte. */
#include "scratch.h"
#include "small_run.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/reader.h"

#include "store/seal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { VALUES = SMALL_RUN_VALUES, MEMBERS = SMALL_RUN_MEMBERS };

/* A file and its bytes. */
typedef struct sample_file {
    float values[VALUES];
    uint8_t mask[VALUES];
    size_t size;
    unsigned char *bytes; /* [size] */
} sample_file;

static void read_bytes(sample_file *sample, const char *path)
{
    FILE *stream = fopen(path, "rb");

    ck_assert(stream != NULL && fseek(stream, 0, SEEK_END) == 0);
    sample->size = (size_t)ftell(stream);
    rewind(stream);
    ck_assert_ok(SKEL_ALLOC(sample->size, 1, &sample->bytes));
    ck_assert(fread(sample->bytes, 1, sample->size, stream) == sample->size);
    ck_assert(fclose(stream) == 0);
}

static sample_file *sample_make(void)
{
    sample_file *sample = NULL;

    ck_assert_ok(SKEL_ALLOC(1, sizeof *sample, &sample));
    for (size_t i = 0; i < VALUES; i++) {
        sample->values[i] = (float)(i * 7919 % 1000) / 8.0F + 1.0F;
        sample->mask[i] = i * 7919 % 10 == 0;
    }
    skel_scratch_make();
    ck_assert_ok(skel_small_run_write(skel_scratch_file("a", ".h5"), sample->values, sample->mask));
    read_bytes(sample, skel_scratch_file("a", ".h5"));
    return sample;
}

static void sample_free(sample_file **sample)
{
    skel_scratch_remove();
    SKEL_FREE(&(*sample)->bytes);
    SKEL_FREE(sample);
}

/* Writes `size` bytes to a file of their own and verifies it; never crashes. */
static skel_status verify_bytes(const sample_file *sample, size_t size)
{
    FILE *stream = fopen(skel_scratch_file("b", ".h5"), "wb");
    skel_reader *reader = NULL;
    size_t datasets = 0;
    skel_status status = SKEL_OK;

    ck_assert(stream != NULL && fwrite(sample->bytes, 1, size, stream) == size);
    ck_assert(fclose(stream) == 0);
    SKEL_TRY(skel_reader_open(skel_scratch_file("b", ".h5"), &reader));
    SKEL_TRY(skel_reader_verify(reader, &datasets));
done:
    return skel_reader_close(&reader, status);
}

START_TEST(a_whole_file_is_verified_dataset_by_dataset)
{
    sample_file *sample = sample_make();
    skel_reader *reader = NULL;
    size_t datasets = 0;

    ck_assert_ok(skel_reader_open(skel_scratch_file("a", ".h5"), &reader));
    ck_assert_ok(skel_reader_verify(reader, &datasets));
    ck_assert_uint_eq(datasets, 2 * MEMBERS + 3);
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    sample_free(&sample);
}
END_TEST

START_TEST(every_flipped_bit_of_the_data_is_found)
{
    sample_file *sample = sample_make();
    const unsigned char *found = sample->bytes;
    size_t copies = 0;

    while ((found = memmem(found, sample->size - (size_t)(found - sample->bytes), sample->values,
                           sizeof sample->values)) != NULL) {
        size_t start = (size_t)(found - sample->bytes);

        for (size_t i = 0; i < 12; i++) {
            size_t at = start + i * (sizeof sample->values - 1) / 11;

            sample->bytes[at] ^= (unsigned char)(1U << i % 8);
            ck_assert_msg(verify_bytes(sample, sample->size) == SKEL_ERR_DATA, "byte %zu", at);
            sample->bytes[at] ^= (unsigned char)(1U << i % 8);
        }
        copies++;
        found += sizeof sample->values;
    }
    ck_assert_uint_eq(copies, MEMBERS);
    sample_free(&sample);
}
END_TEST

START_TEST(no_flipped_byte_crashes_and_every_error_names_the_file)
{
    sample_file *sample = sample_make();
    size_t refused = 0;

    /* The structures lie between and behind the data: step over the file with a prime. */
    for (size_t at = 0; at < sample->size; at += 97) {
        skel_status status = SKEL_OK;

        skel_error_clear();
        sample->bytes[at] ^= 0x5A;
        status = verify_bytes(sample, sample->size);
        sample->bytes[at] ^= 0x5A;
        ck_assert_msg(status == SKEL_OK || status == SKEL_ERR_DATA, "byte %zu: %s", at,
                      skel_error_message());
        ck_assert(status == SKEL_OK ||
                  strstr(skel_error_message(), skel_scratch_file("b", ".h5")) != NULL);
        refused += status != SKEL_OK;
    }
    ck_assert_uint_gt(refused, sample->size / 97 / 2);
    sample_free(&sample);
}
END_TEST

START_TEST(without_its_seal_a_file_is_compared_with_its_manifest)
{
    sample_file *sample = sample_make();
    skel_reader *reader = NULL;
    size_t bare = sample->size - SKEL_SEAL_BYTES;
    size_t datasets = 0;

    ck_assert(memcmp(sample->bytes + bare, "skel-seal 1 datasets 0000000027 xxh3_128 ", 41) == 0);
    ck_assert_ok(verify_bytes(sample, bare));
    ck_assert_ok(skel_reader_open(skel_scratch_file("b", ".h5"), &reader));
    ck_assert_ok(skel_reader_verify(reader, &datasets));
    ck_assert_uint_eq(datasets, 2 * MEMBERS + 3);
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    sample->bytes[sample->size - 2] ^= 1; /* another checksum: the manifest decides */
    ck_assert_ok(verify_bytes(sample, sample->size));
    sample_free(&sample);
}
END_TEST

/* Changes a byte of a file, and sets the time of its last change. */
static void change(const char *path, off_t at, const struct timespec *time)
{
    const struct timespec times[] = {*time, *time};
    int file = open(path, O_RDWR | O_CLOEXEC);
    unsigned char byte = 0;

    ck_assert(file >= 0 && pread(file, &byte, 1, at) == 1);
    byte ^= 1;
    ck_assert(pwrite(file, &byte, 1, at) == 1 && futimens(file, times) == 0);
    ck_assert(close(file) == 0);
}

static skel_status verify_once(const char *path)
{
    skel_reader *reader = NULL;
    skel_status status = skel_reader_open(path, &reader);

    if (status == SKEL_OK) {
        status = skel_reader_verify_once(reader);
    }
    return skel_reader_close(&reader, status);
}

START_TEST(a_file_is_compared_once_and_again_when_it_was_written_to)
{
    sample_file *sample = sample_make();
    const unsigned char *data =
        memmem(sample->bytes, sample->size, sample->values, sizeof sample->values);
    off_t at = data - sample->bytes;
    bool kept = setxattr(skel_scratch_file("a", ".h5"), "user.skel.test", "1", 1, 0) == 0;
    struct stat facts;

    ck_assert_ok(verify_bytes(sample, sample->size - SKEL_SEAL_BYTES));
    ck_assert_ok(verify_once(skel_scratch_file("b", ".h5")));
    ck_assert(stat(skel_scratch_file("b", ".h5"), &facts) == 0);
    if (kept) { /* a change that leaves no trace shows that the note is believed */
        change(skel_scratch_file("b", ".h5"), at, &facts.st_mtim);
        ck_assert_ok(verify_once(skel_scratch_file("b", ".h5")));
        change(skel_scratch_file("b", ".h5"), at, &facts.st_mtim);
    }
    facts.st_mtim.tv_sec++;
    change(skel_scratch_file("b", ".h5"), at, &facts.st_mtim);
    ck_assert_int_eq(verify_once(skel_scratch_file("b", ".h5")), SKEL_ERR_DATA);
    sample_free(&sample);
}
END_TEST

START_TEST(a_file_that_is_cut_short_anywhere_is_refused)
{
    sample_file *sample = sample_make();

    for (size_t size = 0; size < sample->size; size += 499) {
        ck_assert_msg(verify_bytes(sample, size) == SKEL_ERR_DATA, "cut to %zu bytes", size);
    }
    ck_assert(verify_bytes(sample, sample->size - 1) == SKEL_ERR_DATA);
    ck_assert_ok(verify_bytes(sample, sample->size));
    sample_free(&sample);
}
END_TEST

START_TEST(what_cannot_be_opened_is_told_with_the_systems_reason)
{
    static const struct {
        const char *path;
        skel_status status;
        const char *part;
    } bad[] = {
        {"/nowhere/at/all.h5", SKEL_ERR_IO, "No such file or directory"},
        {"/dev/null/a.h5", SKEL_ERR_IO, "Not a directory"},
        {"/usr/lib", SKEL_ERR_IO, "is a folder, not a file"},
        {"/dev/null", SKEL_ERR_IO, "is a device, not a file"},
        {"/proc/self/exe", SKEL_ERR_DATA, "is not an HDF5 file"},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        skel_reader *reader = NULL;

        ck_assert_int_eq(skel_reader_open(bad[i].path, &reader), bad[i].status);
        ck_assert_ptr_null(reader);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), bad[i].part));
    }
}
END_TEST

START_TEST(paths_and_shapes_are_written_as_people_write_them)
{
    static const size_t shape[4] = {64, 3, 7, 1};
    char path[SKEL_READER_PATH];
    char text[SKEL_READER_SHAPE];
    char name[2 * SKEL_READER_PATH];

    skel_reader_member("/masks", "layer1.0.conv1.weight", path);
    ck_assert_str_eq(path, "/masks/layer1.0.conv1.weight");
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    skel_reader_member("/masks", name, path);
    ck_assert_uint_eq(strlen(path), SKEL_READER_PATH - 1);
    skel_reader_shape_text(4, shape, text);
    ck_assert_str_eq(text, "64x3x7x1");
    skel_reader_shape_text(1, shape, text);
    ck_assert_str_eq(text, "64");
    skel_reader_shape_text(0, shape, text);
    ck_assert_str_eq(text, "scalar");
}
END_TEST

START_TEST(floats_come_in_the_number_that_is_expected)
{
    sample_file *sample = sample_make();
    skel_reader *reader = NULL;
    float values[VALUES] = {0};

    ck_assert_ok(skel_reader_open(skel_scratch_file("a", ".h5"), &reader));
    ck_assert_ok(skel_reader_floats(reader, "/weights/layer0.weight", VALUES, values));
    ck_assert_mem_eq(values, sample->values, sizeof values);
    ck_assert(skel_reader_floats(reader, "/weights/layer0.weight", VALUES - 1, values) ==
              SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "/weights/layer0.weight has"));
    ck_assert(skel_reader_floats(reader, "/weights/none", VALUES, values) == SKEL_ERR_DATA);
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    sample_free(&sample);
}
END_TEST

START_TEST(a_dataset_of_another_kind_is_refused_by_name)
{
    sample_file *sample = sample_make();
    skel_reader *reader = NULL;
    size_t count = 0;
    double *values = NULL;
    uint8_t *bytes = NULL;
    char **texts = NULL;

    ck_assert_ok(skel_reader_open(skel_scratch_file("a", ".h5"), &reader));
    ck_assert(skel_reader_doubles(reader, "/metrics/layers/name", &count, &values) ==
              SKEL_ERR_DATA);
    ck_assert(skel_reader_texts(reader, "/weights/layer0.weight", &count, &texts) == SKEL_ERR_DATA);
    ck_assert(skel_reader_doubles(reader, "/weights/none", &count, &values) == SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "there is no /weights/none"));
    ck_assert(skel_reader_doubles(reader, "/weights", &count, &values) == SKEL_ERR_DATA);
    /* 1.125 is no byte */
    ck_assert(skel_reader_bytes(reader, "/weights/layer0.weight", &count, &bytes) == SKEL_ERR_DATA);
    ck_assert_ok(skel_reader_bytes(reader, "/masks/layer3.weight", &count, &bytes));
    ck_assert(count == VALUES && memcmp(bytes, sample->mask, VALUES) == 0);
    SKEL_FREE(&bytes);
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    sample_free(&sample);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_whole_file_is_verified_dataset_by_dataset);
    tcase_add_test(tcase, every_flipped_bit_of_the_data_is_found);
    tcase_add_test(tcase, no_flipped_byte_crashes_and_every_error_names_the_file);
    tcase_add_test(tcase, without_its_seal_a_file_is_compared_with_its_manifest);
    tcase_add_test(tcase, a_file_is_compared_once_and_again_when_it_was_written_to);
    tcase_add_test(tcase, a_file_that_is_cut_short_anywhere_is_refused);
    tcase_add_test(tcase, what_cannot_be_opened_is_told_with_the_systems_reason);
    tcase_add_test(tcase, paths_and_shapes_are_written_as_people_write_them);
    tcase_add_test(tcase, floats_come_in_the_number_that_is_expected);
    tcase_add_test(tcase, a_dataset_of_another_kind_is_refused_by_name);
}

int main(void)
{
    return skel_suite_run("reader", fill);
}
