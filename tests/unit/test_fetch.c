/* Fetching files from a web of ours: complete, interrupted, damaged, killed. */
#include "places.h"

#include "data/fetch_internal.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const skel_source web[] = {
    {SKEL_SOURCE_FILES, "https://example.org/files", NULL, NULL, false, 1000}};

static skel_places at;

START_TEST(files_from_the_web_appear_complete_and_verified)
{
    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_fill(&at.entry, at.served, true);
    ck_assert_ok(skel_fetch_entry(&at.entry, 1, web, at.dir));
    skel_places_check_complete(&at);
    ck_assert_str_eq(skel_places_calls(&at),
                     "train-images.gz 0\ntrain-labels.gz 0\ntest-images.gz 0\n"
                     "test-labels.gz 0\n");
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(a_download_that_breaks_off_goes_on_where_it_was)
{
    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_fill(&at.entry, at.served, true);
    skel_fixture_write(at.fake, "limit", 2, "50", false);
    ck_assert_ok(skel_fetch_entry(&at.entry, 1, web, at.dir));
    skel_places_check_complete(&at);
    ck_assert_ptr_nonnull(
        strstr(skel_places_calls(&at), "train-images.gz 0\ntrain-images.gz 50\n"));
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(a_fetch_that_failed_half_way_is_finished_by_the_next)
{
    char limit[SKEL_PATH];

    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_fill(&at.entry, at.served, true);
    skel_fixture_write(at.fake, "limit", 2, "50", false);
    skel_places_script(&at, "first", skel_places_curl);
    skel_places_script(&at, "curl",
                       "#!/bin/sh\n"
                       "[ -f $FAKE/first ] || { echo 'curl: (7) refused' >&2; exit 7; }\n"
                       "sh $FAKE/first \"$@\"; code=$?; rm $FAKE/first; exit $code\n");
    skel_places_check_failure(skel_fetch_entry(&at.entry, 1, web, at.dir), SKEL_ERR_IO,
                              "example.org", "curl: (7) refused");
    ck_assert_uint_eq(skel_fetch_count(&at.entry, at.dir), 0);
    ck_assert(skel_places_exists(at.dir, ".fetch/train-images.gz"));

    skel_places_script(&at, "curl", skel_places_curl);
    skel_data_folder_join(at.fake, "limit", limit);
    ck_assert_int_eq(unlink(limit), 0);
    ck_assert_ok(skel_fetch_entry(&at.entry, 1, web, at.dir));
    skel_places_check_complete(&at);
    ck_assert_ptr_nonnull(
        strstr(skel_places_calls(&at), "train-images.gz 0\ntrain-images.gz 50\n"));
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(a_download_that_only_lacked_its_check_is_not_repeated)
{
    char work[SKEL_PATH];

    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_fill(&at.entry, at.served, true);
    skel_data_folder_join(at.dir, ".fetch", work);
    ck_assert_int_eq(mkdir(work, 0777), 0);
    skel_fixture_fill(&at.entry, work, true);
    ck_assert_ok(skel_fetch_entry(&at.entry, 1, web, at.dir));
    skel_places_check_complete(&at);
    ck_assert_str_eq(skel_places_calls(&at), "");
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(a_beginning_of_something_else_is_thrown_away)
{
    static const char zeros[4000];
    char work[SKEL_PATH];

    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_fill(&at.entry, at.served, true);
    skel_data_folder_join(at.dir, ".fetch", work);
    ck_assert_int_eq(mkdir(work, 0777), 0);
    skel_fixture_write(work, "train-images.gz", 30, "an old version of the same file", false);
    skel_fixture_write(work, "test-labels.gz", sizeof zeros, zeros, false); /* too long */
    ck_assert_ok(skel_fetch_entry(&at.entry, 1, web, at.dir));
    skel_places_check_complete(&at);
    ck_assert_ptr_nonnull(
        strstr(skel_places_calls(&at), "train-images.gz 30\ntrain-images.gz 0\n"));
    ck_assert_ptr_nonnull(
        strstr(skel_places_calls(&at), "test-labels.gz 4000\ntest-labels.gz 0\n"));
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(bytes_with_another_checksum_never_get_their_final_name)
{
    uint8_t content[SKEL_FIXTURE_BYTES];
    size_t bytes = 0;

    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_fill(&at.entry, at.served, true);
    bytes = skel_fixture_content(&at.entry, 0, content);
    content[100] ^= 1;
    skel_fixture_write(at.served, "train-images.gz", bytes, content, true);
    skel_places_check_failure(skel_fetch_entry(&at.entry, 1, web, at.dir), SKEL_ERR_IO,
                              "MD5 of the content is", at.sums[0]);
    ck_assert_uint_eq(skel_fetch_count(&at.entry, at.dir), 0);
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(a_data_set_already_there_is_verified_and_not_fetched)
{
    uint8_t content[SKEL_FIXTURE_BYTES];
    size_t bytes = 0;

    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_fill(&at.entry, at.served, true);
    skel_fixture_fill(&at.entry, at.dir, false);
    ck_assert_ok(skel_fetch_entry(&at.entry, 1, web, at.dir));
    bytes = skel_fixture_content(&at.entry, 2, content);
    content[77] ^= 4;
    skel_fixture_write(at.dir, "test-images", bytes, content, false);
    skel_places_check_failure(skel_fetch_entry(&at.entry, 1, web, at.dir), SKEL_ERR_DATA,
                              "test-images: MD5",
                              "remove that file and run `skel data idx-fixture --dir ");
    skel_places_check_failure(skel_fetch_check(&at.entry, at.dir), SKEL_ERR_DATA,
                              "test-images: MD5", at.sums[2]);
    ck_assert_str_eq(skel_places_calls(&at), "");
    skel_places_tear_down(&at);
}
END_TEST

START_TEST(of_a_data_set_partly_there_the_rest_is_fetched)
{
    char path[SKEL_PATH];

    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_fill(&at.entry, at.served, true);
    skel_fixture_fill(&at.entry, at.dir, false);
    skel_data_folder_join(at.dir, "test-labels", path);
    ck_assert_int_eq(unlink(path), 0);
    skel_places_check_failure(skel_fetch_check(&at.entry, at.dir), SKEL_ERR_IO, "test-labels",
                              "fetches it");
    ck_assert_ok(skel_fetch_entry(&at.entry, 1, web, at.dir));
    skel_places_check_complete(&at);
    ck_assert_str_eq(skel_places_calls(&at), "test-labels.gz 0\n");
    skel_places_tear_down(&at);
}
END_TEST

static void nap(void)
{
    const struct timespec pause = {0, 10000000};

    (void)nanosleep(&pause, NULL);
}

START_TEST(a_fetch_that_was_killed_is_resumed_once_its_download_has_ended)
{
    char hold[SKEL_PATH];
    pid_t child = 0;
    int state = 0;
    skel_status status = SKEL_OK;

    skel_places_set_up(skel_fixture_idx(), &at);
    skel_fixture_fill(&at.entry, at.served, true);
    skel_fixture_write(at.fake, "hold", 0, "", false);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        _exit(skel_fetch_entry(&at.entry, 1, web, at.dir) == SKEL_OK ? 0 : 1);
    }
    while (!skel_places_exists(at.fake, "held")) {
        nap();
    }
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, &state, 0), child);
    ck_assert_uint_eq(skel_fetch_count(&at.entry, at.dir), 0);

    /* curl is still writing: nobody else may start */
    skel_places_check_failure(skel_fetch_entry(&at.entry, 1, web, at.dir), SKEL_ERR_IO,
                              "another process", "try again");
    skel_data_folder_join(at.fake, "hold", hold);
    ck_assert_int_eq(unlink(hold), 0);
    do {
        nap();
        status = skel_fetch_entry(&at.entry, 1, web, at.dir);
    } while (status == SKEL_ERR_IO && strstr(skel_error_message(), "another process") != NULL);
    ck_assert_ok(status);
    skel_places_check_complete(&at);
    ck_assert_ptr_nonnull(strstr(skel_places_calls(&at), "train-images.gz 0\ntrain-labels.gz 0\n"));
    skel_places_tear_down(&at);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, files_from_the_web_appear_complete_and_verified);
    tcase_add_test(tcase, a_download_that_breaks_off_goes_on_where_it_was);
    tcase_add_test(tcase, a_fetch_that_failed_half_way_is_finished_by_the_next);
    tcase_add_test(tcase, a_download_that_only_lacked_its_check_is_not_repeated);
    tcase_add_test(tcase, a_beginning_of_something_else_is_thrown_away);
    tcase_add_test(tcase, bytes_with_another_checksum_never_get_their_final_name);
    tcase_add_test(tcase, a_data_set_already_there_is_verified_and_not_fetched);
    tcase_add_test(tcase, of_a_data_set_partly_there_the_rest_is_fetched);
    tcase_add_test(tcase, a_fetch_that_was_killed_is_resumed_once_its_download_has_ended);
}

int main(void)
{
    return skel_suite_run("fetch", fill);
}
