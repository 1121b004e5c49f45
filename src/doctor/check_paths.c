/* Lengths: of the names that skel gives its files, and of their paths. */
#include "checks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME = 120,   /* longest: the name of a run's file, and ".checkpoint.new.part" */
    FOLDER = 100, /* of a job */
    FOLDERS = 3,  /* nested, for a long path */
};

/* Appends "/xxx...", `length` times x. */
static void append(char path[], size_t length)
{
    size_t used = strlen(path);

    path[used] = '/';
    memset(path + used + 1, 'x', length);
    path[used + 1 + length] = '\0';
}

/* Root only: makes folders and a file with a long path, and removes them. Returns errno. */
static int make_long(const char *scratch)
{
    char path[SKEL_PATIENT_PATH + FOLDERS * (FOLDER + 1) + NAME + 2];
    int file = -1;
    int error = 0;

    (void)snprintf(path, SKEL_PATIENT_PATH, "%s", scratch);
    for (int i = 0; i < FOLDERS && error == 0; i++) {
        append(path, FOLDER);
        error = mkdir(path, 0777) != 0 ? errno : 0;
    }
    if (error != 0) {
        return error;
    }
    append(path, NAME);
    file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    error = file < 0 ? errno : 0;
    if (file >= 0) {
        (void)close(file);
    }
    return error; /* the scratch folder is removed with all that is in it */
}

void skel_check_paths(skel_patient *patient, skel_finding *finding)
{
    char real[PATH_MAX];
    size_t length = strlen(realpath(patient->dir, real) != NULL ? real : patient->dir);
    long name = pathconf(patient->scratch, _PC_NAME_MAX);
    long path = pathconf(patient->scratch, _PC_PATH_MAX);
    int error = skel_comm_is_root(patient->comm) ? make_long(patient->scratch) : 0;

    name = name < 0 ? NAME_MAX : name;
    path = path < 0 ? PATH_MAX : path;
    if (error != 0 || name < NAME || (long)length + FOLDER + NAME + 2 > path) {
        skel_finding_fail(
            finding,
            "skel run would end with status 74: use a folder with a shorter path, or "
            "on another file system",
            "names of at most %ld bytes, paths of at most %ld, where skel needs %d and "
            "%zu%s%s",
            name, path, NAME, length + FOLDER + NAME + 2, error != 0 ? ": " : "",
            error != 0 ? strerror(error) : "");
    } else {
        skel_finding_ok(finding, "names of %ld bytes, paths of %ld; skel's have at most %d and %zu",
                        name, path, NAME, length + FOLDER + NAME + 2);
    }
}
