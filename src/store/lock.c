/* Locks on files that are being made: flock() on "PATH.lock", which the kernel frees after a crash.
 * Where there is no flock(), a claim. */
#include "skel/lock.h"

#include "skel/claim.h"
#include "skel/folder.h"
#include "skel/log.h"
#include "skel/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct skel_lock {
    int descriptor;    /**< -1 on the ranks that are not root */
    char *path;        /**< of the lock's own file */
    skel_claim *claim; /**< on file systems without flock() */
};

static skel_status lock_alloc(const char *path, skel_lock **out)
{
    size_t room = strlen(path) + sizeof ".lock";
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status != SKEL_OK) {
        return status;
    }
    (*out)->descriptor = -1;
    SKEL_TRY(SKEL_ALLOC(room, 1, &(*out)->path));
    (void)snprintf((*out)->path, room, "%s.lock", path);
done:
    return status;
}

/* Whether the open file is still the one of that name: its owner may just have removed it. */
static bool is_current(const skel_lock *lock)
{
    struct stat open_file;
    struct stat named_file;

    return fstat(lock->descriptor, &open_file) == 0 && stat(lock->path, &named_file) == 0 &&
           open_file.st_ino == named_file.st_ino && open_file.st_dev == named_file.st_dev;
}

/* What another process does that holds a lock. */
typedef struct lock_words {
    const char *action;
    const char *object;
} lock_words;

/* Root only. */
static skel_status take(skel_lock *lock, const char *path, lock_words words)
{
    skel_status status = skel_folder_make_above(lock->path);

    if (status != SKEL_OK) {
        return status;
    }
    lock->descriptor = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock->descriptor < 0) {
        return skel_error_set(skel_status_of_errno(errno), "cannot create %s: %s", lock->path,
                              strerror(errno));
    }
    if (flock(lock->descriptor, LOCK_EX | LOCK_NB) == 0) {
        if (is_current(lock)) {
            return SKEL_OK;
        }
        errno = EWOULDBLOCK;
    }
    if (errno != EWOULDBLOCK) {
        SKEL_DEBUG("%s: flock: %s; a claim is made instead", lock->path, strerror(errno));
        return skel_claim_take(path, "making", &lock->claim);
    }
    (void)close(lock->descriptor);
    lock->descriptor = -1;
    return SKEL_FAIL(SKEL_ERR_IO, "another %s %s and holds %s; run this again when it has ended",
                     words.action, words.object, lock->path);
}

static skel_status take_on_root(const skel_comm *comm, const char *path, lock_words words,
                                skel_lock **out)
{
    skel_lock *lock = NULL;
    skel_status status = lock_alloc(path, &lock);

    *out = NULL;
    if (status == SKEL_OK && skel_comm_is_root(comm)) {
        status = take(lock, path, words);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    *out = lock;
    lock = NULL;
done:
    skel_lock_release(&lock);
    return status;
}

skel_status skel_lock_take(const skel_comm *comm, const char *path, skel_lock **out)
{
    return take_on_root(comm, path, (lock_words){"process is making", path}, out);
}

skel_status skel_lock_take_report(const skel_comm *comm, const char *path, const char *folder,
                                  skel_lock **out)
{
    return take_on_root(comm, path, (lock_words){"report is being written to", folder}, out);
}

void skel_lock_release(skel_lock **lock)
{
    if (*lock == NULL) {
        return;
    }
    skel_claim_release(&(*lock)->claim);
    if ((*lock)->descriptor >= 0) {
        (void)unlink((*lock)->path); /* first: nobody else can have locked this file by then */
        (void)close((*lock)->descriptor);
    }
    SKEL_FREE(&(*lock)->path);
    SKEL_FREE(lock);
}
