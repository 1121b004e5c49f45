/* One read() of the system fails, or one allocation, in the midst of reading a file: each in turn.
 * The status says that the disk or the memory has failed, and never that the file is damaged. */
#include "scratch.h"
#include "small_run.h"
#include "suite.h"

#include "skel/array.h"
#include "skel/memory.h"

#include "store/seal.h"

#include <dlfcn.h>
#include <errno.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VALUES = SMALL_RUN_VALUES, MEMBERS = SMALL_RUN_MEMBERS };

/* What is made to fail: the call of that number, from 1; 0: none. */
typedef struct failing {
    size_t at;
    size_t calls;
} failing;

static failing reads;
static failing allocations;

static bool fails(failing *call)
{
    call->calls++;
    return call->at != 0 && call->calls == call->at;
}

/* Takes the place of the system's function, also for HDF5. */
__attribute__((visibility("default"))) ssize_t pread(int descriptor, void *block, size_t bytes,
                                                     off_t offset)
{
    ssize_t (*next)(int, void *, size_t, off_t) = NULL;

    if (fails(&reads)) {
        errno = EIO;
        return -1;
    }
    *(void **)&next = dlsym(RTLD_NEXT, "pread");
    return next(descriptor, block, bytes, offset);
}

/* Takes the place of the function that skel allocates by; HDF5 has another one. */
__attribute__((visibility("default"))) void *aligned_alloc(size_t alignment, size_t bytes)
{
    void *(*next)(size_t, size_t) = NULL;

    if (fails(&allocations)) {
        errno = ENOMEM;
        return NULL;
    }
    *(void **)&next = dlsym(RTLD_NEXT, "aligned_alloc");
    return next(alignment, bytes);
}

/* The same content without its last line: comparisons with the manifest are made. */
static void write_bare(const char *from, const char *path)
{
    static unsigned char bytes[1 << 20];
    FILE *stream = fopen(from, "rb");
    size_t size = 0;

    ck_assert(stream != NULL);
    size = fread(bytes, 1, sizeof bytes, stream);
    ck_assert(fclose(stream) == 0 && size > SKEL_SEAL_BYTES && size < sizeof bytes);
    stream = fopen(path, "wb");
    ck_assert(stream != NULL);
    ck_assert(fwrite(bytes, 1, size - SKEL_SEAL_BYTES, stream) == size - SKEL_SEAL_BYTES);
    ck_assert(fclose(stream) == 0);
}

static void put(hid_t file, const char *name, hid_t type, hid_t layout, hsize_t count,
                const void *values)
{
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, layout, H5P_DEFAULT);

    ck_assert(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    ck_assert(H5Dclose(dataset) >= 0 && H5Sclose(space) >= 0);
}

/* As other programs write: texts of variable length, chunks, an attribute of several numbers. */
static void write_foreign(const char *path)
{
    static const char *const texts[] = {"a", "two words", "", "the last"};
    static const double numbers[VALUES];
    const hsize_t three = 3;
    const hsize_t chunk = 100;
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t text = H5Tcopy(H5T_C_S1);
    hid_t chunks = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(1, &three, NULL);
    hid_t attribute = H5Acreate2(file, "mean", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT);

    ck_assert(file >= 0 && H5Tset_size(text, H5T_VARIABLE) >= 0);
    ck_assert(H5Pset_chunk(chunks, 1, &chunk) >= 0 && H5Pset_deflate(chunks, 1) >= 0);
    ck_assert(H5Awrite(attribute, H5T_NATIVE_DOUBLE, numbers) >= 0);
    put(file, "texts", text, H5P_DEFAULT, 4, texts);
    put(file, "numbers", H5T_NATIVE_DOUBLE, H5P_DEFAULT, VALUES, numbers);
    put(file, "chunks", H5T_NATIVE_DOUBLE, chunks, VALUES, numbers);
    ck_assert(H5Aclose(attribute) >= 0 && H5Sclose(space) >= 0 && H5Pclose(chunks) >= 0);
    ck_assert(H5Tclose(text) >= 0 && H5Fclose(file) >= 0);
}

/* What is done with a file. */
typedef skel_status action(skel_reader *reader);

static skel_status verify(skel_reader *reader)
{
    size_t datasets = 0;

    return skel_reader_verify(reader, &datasets);
}

static skel_status read_numbers(skel_reader *reader)
{
    float values[VALUES];
    uint8_t *mask = NULL;
    size_t count = 0;
    size_t dims = 0;
    size_t shape[4];
    skel_status status = skel_reader_shape(reader, "/weights/layer3.weight", &dims, shape);

    SKEL_TRY(status);
    SKEL_TRY(skel_reader_floats(reader, "/weights/layer3.weight", VALUES, values));
    SKEL_TRY(skel_reader_bytes(reader, "/masks/layer3.weight", &count, &mask));
done:
    SKEL_FREE(&mask);
    return status;
}

static skel_status read_texts(skel_reader *reader)
{
    bool foreign = strstr(skel_reader_path(reader), "/foreign.h5") != NULL;
    char **texts = NULL;
    size_t count = 0;
    skel_status status =
        skel_reader_texts(reader, foreign ? "/texts" : "/metrics/layers/name", &count, &texts);

    skel_reader_free_names(count, &texts);
    return status;
}

static skel_status list(skel_reader *reader)
{
    char **names = NULL;
    size_t count = 0;
    skel_status status = skel_reader_list(reader, "/weights", &count, &names);

    SKEL_TRY(status);
    ck_assert_uint_eq(count, MEMBERS);
    skel_reader_free_names(count, &names);
    SKEL_TRY(skel_reader_list_attributes(reader, "/provenance", &count, &names));
    ck_assert_uint_ge(count, MEMBERS);
done:
    skel_reader_free_names(count, &names);
    return status;
}

static skel_status check_attribute(skel_reader *reader)
{
    skel_status status = skel_reader_check_attribute(reader, "/summary", "sparsity");

    return status == SKEL_OK ? skel_reader_check_attribute(reader, "/provenance", "key7") : status;
}

static skel_status read_arrays(skel_reader *reader)
{
    static const char *const paths[] = {"/numbers", "/chunks"};
    static double rows[VALUES];
    char sum[SKEL_CHECKSUM_TEXT];
    skel_array array;
    double *mean = NULL;
    size_t count = 0;
    skel_status status = skel_array_attribute(reader, "/", "mean", &count, &mean);

    SKEL_TRY(status);
    ck_assert_uint_eq(count, 3);
    for (int i = 0; i < 2; i++) {
        SKEL_TRY(skel_array_look(reader, paths[i], &array));
        SKEL_TRY(skel_array_read(reader, paths[i], 150, 300, rows));
        SKEL_TRY(skel_array_checksum(reader, paths[i], sum));
    }
done:
    SKEL_FREE(&mean);
    return status;
}

/* Questions without a status: closing the file has to tell. */
static skel_status ask(skel_reader *reader)
{
    char text[64];

    (void)skel_reader_has(reader, "/weights/layer3.weight");
    (void)skel_reader_has(reader, "/nowhere/at all");
    (void)skel_reader_is_dataset(reader, "/masks/layer3.weight");
    (void)skel_reader_is_text(reader, "/metrics/layers/name");
    skel_reader_attribute(reader, "/provenance", "key7", sizeof text, text);
    return SKEL_OK;
}

/* A wrong answer that a caller has taken for damage. */
static skel_status judge(skel_reader *reader)
{
    bool has = skel_reader_has(reader, "/weights/layer3.weight");

    return has ? SKEL_OK : SKEL_FAIL(SKEL_ERR_DATA, "there are no weights");
}

static skel_status act(const char *path, action *what)
{
    skel_reader *reader = NULL;
    skel_status status = skel_reader_open(path, &reader);

    if (status == SKEL_OK) {
        status = what(reader);
    }
    return skel_reader_close(&reader, status);
}

/* Repeats the action, whose first call fails, then its second, up to the last. Without memory for
 * the seal the manifest decides; a read has no other one in its place. */
static void suffer(const char *path, action *what, failing *call, skel_status expected)
{
    size_t told = 0;
    size_t calls = 0;
    bool struck = true;

    ck_assert_ok(act(path, what));
    while (struck) {
        skel_status status = SKEL_OK;

        calls++;
        *call = (failing){.at = calls};
        status = act(path, what);
        struck = call->calls >= calls;
        ck_assert_msg(
            status == expected || (status == SKEL_OK && (!struck || expected == SKEL_ERR_MEMORY)),
            "%s, call %zu: status %d: %s", path, calls, (int)status, skel_error_message());
        told += status == expected;
    }
    *call = (failing){.at = 0};
    ck_assert_uint_gt(told, calls / 2);
}

static void suffer_all(failing *call, skel_status expected)
{
    static action *const actions[] = {verify,          read_numbers, read_texts, list,
                                      check_attribute, ask,          judge};
    static const float values[VALUES];
    static const uint8_t mask[VALUES];
    char own[256];
    char bare[256];
    char foreign[256];

    skel_scratch_make();
    (void)snprintf(own, sizeof own, "%s", skel_scratch_file("own", ".h5"));
    (void)snprintf(bare, sizeof bare, "%s", skel_scratch_file("bare", ".h5"));
    (void)snprintf(foreign, sizeof foreign, "%s", skel_scratch_file("foreign", ".h5"));
    ck_assert_ok(skel_small_run_write(own, values, mask));
    write_bare(own, bare);
    write_foreign(foreign);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        suffer(own, actions[i], call, expected);
        suffer(bare, actions[i], call, expected);
    }
    suffer(SKEL_TEST_SOURCE_DIR "/reference/schema1.h5", verify, call, expected);
    suffer(foreign, read_texts, call, expected);
    suffer(foreign, read_arrays, call, expected);
    skel_scratch_remove();
}

START_TEST(a_disk_that_fails_at_any_read_is_no_damage_of_the_file)
{
    suffer_all(&reads, SKEL_ERR_IO);
}
END_TEST

START_TEST(a_shortage_of_memory_at_any_allocation_is_no_damage_of_the_file)
{
    suffer_all(&allocations, SKEL_ERR_MEMORY);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_disk_that_fails_at_any_read_is_no_damage_of_the_file);
    tcase_add_test(tcase, a_shortage_of_memory_at_any_allocation_is_no_damage_of_the_file);
}

int main(void)
{
    return skel_suite_run("failing_system", fill);
}
