/* Locks: a second process must not get a lock that is held, on this host and on another one. */
#include "checks.h"

#include "skel/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Whether the file system knows flock(2). Returns errno. */
static int try_flock(const skel_patient *patient)
{
    char path[SKEL_PATIENT_PATH + 32];
    int file = -1;
    int error = 0;

    (void)snprintf(path, sizeof path, "%s/flock-%d", patient->scratch,
                   skel_comm_rank(patient->comm));
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0 || flock(file, LOCK_EX | LOCK_NB) != 0) {
        error = errno;
    }
    if (file >= 0) {
        (void)unlink(path);
        (void)close(file);
    }
    return error;
}

/* Whether the last rank, or this rank alone, gets a lock that the root holds. */
static bool is_kept_out(const skel_patient *patient, bool last)
{
    char path[SKEL_PATIENT_PATH + 32];
    skel_lock *held = NULL;
    skel_lock *second = NULL;
    bool out = true;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/locked", patient->scratch);
    if (skel_comm_is_root(patient->comm)) {
        status = skel_lock_take(patient->self, path, &held);
    }
    if (skel_comm_agree(patient->comm, status) == SKEL_OK && last) {
        out = skel_lock_take(patient->self, path, &second) != SKEL_OK;
        skel_lock_release(&second);
    }
    skel_comm_barrier(patient->comm);
    skel_lock_release(&held);
    skel_error_clear();
    return out && status == SKEL_OK;
}

void skel_check_locks(skel_patient *patient, skel_finding *finding)
{
    bool last = skel_comm_rank(patient->comm) == skel_comm_size(patient->comm) - 1;
    int error = try_flock(patient);
    bool out = is_kept_out(patient, last);

    if (!out) {
        skel_finding_warn(finding,
                          "two programs that do the same run would both write its file, which skel "
                          "finds when it reads back: start each job once only, or use another file "
                          "system",
                          "a lock that another rank holds keeps nobody out%s%s",
                          error != 0 ? "; flock: " : "", error != 0 ? strerror(error) : "");
    } else if (error != 0) {
        skel_finding_warn(
            finding,
            "skel locks by files that it makes exclusively; one of a dead process on another host "
            "keeps others out for three minutes",
            "flock: %s", strerror(error));
    } else {
        skel_finding_ok(finding, "a lock that one rank holds keeps the others out");
    }
}
