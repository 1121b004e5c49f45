/* A full disk: on a disk of a megabyte in memory, which a child process mounts where nobody but it
 * sees it, and which ends with the child. The ranks reach it through the child's root folder in
 * /proc. */
#include "checks.h"

#include "skel/file.h"
#include "skel/memory.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COUNT = 1 << 20 /* floats: four times the disk */ };

/* The child. After fork() in a program with threads, only system calls are safe. Writes errno. */
static void hold_disk(int out, int in)
{
    int error = 0;
    char byte = 0;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if ((unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("skel-doctor", "/tmp", "tmpfs", 0, "size=1m,mode=1777") != 0) {
        error = errno;
    }
    if (write(out, &error, sizeof error) == (ssize_t)sizeof error && error == 0) {
        (void)!read(in, &byte, 1); /* until the parent closes its end */
    }
    _exit(0);
}

/* Root only: the child's number, 0 if it has no disk, with the reason; closing *end ends it. */
static pid_t start_holder(int *end, int *error)
{
    int answer[2] = {-1, -1};
    int life[2] = {-1, -1};
    pid_t child = 0;

    *end = -1;
    if (pipe(answer) != 0 || pipe(life) != 0) {
        *error = errno;
        return 0;
    }
    child = fork();
    if (child == 0) {
        (void)close(life[1]);
        hold_disk(answer[1], life[0]);
    }
    (void)close(answer[1]);
    (void)close(life[0]);
    if (child < 0 || read(answer[0], error, sizeof *error) != (ssize_t)sizeof *error) {
        *error = errno != 0 ? errno : ECHILD;
    }
    (void)close(answer[0]);
    *end = life[1];
    return child < 0 ? 0 : child;
}

/* Writes more than the disk holds; the status that this ends with, agreed on. */
static skel_status overflow(const skel_comm *comm, const char *path)
{
    float *values = NULL;
    skel_file *file = NULL;
    skel_status status = SKEL_ALLOC(COUNT, sizeof *values, &values);
    const skel_file_dataset dataset = {
        .path = "/values", .element = SKEL_FLOAT32, .dims = 1, .shape = {COUNT}, .data = values};

    SKEL_TRY(skel_comm_agree(comm, status));
    SKEL_TRY(skel_file_create(comm, path, &file));
    SKEL_TRY(skel_file_write(file, &dataset));
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    SKEL_FREE(&values);
    return status;
}

/* Files in a folder. */
static size_t count_files(const char *folder)
{
    DIR *stream = opendir(folder);
    size_t files = 0;

    while (stream != NULL) {
        const struct dirent *entry = readdir(stream);

        if (entry == NULL) {
            (void)closedir(stream);
            break;
        }
        files += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    return files;
}

static void try_disk(const skel_patient *patient, const char *folder, skel_finding *finding)
{
    char path[128];
    skel_status status = SKEL_OK;
    size_t left = 0;

    (void)snprintf(path, sizeof path, "%s/file.h5", folder);
    status = overflow(patient->comm, path);
    skel_comm_barrier(patient->comm); /* the root has removed what there was */
    left = skel_comm_is_root(patient->comm) ? count_files(folder) : 0;
    if (status == SKEL_OK) {
        skel_finding_fail(finding, "skel run would lose files: use a folder on another file system",
                          "4 MiB on a disk of 1 MiB were reported as written");
    } else if (status != SKEL_ERR_STORAGE && status != SKEL_ERR_IO) {
        skel_finding_fail(finding, "a run may end with a wrong exit status",
                          "an error, but not the disk's: %s", skel_error_message());
    } else if (left > 0) {
        skel_finding_warn(finding, "remove files named *.part after a full disk",
                          "reported as an error, but %zu files were left", left);
    } else {
        skel_finding_ok(finding, "a disk that is too small is an error, and nothing is left on it");
    }
}

void skel_check_disk(skel_patient *patient, skel_finding *finding)
{
    char folder[64] = "";
    int end = -1;
    int error = 0;
    pid_t holder = 0;

    if (patient->host_count > 1) {
        skel_finding_skip(finding, "not checked: it needs all ranks on one host");
        return;
    }
    if (skel_comm_is_root(patient->comm)) {
        holder = start_holder(&end, &error);
        (void)snprintf(folder, sizeof folder, "/proc/%ld/root/tmp", (long)holder);
    }
    skel_comm_broadcast(patient->comm, sizeof error, &error);
    skel_comm_broadcast(patient->comm, sizeof folder, folder);
    if (error == 0) {
        try_disk(patient, folder, finding);
    } else {
        skel_finding_skip(finding, "not checked: no small disk can be made here (%s)",
                          strerror(error));
    }
    skel_comm_barrier(patient->comm);
    if (end >= 0) {
        (void)close(end);
    }
    if (holder > 0) {
        (void)waitpid(holder, NULL, 0);
    }
}
