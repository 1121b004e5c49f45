/* Where outputs go: symbolic links lead to their targets, and only files are replaced. */
#include "skel/output.h"

#include "skel/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS = 40 /* as many as Linux follows */ };

static skel_status fail(const char *path, int error)
{
    return SKEL_FAIL(SKEL_ERR_IO, "%.512s: write: %s", path, strerror(error));
}

/* Length of a path's folder with its slash; 0: the working folder. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* Puts the target of a link into its place. */
static skel_status follow(const char *path, char place[SKEL_OUTPUT_PATH])
{
    char target[SKEL_OUTPUT_PATH];
    ssize_t length = readlink(place, target, sizeof target - 1);
    size_t kept = 0;

    if (length < 0) {
        return fail(path, errno);
    }
    target[length] = '\0';
    kept = target[0] != '/' ? folder_length(place) : 0;
    if (kept + (size_t)length >= SKEL_OUTPUT_PATH) {
        return fail(path, ENAMETOOLONG);
    }
    memcpy(place + kept, target, (size_t)length + 1);
    return SKEL_OK;
}

static bool is_one(const struct stat *left, const struct stat *right)
{
    return left->st_dev == right->st_dev && left->st_ino == right->st_ino;
}

bool skel_output_is_stdout(const char *path)
{
    struct stat of_path;
    struct stat of_stdout;

    return stat(path, &of_path) == 0 && fstat(STDOUT_FILENO, &of_stdout) == 0 &&
           is_one(&of_path, &of_stdout);
}

bool skel_output_is_stream(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0 &&
           (S_ISFIFO(facts.st_mode) || S_ISCHR(facts.st_mode) || skel_output_is_stdout(path));
}

skel_status skel_output_look(const char *path)
{
    struct stat facts;
    skel_status status = SKEL_OK;

    if (stat(path, &facts) != 0) {
        return SKEL_OK;
    }
    status = skel_input_look(path, NULL);
    if (status == SKEL_OK && skel_output_is_stdout(path)) {
        status = SKEL_FAIL(SKEL_ERR_IO,
                           "%s is where the command prints its words, and would be replaced: name "
                           "another file",
                           path);
    }
    return status;
}

skel_status skel_output_look_text(const char *path)
{
    return skel_output_is_stream(path) ? SKEL_OK : skel_output_look(path);
}

skel_status skel_output_place(const char *path, char place[SKEL_OUTPUT_PATH])
{
    struct stat facts;
    skel_status status = SKEL_OK;

    if (snprintf(place, SKEL_OUTPUT_PATH, "%s", path) >= SKEL_OUTPUT_PATH) {
        return fail(path, ENAMETOOLONG);
    }
    SKEL_TRY(skel_output_look(path));
    for (int links = 0; lstat(place, &facts) == 0 && S_ISLNK(facts.st_mode); links++) {
        SKEL_TRY(links < LINKS ? follow(path, place) : fail(path, ELOOP));
    }
done:
    return status;
}

bool skel_output_replaces(const char *path, const char *file)
{
    struct stat of_path;
    struct stat of_file;

    return stat(path, &of_path) == 0 && stat(file, &of_file) == 0 && is_one(&of_path, &of_file);
}

/* The folder of a place. */
static bool look_at_folder(char place[SKEL_OUTPUT_PATH], struct stat *facts)
{
    size_t length = folder_length(place);

    if (length == 0) {
        return stat(".", facts) == 0;
    }
    place[length - 1] = '\0';
    return stat(length == 1 ? "/" : place, facts) == 0;
}

bool skel_output_is_same(const char *a, const char *b)
{
    char left[SKEL_OUTPUT_PATH];
    char right[SKEL_OUTPUT_PATH];
    struct stat of_left;
    struct stat of_right;

    if (skel_output_place(a, left) != SKEL_OK || skel_output_place(b, right) != SKEL_OK) {
        skel_error_clear(); /* whoever opens it says so again */
        return false;
    }
    if (strcmp(left + folder_length(left), right + folder_length(right)) != 0) {
        return false;
    }
    if (!look_at_folder(left, &of_left) || !look_at_folder(right, &of_right)) {
        return strcmp(a, b) == 0;
    }
    return is_one(&of_left, &of_right);
}
