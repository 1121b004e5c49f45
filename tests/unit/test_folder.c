/* Folders: made with those above them, and removed with their content. */
#include "scratch.h"
#include "suite.h"

#include "skel/folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 8192 };

static void in_folder(const char *name, char path[PATH])
{
    (void)snprintf(path, PATH, "%s/%s", skel_scratch_folder(), name);
}

static void write_empty(const char *path)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    (void)fclose(file);
}

START_TEST(a_folder_is_made_with_those_above_it)
{
    char path[PATH];

    skel_scratch_make();
    in_folder("a/b//c/", path);
    ck_assert_ok(skel_folder_make(path));
    ck_assert(skel_folder_is(path));
    ck_assert_ok(skel_folder_make(path)); /* it is there */
    in_folder("a/d/file", path);
    ck_assert_ok(skel_folder_make_above(path));
    ck_assert_int_ne(access(path, F_OK), 0);
    in_folder("a/d", path);
    ck_assert(skel_folder_is(path));
    ck_assert_ok(skel_folder_make("/"));
    ck_assert_ok(skel_folder_make_above("file")); /* of the working folder */
    skel_scratch_remove();
}
END_TEST

START_TEST(a_link_to_a_folder_is_one)
{
    char path[PATH];
    char link_to[PATH];

    skel_scratch_make();
    in_folder("real", path);
    in_folder("link", link_to);
    ck_assert_ok(skel_folder_make(path));
    ck_assert_int_eq(symlink("real", link_to), 0);
    in_folder("link/below", path);
    ck_assert_ok(skel_folder_make(path));
    in_folder("real/below", path);
    ck_assert(skel_folder_is(path));
    skel_scratch_remove();
}
END_TEST

static void expect_refused(const char *path, const char *named, int error)
{
    char message[2 * PATH];

    (void)snprintf(message, sizeof message, "cannot make the folder %s: %s", named,
                   strerror(error));
    ck_assert_int_eq(skel_folder_make(path), skel_status_of_errno(error));
    ck_assert_str_eq(skel_error_message(), message);
}

START_TEST(a_folder_that_cannot_be_made_is_named)
{
    char path[PATH];
    char file[PATH];
    char long_name[PATH];

    skel_scratch_make();
    in_folder("file", file);
    write_empty(file);
    ck_assert(!skel_folder_is(file));
    expect_refused(file, file, ENOTDIR);
    in_folder("file/below/deeper", path);
    expect_refused(path, file, ENOTDIR);
    in_folder("", long_name);
    memset(long_name + strlen(long_name), 'x', 300);
    long_name[strlen(skel_scratch_folder()) + 1 + 300] = '\0';
    expect_refused(long_name, long_name, ENAMETOOLONG);
    expect_refused("", "", ENOENT);
    skel_scratch_remove();
}
END_TEST

START_TEST(a_folder_is_removed_with_its_content_and_links_are_not_followed)
{
    char path[PATH];
    char kept[PATH];

    skel_scratch_make();
    in_folder("kept", path);
    ck_assert_ok(skel_folder_make(path));
    in_folder("kept/file", kept);
    write_empty(kept);
    in_folder("gone/below", path);
    ck_assert_ok(skel_folder_make(path));
    in_folder("gone/below/file", path);
    write_empty(path);
    in_folder("gone/link", path);
    ck_assert_int_eq(symlink("../kept", path), 0);
    in_folder("gone", path);
    skel_folder_remove(path);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_eq(access(kept, F_OK), 0);
    skel_folder_remove(kept); /* a file */
    ck_assert_int_ne(access(kept, F_OK), 0);
    skel_folder_remove(kept); /* nothing is there */
    skel_scratch_remove();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_folder_is_made_with_those_above_it);
    tcase_add_test(tcase, a_link_to_a_folder_is_one);
    tcase_add_test(tcase, a_folder_that_cannot_be_made_is_named);
    tcase_add_test(tcase, a_folder_is_removed_with_its_content_and_links_are_not_followed);
}

int main(void)
{
    return skel_suite_run("folder", fill);
}
