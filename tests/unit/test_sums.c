/* The content of a data set's files against known checksums: right, other, changed later, unknown.
 */
#include "data/sums.h"

#include "fixture.h"
#include "suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The IDX fixture with the checksums of its files, and a folder that has it. */
static struct {
    skel_catalog_entry entry;
    char md5[SKEL_DATASET_FILES][SKEL_CHECKSUM_TEXT];
    char xxh3[SKEL_DATASET_FILES][SKEL_CHECKSUM_TEXT];
    char dir[SKEL_PATH];
    char path[SKEL_PATH]; /* of the training images */
} at;

static void set_up(void)
{
    uint8_t content[SKEL_FIXTURE_BYTES];

    at.entry = *skel_fixture_idx();
    for (size_t i = 0; i < at.entry.files; i++) {
        size_t bytes = skel_fixture_content(&at.entry, i, content);

        skel_checksum_md5(bytes, content, at.md5[i]);
        skel_checksum_xxh3(bytes, content, at.xxh3[i]);
        at.entry.file[i].md5 = at.md5[i];
        at.entry.file[i].xxh3 = at.xxh3[i];
    }
    skel_fixture_dir(at.dir);
    skel_fixture_fill(&at.entry, at.dir, false);
    skel_data_folder_join(at.dir, at.entry.file[0].name, at.path);
}

static void tear_down(void)
{
    skel_fixture_remove(at.dir);
}

/* Flips a bit of the last pixel: another content of the same length. */
static void change_a_pixel(void)
{
    uint8_t content[SKEL_FIXTURE_BYTES];
    size_t bytes = skel_fixture_content(&at.entry, 0, content);

    content[bytes - 1] ^= 1;
    skel_fixture_write(at.dir, at.entry.file[0].name, bytes, content, false);
}

/* Opens the data set; `*pixel` is the last one of the training images. */
static skel_status open_it(bool unverified, uint8_t *pixel)
{
    const size_t last = SKEL_FIXTURE_TRAIN * at.entry.info.height * at.entry.info.width - 1;
    skel_comm *self = NULL;
    skel_dataset *dataset = NULL;
    skel_status status = SKEL_OK;

    ck_assert_ok(skel_comm_create_self(&self));
    status = skel_dataset_open_entry(self, &at.entry, at.dir, unverified, &dataset);
    ck_assert((status == SKEL_OK) == (dataset != NULL));
    *pixel = dataset != NULL ? dataset->train.images[last] : 0;
    ck_assert(dataset == NULL || dataset->unverified == unverified);
    skel_dataset_close(&dataset);
    skel_comm_destroy(&self);
    return status;
}

static void check_message(const char *words)
{
    ck_assert_msg(strstr(skel_error_message(), words) != NULL, "no '%s' in: %s", words,
                  skel_error_message());
}

START_TEST(other_bytes_of_the_same_length_are_refused_by_either_checksum)
{
    uint8_t pixel = 0;

    set_up();
    ck_assert_ok(open_it(false, &pixel));
    change_a_pixel();
    ck_assert_int_eq(open_it(false, &pixel), SKEL_ERR_DATA);
    check_message(at.path);
    check_message("not the file of IDX fixture");
    check_message(at.xxh3[0]);
    check_message("data.unverified: true");
    at.entry.file[0].xxh3 = NULL;
    ck_assert_int_eq(open_it(false, &pixel), SKEL_ERR_DATA);
    check_message(at.md5[0]);
    tear_down();
}
END_TEST

START_TEST(unverified_takes_the_bytes_that_are_there)
{
    uint8_t right = 0;
    uint8_t other = 0;

    set_up();
    ck_assert_ok(open_it(true, &right));
    change_a_pixel();
    ck_assert_ok(open_it(true, &other));
    ck_assert_uint_eq(other, right ^ 1);
    tear_down();
}
END_TEST

START_TEST(unverified_takes_no_damaged_file)
{
    uint8_t pixel = 0;

    set_up();
    ck_assert_int_eq(truncate(at.path, 100), 0);
    ck_assert_int_eq(open_it(true, &pixel), SKEL_ERR_DATA);
    check_message("the file is truncated");
    tear_down();
}
END_TEST

START_TEST(a_file_that_changes_after_it_was_compared_is_refused_though_its_times_are_the_old_ones)
{
    struct stat before;
    struct stat after;
    uint8_t pixel = 0;

    set_up();
    ck_assert_ok(open_it(false, &pixel));
    ck_assert_int_eq(stat(at.path, &before), 0);
    change_a_pixel();
    ck_assert_int_eq(
        utimensat(AT_FDCWD, at.path, (const struct timespec[]){before.st_atim, before.st_mtim}, 0),
        0);
    ck_assert_int_eq(stat(at.path, &after), 0);
    ck_assert(before.st_size == after.st_size && before.st_ino == after.st_ino &&
              before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    ck_assert_int_eq(open_it(false, &pixel), SKEL_ERR_DATA);
    tear_down();
}
END_TEST

START_TEST(a_folder_that_cannot_be_written_is_compared_too)
{
    uint8_t pixel = 0;

    set_up();
    change_a_pixel();
    ck_assert_int_eq(chmod(at.dir, 0555), 0);
    ck_assert_int_eq(open_it(false, &pixel), SKEL_ERR_DATA);
    ck_assert_ok(open_it(true, &pixel));
    ck_assert_int_eq(chmod(at.dir, 0755), 0);
    tear_down();
}
END_TEST

START_TEST(sums_noted_by_a_fetch_are_compared_where_the_catalogue_has_none)
{
    uint8_t pixel = 0;

    set_up();
    ck_assert_ok(skel_sums_note(&at.entry, at.dir, at.dir, at.dir));
    for (size_t i = 0; i < at.entry.files; i++) {
        at.entry.file[i].md5 = NULL;
        at.entry.file[i].xxh3 = NULL;
    }
    ck_assert_ok(open_it(false, &pixel));
    change_a_pixel();
    ck_assert_int_eq(open_it(false, &pixel), SKEL_ERR_DATA);
    check_message(at.md5[0]);
    tear_down();
}
END_TEST

START_TEST(a_check_finds_missing_short_and_empty_files_without_reading)
{
    char path[SKEL_PATH];

    set_up();
    ck_assert_ok(skel_dataset_check_entry(&at.entry, at.dir));
    ck_assert_int_eq(truncate(at.path, 100), 0);
    ck_assert_int_eq(skel_dataset_check_entry(&at.entry, at.dir), SKEL_ERR_DATA);
    check_message("100 bytes, expected 256");
    skel_data_folder_join(at.dir, "train-images.gz", path);
    ck_assert_int_eq(rename(at.path, path), 0);
    ck_assert_ok(skel_dataset_check_entry(&at.entry, at.dir));
    ck_assert_int_eq(truncate(path, 0), 0);
    ck_assert_int_eq(skel_dataset_check_entry(&at.entry, at.dir), SKEL_ERR_DATA);
    check_message("is empty");
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(skel_dataset_check_entry(&at.entry, at.dir), SKEL_ERR_IO);
    check_message("fetches it");
    ck_assert_int_eq(skel_dataset_check(&(skel_dataset_source){.set = "mnist", .dir = at.dir}),
                     SKEL_ERR_IO);
    ck_assert_int_eq(skel_dataset_check(&(skel_dataset_source){.set = "mnits", .dir = at.dir}),
                     SKEL_ERR_CONFIG);
    tear_down();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, other_bytes_of_the_same_length_are_refused_by_either_checksum);
    tcase_add_test(tcase, unverified_takes_the_bytes_that_are_there);
    tcase_add_test(tcase, unverified_takes_no_damaged_file);
    tcase_add_test(
        tcase,
        a_file_that_changes_after_it_was_compared_is_refused_though_its_times_are_the_old_ones);
    tcase_add_test(tcase, a_folder_that_cannot_be_written_is_compared_too);
    tcase_add_test(tcase, sums_noted_by_a_fetch_are_compared_where_the_catalogue_has_none);
    tcase_add_test(tcase, a_check_finds_missing_short_and_empty_files_without_reading);
}

int main(void)
{
    return skel_suite_run("sums", fill);
}
