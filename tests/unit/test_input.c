/* Files that are read: blocks of them, and whether another program writes them. */
#include "scratch.h"
#include "suite.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { PATH = 512 };

/* Writes ten bytes, "0123456789", into a file of the test's folder. */
static void make(char path[PATH])
{
    FILE *file = NULL;

    skel_scratch_make();
    (void)snprintf(path, PATH, "%s/file", skel_scratch_folder());
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs("0123456789", file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_block_is_read_whole_or_the_end_of_the_file_is_named)
{
    char path[PATH];
    char block[8] = "";
    int descriptor = -1;

    make(path);
    ck_assert_ok(skel_input_open(path, &descriptor, NULL));
    ck_assert_ok(skel_input_read_whole(descriptor, path, 3, 7, block));
    ck_assert_str_eq(block, "3456789");
    ck_assert_ok(skel_input_read_whole(descriptor, path, 20, 0, block));
    ck_assert_int_eq(skel_input_read_whole(descriptor, path, 6, 5, block), SKEL_ERR_IO);
    ck_assert_ptr_nonnull(
        strstr(skel_error_message(), "/file: the file ends at byte 10, expected at least 11"));
    (void)close(descriptor);
    ck_assert_int_eq(skel_input_read_whole(descriptor, path, 0, 1, block), SKEL_ERR_IO);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "/file: read: Bad file descriptor"));
    skel_scratch_remove();
}
END_TEST

START_TEST(a_writers_lock_is_seen_and_a_readers_is_not)
{
    char path[PATH];
    int writer = -1;

    make(path);
    writer = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(writer, 0);
    ck_assert_ok(skel_input_check_written(path));
    ck_assert_int_eq(flock(writer, LOCK_SH), 0);
    ck_assert_ok(skel_input_check_written(path));
    ck_assert_int_eq(flock(writer, LOCK_EX), 0); /* the looks left no lock behind */
    ck_assert_int_eq(skel_input_check_written(path), SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "/file: another program has the file open"));
    (void)close(writer);
    ck_assert_ok(skel_input_check_written(path));
    ck_assert_ok(skel_input_check_written("/nowhere/file"));
    skel_scratch_remove();
}
END_TEST

START_TEST(a_whole_file_is_a_text_with_a_zero_behind_it)
{
    char path[PATH];
    char *text = NULL;

    make(path);
    ck_assert_ok(skel_input_text(path, &text));
    ck_assert_uint_eq(strlen(text), 10);
    SKEL_FREE(&text);
    ck_assert_int_eq(skel_input_text("/nowhere/file", &text), SKEL_ERR_IO);
    ck_assert_ptr_null(text);
    skel_scratch_remove();
}
END_TEST

START_TEST(a_line_of_the_system_is_cut_or_empty)
{
    char path[PATH];
    char line[8] = "before";

    skel_input_line("/nowhere/file", sizeof line, line);
    ck_assert_str_eq(line, "");
    skel_input_line("/proc/self/comm", sizeof line, line);
    ck_assert_uint_eq(strlen(line), sizeof line - 1); /* unit_test_input */
    make(path);
    skel_input_line(path, 4, line);
    ck_assert_uint_eq(strlen(line), 3);
    skel_scratch_remove();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_block_is_read_whole_or_the_end_of_the_file_is_named);
    tcase_add_test(tcase, a_whole_file_is_a_text_with_a_zero_behind_it);
    tcase_add_test(tcase, a_line_of_the_system_is_cut_or_empty);
    tcase_add_test(tcase, a_writers_lock_is_seen_and_a_readers_is_not);
}

int main(void)
{
    return skel_suite_run("input", fill);
}
