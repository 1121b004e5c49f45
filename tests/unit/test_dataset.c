/* Reading data sets: small ones in the official formats, and every way in which they break. */
#include "fixture.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void check_half(const skel_catalog_entry *entry, const skel_samples *half, bool is_test)
{
    size_t pixels = entry->info.channels * entry->info.height * entry->info.width;

    ck_assert_uint_eq(half->count, is_test ? SKEL_FIXTURE_TEST : SKEL_FIXTURE_TRAIN);
    for (size_t i = 0; i < half->count; i++) {
        ck_assert_uint_eq(half->labels[i], skel_fixture_label(entry, is_test, i));
    }
    for (size_t i = 0; i < half->count * pixels; i++) {
        ck_assert_uint_eq(half->images[i], skel_fixture_pixel(is_test, i));
    }
}

static void open_and_check(const skel_catalog_entry *entry, const char *dir)
{
    skel_comm *self = NULL;
    skel_dataset *dataset = NULL;

    ck_assert_ok(skel_comm_create_self(&self));
    ck_assert_ok(skel_dataset_open_entry(self, entry, dir, false, &dataset));
    check_half(entry, &dataset->train, false);
    check_half(entry, &dataset->test, true);
    ck_assert_uint_eq(dataset->files, entry->files);
    for (size_t i = 0; i < dataset->files; i++) {
        uint8_t content[SKEL_FIXTURE_BYTES];
        char expected[SKEL_CHECKSUM_TEXT];

        skel_checksum_xxh3(skel_fixture_content(entry, i, content), content, expected);
        ck_assert_str_eq(dataset->file[i].checksum, expected);
    }
    skel_dataset_close(&dataset);
    ck_assert_ptr_null(dataset);
    skel_comm_destroy(&self);
}

/* Opens a folder that must be refused with a status and a message that has all the words. */
static void check_refused(const skel_catalog_entry *entry, const char *dir, skel_status expected,
                          const char *first, const char *second)
{
    skel_comm *self = NULL;
    skel_dataset *dataset = NULL;

    ck_assert_ok(skel_comm_create_self(&self));
    ck_assert_int_eq(skel_dataset_open_entry(self, entry, dir, false, &dataset), expected);
    ck_assert_ptr_null(dataset);
    ck_assert_msg(strstr(skel_error_message(), first) != NULL, "no '%s' in: %s", first,
                  skel_error_message());
    ck_assert_msg(strstr(skel_error_message(), second) != NULL, "no '%s' in: %s", second,
                  skel_error_message());
    skel_comm_destroy(&self);
}

/* Writes the fixture with one file changed and expects it to be refused. */
static void refuse_change(const skel_catalog_entry *entry, size_t file, size_t bytes,
                          const uint8_t content[], const char *words)
{
    char dir[SKEL_PATH];

    for (int gzip = 0; gzip < 2; gzip++) {
        char name[128];

        (void)snprintf(name, sizeof name, "%s%s", entry->file[file].name, gzip ? ".gz" : "");
        skel_fixture_dir(dir);
        skel_fixture_fill(entry, dir, gzip != 0);
        skel_fixture_write(dir, name, bytes, content, gzip != 0);
        check_refused(entry, dir, SKEL_ERR_DATA, words, name);
        skel_fixture_remove(dir);
    }
}

START_TEST(idx_files_plain_or_gzip_give_the_same_samples)
{
    char dir[SKEL_PATH];

    for (int gzip = 0; gzip < 2; gzip++) {
        skel_fixture_dir(dir);
        skel_fixture_fill(skel_fixture_idx(), dir, gzip != 0);
        open_and_check(skel_fixture_idx(), dir);
        skel_fixture_remove(dir);
    }
}
END_TEST

START_TEST(records_are_found_in_the_folder_or_in_the_archives_subfolder)
{
    char dir[SKEL_PATH];
    char subfolder[SKEL_PATH];

    skel_fixture_dir(dir);
    skel_fixture_fill(skel_fixture_records(), dir, false);
    open_and_check(skel_fixture_records(), dir);
    skel_fixture_remove(dir);

    skel_fixture_dir(dir);
    skel_data_folder_join(dir, "as-unpacked", subfolder);
    ck_assert_int_eq(mkdir(subfolder, 0777), 0);
    skel_fixture_fill(skel_fixture_records(), subfolder, false);
    open_and_check(skel_fixture_records(), dir);
    skel_fixture_remove(dir);
}
END_TEST

START_TEST(a_wrong_magic_or_dimension_is_named)
{
    uint8_t content[SKEL_FIXTURE_BYTES];
    size_t bytes = skel_fixture_content(skel_fixture_idx(), 0, content);

    content[3] = 1;
    refuse_change(skel_fixture_idx(), 0, bytes, content, "magic number is 2049, expected 2051");
    (void)skel_fixture_content(skel_fixture_idx(), 0, content);
    content[7] = 13;
    refuse_change(skel_fixture_idx(), 0, bytes, content, "number of samples is 13, expected 12");
    (void)skel_fixture_content(skel_fixture_idx(), 0, content);
    content[11] = 6;
    refuse_change(skel_fixture_idx(), 0, bytes, content, "height is 6, expected 5");
    (void)skel_fixture_content(skel_fixture_idx(), 0, content);
    content[12] = 1;
    refuse_change(skel_fixture_idx(), 0, bytes, content, "width is 16777220, expected 4");
    bytes = skel_fixture_content(skel_fixture_idx(), 3, content);
    content[3] = 3;
    refuse_change(skel_fixture_idx(), 3, bytes, content, "magic number is 2051, expected 2049");
}
END_TEST

START_TEST(a_short_file_is_truncated_and_a_long_one_has_bytes_too_many)
{
    uint8_t content[SKEL_FIXTURE_BYTES] = {0};

    for (size_t file = 0; file < 4; file++) {
        size_t bytes = skel_fixture_content(skel_fixture_idx(), file, content);

        refuse_change(skel_fixture_idx(), file, bytes - 1, content, "the file is truncated");
        refuse_change(skel_fixture_idx(), file, 3, content, "the file is truncated");
        refuse_change(skel_fixture_idx(), file, bytes + 2, content, "2 bytes too many");
    }
    for (size_t file = 0; file < 3; file++) {
        size_t bytes = skel_fixture_content(skel_fixture_records(), file, content);

        refuse_change(skel_fixture_records(), file, bytes - 62, content, "the file is truncated");
        refuse_change(skel_fixture_records(), file, bytes + 62, content, "62 bytes too many");
    }
}
END_TEST

START_TEST(a_label_out_of_range_is_named_with_its_sample)
{
    uint8_t content[SKEL_FIXTURE_BYTES];
    size_t bytes = skel_fixture_content(skel_fixture_idx(), 1, content);

    content[8 + 5] = 10;
    refuse_change(skel_fixture_idx(), 1, bytes, content,
                  "the label of sample 5 is 10, expected 0 to 9");
    bytes = skel_fixture_content(skel_fixture_records(), 2, content);
    content[6 * 62 + 1] = 100;
    refuse_change(skel_fixture_records(), 2, bytes, content,
                  "the label of sample 6 is 100, expected 0 to 99");
}
END_TEST

START_TEST(an_empty_file_or_a_folder_in_its_place_is_refused)
{
    char dir[SKEL_PATH];
    char path[SKEL_PATH];

    skel_fixture_dir(dir);
    skel_fixture_fill(skel_fixture_idx(), dir, false);
    skel_fixture_write(dir, "test-images", 0, "", false);
    check_refused(skel_fixture_idx(), dir, SKEL_ERR_DATA, "test-images", "is empty");
    skel_data_folder_join(dir, "test-images", path);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    check_refused(skel_fixture_idx(), dir, SKEL_ERR_IO, "test-images", "not a file");
    skel_fixture_remove(dir);
}
END_TEST

/* Reads a file of the folder into `content`; returns its length. */
static size_t slurp(const char *dir, const char *name, uint8_t content[])
{
    char path[SKEL_PATH];
    FILE *file = NULL;
    size_t bytes = 0;

    skel_data_folder_join(dir, name, path);
    file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    bytes = fread(content, 1, SKEL_FIXTURE_BYTES, file);
    ck_assert_int_eq(fclose(file), 0);
    return bytes;
}

START_TEST(gzip_that_is_cut_or_damaged_or_not_gzip_is_refused)
{
    uint8_t packed[SKEL_FIXTURE_BYTES];
    uint8_t damaged[SKEL_FIXTURE_BYTES];
    char dir[SKEL_PATH];
    size_t bytes = 0;

    skel_fixture_dir(dir);
    skel_fixture_fill(skel_fixture_idx(), dir, true);
    bytes = slurp(dir, "train-images.gz", packed);

    for (size_t kept = 3; kept < bytes; kept += 5) {
        skel_fixture_write(dir, "train-images.gz", kept, packed, false);
        check_refused(skel_fixture_idx(), dir, SKEL_ERR_DATA, "train-images.gz", "ends early");
    }
    memcpy(damaged, packed, bytes);
    damaged[bytes - 8] ^= 1; /* the CRC */
    skel_fixture_write(dir, "train-images.gz", bytes, damaged, false);
    check_refused(skel_fixture_idx(), dir, SKEL_ERR_DATA, "train-images.gz", "bad gzip data");
    memcpy(damaged, packed, bytes);
    damaged[bytes / 2] ^= 16;
    skel_fixture_write(dir, "train-images.gz", bytes, damaged, false);
    check_refused(skel_fixture_idx(), dir, SKEL_ERR_DATA, "train-images.gz", "");
    skel_fixture_write(dir, "train-images.gz", 20, "<html>not found</html>", false);
    check_refused(skel_fixture_idx(), dir, SKEL_ERR_DATA, "train-images.gz", "not a gzip file");
    skel_fixture_remove(dir);
}
END_TEST

START_TEST(a_missing_file_tells_the_command_that_fetches_it)
{
    char dir[SKEL_PATH];
    char path[SKEL_PATH];
    char command[SKEL_PATH + 64];

    skel_fixture_dir(dir);
    skel_fixture_fill(skel_fixture_idx(), dir, false);
    skel_data_folder_join(dir, "test-labels", path);
    ck_assert_int_eq(unlink(path), 0);
    (void)snprintf(command, sizeof command, "`skel data idx-fixture --dir %s` fetches it", dir);
    check_refused(skel_fixture_idx(), dir, SKEL_ERR_IO, command, "neither test-labels nor");
    check_refused(skel_fixture_idx(), dir, SKEL_ERR_IO, "Debian package", "dataset-of-the-test");
    skel_fixture_remove(dir);
    check_refused(skel_fixture_idx(), dir, SKEL_ERR_IO, command, "is not there");
}
END_TEST

START_TEST(a_misspelt_data_set_is_an_error_that_suggests_the_right_one)
{
    const skel_dataset_info *info = NULL;

    ck_assert_int_eq(skel_dataset_find("cifar-10", &info), SKEL_ERR_CONFIG);
    ck_assert_ptr_null(info);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "did you mean 'cifar10'?"));
    ck_assert_int_eq(skel_dataset_find("imagenet", &info), SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "fashion-mnist"));
}
END_TEST

START_TEST(every_data_set_is_covered_by_its_files)
{
    size_t count = 0;
    const char *const *names = skel_dataset_names(&count);

    ck_assert_uint_eq(count, 4);
    for (size_t i = 0; i < count; i++) {
        const skel_catalog_entry *entry = NULL;
        size_t images[2] = {0, 0};
        size_t labels[2] = {0, 0};

        ck_assert_ok(skel_catalog_find(names[i], &entry));
        for (size_t f = 0; f < entry->files; f++) {
            const skel_catalog_file *file = &entry->file[f];
            size_t half = file->is_test ? 1 : 0;

            images[half] += file->format != SKEL_CATALOG_IDX_LABELS ? file->count : 0;
            labels[half] += file->format != SKEL_CATALOG_IDX_IMAGES ? file->count : 0;
        }
        ck_assert_uint_eq(images[0], entry->info.train);
        ck_assert_uint_eq(labels[0], entry->info.train);
        ck_assert_uint_eq(images[1], entry->info.test);
        ck_assert_uint_eq(labels[1], entry->info.test);
        ck_assert(entry->info.classes <= 65536 && entry->info.mean != NULL);
    }
}
END_TEST

START_TEST(the_default_folder_follows_the_environment)
{
    char dir[SKEL_PATH];

    ck_assert_int_eq(setenv("HOME", "/nowhere/home", 1), 0);
    ck_assert_int_eq(unsetenv("XDG_DATA_HOME") | unsetenv("SKEL_DATA"), 0);
    skel_dataset_default_dir("mnist", dir);
    ck_assert_str_eq(dir, "/nowhere/home/.local/share/skel/mnist");
    ck_assert_int_eq(setenv("XDG_DATA_HOME", "/xdg", 1), 0);
    skel_dataset_default_dir("mnist", dir);
    ck_assert_str_eq(dir, "/xdg/skel/mnist");
    ck_assert_int_eq(setenv("SKEL_DATA", "/nowhere/sets", 1), 0);
    skel_dataset_default_dir("cifar100", dir);
    ck_assert_str_eq(dir, "/nowhere/sets/cifar100");
}
END_TEST

START_TEST(a_packages_copy_is_used_where_the_folder_has_none)
{
    skel_catalog_entry entry = *skel_fixture_idx();
    char data[SKEL_PATH];
    char own[SKEL_PATH];
    char package[SKEL_PATH];
    char found[SKEL_PATH];

    skel_fixture_dir(data);
    skel_fixture_dir(package);
    entry.package_dir = package;
    ck_assert_int_eq(setenv("SKEL_DATA", data, 1), 0);
    skel_data_folder_join(data, entry.info.name, own);
    skel_catalog_default_dir(&entry, found);
    ck_assert_str_eq(found, own);
    skel_fixture_fill(&entry, package, true);
    skel_catalog_default_dir(&entry, found);
    ck_assert_str_eq(found, package);
    open_and_check(&entry, NULL);
    ck_assert_int_eq(mkdir(own, 0777), 0);
    skel_fixture_fill(&entry, own, false);
    skel_catalog_default_dir(&entry, found);
    ck_assert_str_eq(found, own);
    skel_fixture_remove(data);
    skel_fixture_remove(package);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, idx_files_plain_or_gzip_give_the_same_samples);
    tcase_add_test(tcase, records_are_found_in_the_folder_or_in_the_archives_subfolder);
    tcase_add_test(tcase, a_wrong_magic_or_dimension_is_named);
    tcase_add_test(tcase, a_short_file_is_truncated_and_a_long_one_has_bytes_too_many);
    tcase_add_test(tcase, a_label_out_of_range_is_named_with_its_sample);
    tcase_add_test(tcase, an_empty_file_or_a_folder_in_its_place_is_refused);
    tcase_add_test(tcase, gzip_that_is_cut_or_damaged_or_not_gzip_is_refused);
    tcase_add_test(tcase, a_missing_file_tells_the_command_that_fetches_it);
    tcase_add_test(tcase, a_misspelt_data_set_is_an_error_that_suggests_the_right_one);
    tcase_add_test(tcase, every_data_set_is_covered_by_its_files);
    tcase_add_test(tcase, the_default_folder_follows_the_environment);
    tcase_add_test(tcase, a_packages_copy_is_used_where_the_folder_has_none);
}

int main(void)
{
    return skel_suite_run("dataset", fill);
}
