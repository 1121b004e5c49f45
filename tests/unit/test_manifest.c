/* Manifests: their text, and the comparison of single attributes and groups of a file with them. */
#include "scratch.h"
#include "suite.h"

#include "store/manifest_text.h"

#include "skel/memory.h"
#include "skel/reader.h"
#include "skel/run_file.h"

#include <stdio.h>
#include <string.h>

#define SUM_A "00112233445566778899aabbccddeeff"
#define SUM_B "ffeeddccbbaa99887766554433221100"

static const char expected[] = "skel-manifest\t1\n"
                               "group\t/\n"
                               "attribute\t/\tname\ttext\tscalar\t" SUM_B "\n"
                               "group\t/a\n"
                               "group\t/a/b\n"
                               "dataset\t/a/b/x.y\tfloat32\t64x3x3x3\t" SUM_A "\n"
                               "attribute\t/a/b/x.y\tunits\ttext\tscalar\t" SUM_A "\n"
                               "group\t/c\n"
                               "attribute\t/c\tFILE:a\\tb\\n\\\\c\tint64\tscalar\t" SUM_A "\n";

static skel_status fill_manifest(skel_manifest *manifest)
{
    const size_t shape[] = {64, 3, 3, 3};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_manifest_set_attribute(manifest, "/", "name", "text", SUM_A));
    SKEL_TRY(skel_manifest_set_attribute(manifest, "/", "name", "text", SUM_B));
    SKEL_TRY(skel_manifest_add_dataset(manifest, "/a/b/x.y", "float32", 4, shape, SUM_A));
    SKEL_TRY(skel_manifest_set_attribute(manifest, "/a/b/x.y", "units", "text", SUM_A));
    SKEL_TRY(skel_manifest_set_attribute(manifest, "/c", "FILE:a\tb\n\\c", "int64", SUM_A));
done:
    return status;
}

START_TEST(the_text_has_a_line_for_each_object_and_attribute)
{
    skel_manifest manifest = {0};
    size_t bytes = 0;
    char *text = NULL;

    ck_assert_ok(fill_manifest(&manifest));
    ck_assert_ok(skel_manifest_print(&manifest, &bytes, &text));
    ck_assert_uint_eq(bytes, sizeof expected - 1);
    ck_assert_mem_eq(text, expected, bytes);
    SKEL_FREE(&text);
    skel_manifest_free(&manifest);
}
END_TEST

START_TEST(entries_are_found_again_in_the_text)
{
    skel_manifest manifest = {0};
    const skel_manifest_entry *entry = NULL;

    ck_assert_ok(skel_manifest_parse("file", sizeof expected - 1, expected, &manifest));
    ck_assert_uint_eq(manifest.count, 8);
    entry = skel_manifest_find(&manifest, "/a/b/x.y", NULL);
    ck_assert(entry != NULL && entry->kind == SKEL_MANIFEST_DATASET);
    ck_assert_str_eq(entry->type, "float32");
    ck_assert_str_eq(entry->shape, "64x3x3x3");
    ck_assert_str_eq(entry->checksum, SUM_A);
    entry = skel_manifest_find(&manifest, "/c", "FILE:a\tb\n\\c");
    ck_assert(entry != NULL && entry->kind == SKEL_MANIFEST_ATTRIBUTE);
    entry = skel_manifest_find(&manifest, "/", "name");
    ck_assert(entry != NULL && strcmp(entry->checksum, SUM_B) == 0);
    ck_assert_ptr_null(skel_manifest_find(&manifest, "/c", "FILE"));
    ck_assert_ptr_null(skel_manifest_find(&manifest, "/a/b/x", NULL));
    skel_manifest_free(&manifest);
}
END_TEST

START_TEST(a_damaged_line_is_refused_with_its_number)
{
    static const struct {
        const char *text;
        const char *part;
    } bad[] = {
        {"", "line 1 "},
        {"skel-manifest\t2\n", "line 1 "},
        {"skel-manifest\t1\ngroup\t/\nnothing\t/a\n", "line 3 "},
        {"skel-manifest\t1\ngroup\t/\textra\n", "line 2 "},
        {"skel-manifest\t1\ngroup\t/", "line 2 "},
        {"skel-manifest\t1\ndataset\t/x\tfloat32\t3\t" SUM_A SUM_B "\n", "line 2 "},
        {"skel-manifest\t1\ndataset\t/x\tfloat32\t3\t" SUM_A "\t1\t2\t3\n", "line 2 "},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        skel_manifest manifest;

        ck_assert_int_eq(skel_manifest_parse("FILE", strlen(bad[i].text), bad[i].text, &manifest),
                         SKEL_ERR_DATA);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), bad[i].part));
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "FILE"));
        ck_assert_uint_eq(manifest.count, 0);
        ck_assert_ptr_null(manifest.entry);
    }
}
END_TEST

/* Three values and two attributes in a file of one rank; returns the status. */
static skel_status write_file(const char *path)
{
    static const double values[] = {1, 2, 3};
    const skel_file_dataset spec = {.path = "/metrics/x",
                                    .element = SKEL_FLOAT64,
                                    .dims = 1,
                                    .shape = {3},
                                    .data = values,
                                    .units = "s"};
    skel_comm *comm = NULL;
    skel_file *file = NULL;
    skel_status status = skel_comm_create_self(&comm);

    SKEL_TRY(status);
    SKEL_TRY(skel_file_create(comm, path, &file));
    SKEL_TRY(skel_run_file_stamp(file, SKEL_RUN_SCHEMA, "0.1.0", "2026-01-31T13:05:00Z"));
    SKEL_TRY(skel_file_write(file, &spec));
    SKEL_TRY(skel_file_set_double(file, "/summary", "seconds", 3.5));
    SKEL_TRY(skel_file_set_text(file, "/summary", "method", "snip"));
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    skel_comm_destroy(&comm);
    return status;
}

/* Exchanges bytes that the file has once for others of the same length. */
static void exchange(const char *path, size_t bytes, const void *from, const void *to)
{
    static char content[1 << 20];
    FILE *stream = fopen(path, "r+b");
    size_t size = 0;
    char *found = NULL;

    ck_assert_ptr_nonnull(stream);
    size = fread(content, 1, sizeof content, stream);
    found = memmem(content, size, from, bytes);
    ck_assert_ptr_nonnull(found);
    ck_assert(fseek(stream, found - content, SEEK_SET) == 0);
    ck_assert(fwrite(to, 1, bytes, stream) == bytes && fclose(stream) == 0);
}

START_TEST(parts_of_a_file_are_compared_on_their_own)
{
    const double values[2] = {2, 2.5};
    char path[512];
    size_t datasets = 0;
    skel_reader *reader = NULL;

    skel_scratch_make();
    (void)snprintf(path, sizeof path, "%s/a.h5", skel_scratch_folder());
    ck_assert_ok(write_file(path));
    exchange(path, sizeof *values, &values[0], &values[1]); /* in the dataset: HDF5 sees nothing */
    ck_assert_ok(skel_reader_open(path, &reader));
    ck_assert_ok(skel_reader_check_attribute(reader, "/summary", "seconds"));
    ck_assert_ok(skel_reader_check_attribute(reader, "/summary", "not_there"));
    ck_assert_ok(skel_reader_check_attribute(reader, "/not_there", "seconds"));
    ck_assert_ok(skel_reader_check(reader, "/summary", &datasets));
    ck_assert_uint_eq(datasets, 0);
    ck_assert_ok(skel_reader_check(reader, "/not_there", NULL));
    ck_assert_int_eq(skel_reader_check(reader, "/metrics", &datasets), SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "/metrics/x is damaged, or was changed"));
    ck_assert_int_eq(skel_reader_check(reader, "/", NULL), SKEL_ERR_DATA);
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    skel_scratch_remove();
}
END_TEST

START_TEST(values_are_compared_when_they_are_read)
{
    const double values[2] = {2, 2.5};
    char path[512];
    size_t count = 0;
    double *read = NULL;
    skel_reader *reader = NULL;

    skel_scratch_make();
    (void)snprintf(path, sizeof path, "%s/a.h5", skel_scratch_folder());
    ck_assert_ok(write_file(path));
    ck_assert_ok(skel_reader_open(path, &reader));
    ck_assert_ok(skel_reader_doubles(reader, "/metrics/x", &count, &read));
    ck_assert(count == 3 && read[1] == 2);
    SKEL_FREE(&read);
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    exchange(path, sizeof *values, &values[0], &values[1]);
    ck_assert_ok(skel_reader_open(path, &reader));
    ck_assert_int_eq(skel_reader_doubles(reader, "/metrics/x", &count, &read), SKEL_ERR_DATA);
    ck_assert(count == 0 && read == NULL);
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    skel_scratch_remove();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_text_has_a_line_for_each_object_and_attribute);
    tcase_add_test(tcase, entries_are_found_again_in_the_text);
    tcase_add_test(tcase, a_damaged_line_is_refused_with_its_number);
    tcase_add_test(tcase, parts_of_a_file_are_compared_on_their_own);
    tcase_add_test(tcase, values_are_compared_when_they_are_read);
}

int main(void)
{
    return skel_suite_run("manifest", fill);
}
