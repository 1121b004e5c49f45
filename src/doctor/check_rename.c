/* Safe replacement of a file: fsync, rename over the old one, fsync of the folder; seen by all
 * ranks. */
#include "checks.h"

#include "skel/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT = 64, TRIES = 30 };

static const double slow = 2; /* seconds */

/* Writes a text to a file, and waits until the disk has it. Returns what failed, or NULL. */
static const char *write_synced(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    const char *failed = NULL;

    if (file < 0) {
        return "open";
    }
    if (write(file, text, TEXT) != TEXT) {
        failed = "write";
    } else if (fsync(file) != 0) {
        failed = "fsync";
    }
    if (failed != NULL) {
        int error = errno;

        (void)close(file);
        errno = error;
        return failed;
    }
    return close(file) != 0 ? "close" : NULL;
}

/* Some file systems cannot sync a folder, and say so with EINVAL: nothing is lost by that. */
static const char *sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = folder < 0 ? -1 : fsync(folder);
    int error = errno;

    if (folder >= 0) {
        (void)close(folder);
    }
    errno = error;
    return result != 0 && error != EINVAL ? "fsync of the folder" : NULL;
}

/* Root only: replaces a file. Returns what failed, or NULL; then errno is why. */
static const char *replace(const skel_patient *patient, const char *path)
{
    static const char old[TEXT] = "old";
    static const char new[TEXT] = "new";
    char part[SKEL_PATIENT_PATH + 48];
    const char *failed = write_synced(path, old);

    (void)snprintf(part, sizeof part, "%s.part", path);
    if (failed == NULL) {
        failed = write_synced(part, new);
    }
    if (failed == NULL && rename(part, path) != 0) {
        failed = "rename";
    }
    return failed != NULL ? failed : sync_folder(patient->scratch);
}

/* Whether this rank sees the new file, within seconds: network file systems keep names for a while.
 */
static bool is_seen(const char *path)
{
    for (int i = 0; i < TRIES; i++) {
        char text[TEXT] = "";
        FILE *file = fopen(path, "re");
        size_t bytes = file != NULL ? fread(text, 1, TEXT, file) : 0;

        if (file != NULL) {
            (void)fclose(file);
        }
        if (bytes == TEXT && strcmp(text, "new") == 0) {
            return true;
        }
        (void)usleep(100000);
    }
    return false;
}

void skel_check_rename(skel_patient *patient, skel_finding *finding)
{
    char path[SKEL_PATIENT_PATH + 32];
    double started = skel_seconds();
    const char *failed = NULL;
    int error = 0;

    (void)snprintf(path, sizeof path, "%s/replaced", patient->scratch);
    if (skel_comm_is_root(patient->comm)) {
        failed = replace(patient, path);
        error = failed != NULL ? errno : 0;
    }
    started = skel_comm_roots(patient->comm, skel_seconds() - started);
    if (failed != NULL) {
        skel_finding_fail(
            finding,
            "skel run would end with status 74 when it writes a checkpoint or its file: "
            "use a folder on another file system",
            "%s: %s", failed, strerror(error));
    } else if (!is_seen(path)) {
        skel_finding_fail(finding,
                          "use a file system that all hosts share and that shows changes at once",
                          "a file that rank 0 has renamed is not seen after 3 s");
    } else if (started > slow) {
        skel_finding_warn(
            finding,
            "skel writes fewer checkpoints where they take long; a faster file system "
            "loses less work",
            "two small files with fsync took %.1f s", started);
    } else {
        skel_finding_ok(finding, "a file is replaced at once, for all ranks (%.1f ms)",
                        1e3 * started);
    }
}
