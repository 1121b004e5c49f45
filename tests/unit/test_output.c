/* Files that appear whole or not at all, and the places that they may take. */
#include "scratch.h"
#include "suite.h"

#include "skel/output.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 512, TEXT = 16 };

static void in_folder(const char *name, char path[PATH])
{
    (void)snprintf(path, PATH, "%s/%s", skel_scratch_folder(), name);
}

static skel_status write_text(const char *path, const char *text)
{
    skel_output *output = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_output_open(path, &output));
    skel_output_write(output, strlen(text), text);
    SKEL_TRY(skel_output_publish(&output));
done:
    skel_output_discard(&output);
    return status;
}

static void check_text(const char *path, const char *expected)
{
    char text[TEXT] = "";
    FILE *file = fopen(path, "r");

    ck_assert_ptr_nonnull(file);
    (void)!fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    ck_assert_str_eq(text, expected);
}

START_TEST(a_link_stays_and_its_target_is_replaced)
{
    char target[PATH];
    char link_to[PATH];
    char second[PATH];
    struct stat facts;

    skel_scratch_make();
    in_folder("target", target);
    in_folder("link", link_to);
    in_folder("second", second);
    ck_assert_int_eq(symlink("./target", link_to), 0);
    ck_assert_int_eq(symlink(link_to, second), 0);
    ck_assert_ok(write_text(second, "new")); /* the target is not there yet */
    check_text(target, "new");
    ck_assert_ok(write_text(link_to, "newer"));
    check_text(target, "newer");
    ck_assert_int_eq(lstat(link_to, &facts), 0);
    ck_assert(S_ISLNK(facts.st_mode));
    ck_assert_int_eq(lstat(second, &facts), 0);
    ck_assert(S_ISLNK(facts.st_mode));
    skel_scratch_remove();
}
END_TEST

START_TEST(a_link_to_itself_is_refused)
{
    char path[PATH];

    skel_scratch_make();
    in_folder("round", path);
    ck_assert_int_eq(symlink("round", path), 0);
    ck_assert_int_eq(write_text(path, "new"), SKEL_ERR_IO);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "/round: write: Too many levels"));
    skel_scratch_remove();
}
END_TEST

START_TEST(what_is_no_file_is_not_replaced)
{
    char path[PATH];
    skel_output *output = NULL;
    struct stat facts;

    skel_scratch_make();
    in_folder("pipe", path);
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    ck_assert_int_eq(write_text(path, "new"), SKEL_ERR_IO);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "/pipe is a pipe, not a file"));
    ck_assert_int_eq(write_text(skel_scratch_folder(), "new"), SKEL_ERR_IO);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), " is a folder, not a file"));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_ok(skel_output_open(path, &output));
    ck_assert_int_eq(mkfifo(path, 0666), 0); /* it comes while the file is written */
    ck_assert_int_eq(skel_output_publish(&output), SKEL_ERR_IO);
    ck_assert_int_eq(lstat(path, &facts), 0);
    ck_assert(S_ISFIFO(facts.st_mode));
    skel_scratch_remove();
}
END_TEST

START_TEST(text_goes_into_a_pipe_as_it_comes)
{
    char path[PATH];
    char text[TEXT] = "";
    skel_output *output = NULL;
    int reader = -1;

    skel_scratch_make();
    in_folder("pipe", path);
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    ck_assert_ok(skel_output_look_text(path));
    reader = open(path, O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(reader, 0);
    ck_assert_ok(skel_output_open_text(path, &output));
    skel_output_write(output, 3, "new");
    ck_assert_ok(skel_output_publish(&output));
    ck_assert_int_eq(read(reader, text, sizeof text - 1), 3);
    ck_assert_str_eq(text, "new");
    ck_assert_int_eq(close(reader), 0);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(skel_scratch_folder()), 0); /* nothing else is left */
}
END_TEST

START_TEST(a_reader_that_goes_away_is_an_error_and_no_signal)
{
    char path[PATH];
    skel_output *output = NULL;
    int reader = -1;

    skel_scratch_make();
    in_folder("pipe", path);
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    reader = open(path, O_RDONLY | O_NONBLOCK);
    ck_assert_ok(skel_output_open_text(path, &output));
    ck_assert_int_eq(close(reader), 0);
    skel_output_write(output, 3, "new");
    ck_assert_int_eq(skel_output_publish(&output), SKEL_ERR_IO);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "/pipe: write: Broken pipe"));
    ck_assert(signal(SIGPIPE, SIG_DFL) == SIG_DFL); /* as it was before */
    skel_scratch_remove();
}
END_TEST

/* Opened by its path, the file would be written from its beginning, or replaced. */
START_TEST(what_the_process_prints_to_gets_text_behind_what_it_printed)
{
    char path[PATH];

    skel_scratch_make();
    in_folder("log", path);
    ck_assert_ptr_nonnull(freopen(path, "w", stdout));
    ck_assert_int_gt(printf("a "), 0);
    ck_assert_int_eq(write_text(path, "new"), SKEL_ERR_IO);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "/log is where the command prints"));
    for (int i = 0; i < 2; i++) {
        skel_output *output = NULL;

        ck_assert_ok(skel_output_open_text(i == 0 ? path : "/dev/stdout", &output));
        skel_output_write(output, 2, "b ");
        ck_assert_ok(skel_output_publish(&output));
    }
    ck_assert_int_gt(printf("c"), 0);
    ck_assert_int_eq(fflush(stdout), 0);
    check_text(path, "a b b c");
    skel_scratch_remove();
}
END_TEST

START_TEST(text_goes_into_a_file_as_a_whole)
{
    char path[PATH];
    skel_output *output = NULL;

    skel_scratch_make();
    in_folder("file", path);
    ck_assert_ok(write_text(path, "old"));
    ck_assert_ok(skel_output_open_text(path, &output));
    skel_output_write(output, 3, "new");
    check_text(path, "old");
    ck_assert_ok(skel_output_publish(&output));
    check_text(path, "new");
    ck_assert_int_eq(skel_output_look_text(skel_scratch_folder()), SKEL_ERR_IO);
    skel_scratch_remove();
}
END_TEST

START_TEST(two_names_of_one_place_are_found)
{
    char plain[PATH];
    char around[PATH];
    char link_to[PATH];
    char inner[PATH];

    skel_scratch_make();
    in_folder("sub", plain);
    ck_assert_int_eq(mkdir(plain, 0777), 0);
    in_folder("x", plain);
    in_folder("sub/../x", around);
    in_folder("link", link_to);
    in_folder("sub/x", inner);
    ck_assert_int_eq(symlink("sub/../x", link_to), 0);
    ck_assert(skel_output_is_same(plain, around));
    ck_assert(skel_output_is_same(link_to, around));
    ck_assert(skel_output_is_same("x", "./x"));
    ck_assert(skel_output_is_same("/x", "//x"));
    ck_assert(!skel_output_is_same(plain, inner));
    ck_assert(!skel_output_is_same(plain, skel_scratch_folder()));
    ck_assert(skel_output_is_same("/nowhere/x", "/nowhere/x"));
    skel_scratch_remove();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_link_stays_and_its_target_is_replaced);
    tcase_add_test(tcase, a_link_to_itself_is_refused);
    tcase_add_test(tcase, what_is_no_file_is_not_replaced);
    tcase_add_test(tcase, text_goes_into_a_pipe_as_it_comes);
    tcase_add_test(tcase, a_reader_that_goes_away_is_an_error_and_no_signal);
    tcase_add_test(tcase, what_the_process_prints_to_gets_text_behind_what_it_printed);
    tcase_add_test(tcase, text_goes_into_a_file_as_a_whole);
    tcase_add_test(tcase, two_names_of_one_place_are_found);
}

int main(void)
{
    return skel_suite_run("output", fill);
}
