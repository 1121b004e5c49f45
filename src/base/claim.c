/* Claims. All times come from the file system's own clock: those of two hosts may differ. */
#include "skel/claim.h"

#include "skel/memory.h"
#include "skel/process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SIGN = 15,     /* seconds between two signs of life */
    PATIENCE = 180 /* seconds without one, after which an owner elsewhere is taken for dead */
};

struct skel_claim {
    char *path;  /* of the claim's file */
    char *draft; /* the same file, before it is linked to its name */
    int descriptor;
    bool held;
    bool watched; /* there is a thread */
    pthread_t thread;
    pthread_mutex_t mutex; /* of `ending` */
    pthread_cond_t changed;
    bool ending;
};

/* The owner of a claim, as its file has it. */
typedef struct claim_owner {
    char host[SKEL_PROCESS_HOST];
    unsigned long long pid;
    char mark[SKEL_PROCESS_MARK];
    char job[SKEL_PROCESS_JOB];
    struct stat file;
} claim_owner;

static skel_status claim_alloc(const char *path, skel_claim **out)
{
    const skel_process self = skel_process_self();
    size_t room = strlen(path) + sizeof ".lock.owner";
    size_t longer = room + sizeof self.host + 24;
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status != SKEL_OK) {
        return status;
    }
    (*out)->descriptor = -1;
    (void)pthread_mutex_init(&(*out)->mutex, NULL);
    (void)pthread_cond_init(&(*out)->changed, NULL);
    SKEL_TRY(SKEL_ALLOC(room, 1, &(*out)->path));
    (void)snprintf((*out)->path, room, "%s.lock.owner", path);
    SKEL_TRY(SKEL_ALLOC(longer, 1, &(*out)->draft));
    (void)snprintf((*out)->draft, longer, "%s.%s.%llu", (*out)->path, self.host,
                   (unsigned long long)self.pid);
done:
    return status;
}

static skel_status fail(const char *what, const char *path)
{
    return skel_error_set(skel_status_of_errno(errno), "cannot %s %s: %s", what, path,
                          strerror(errno));
}

/* Writes the file under a name of this process alone. */
static skel_status write_draft(skel_claim *claim)
{
    const skel_process self = skel_process_self();
    char text[512];
    int length = snprintf(text, sizeof text, "host %s\npid %llu\nmark %s\njob %s\n", self.host,
                          (unsigned long long)self.pid, self.mark, self.job);

    claim->descriptor = open(claim->draft, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (claim->descriptor < 0 || write(claim->descriptor, text, (size_t)length) != length ||
        fsync(claim->descriptor) != 0) {
        return fail("write", claim->draft);
    }
    return SKEL_OK;
}

/* The rest of the line that begins with a word. */
static void read_word(const char *text, const char *word, size_t size, char out[])
{
    const char *line = strstr(text, word);
    size_t length = 0;

    if (line != NULL) {
        line += strlen(word);
        length = strcspn(line, "\n");
    }
    (void)snprintf(out, size, "%.*s", (int)length, line != NULL ? line : "");
}

/* Reads a claim; false if there is none. Opening it makes a network file system look anew. */
static bool read_owner(const char *path, claim_owner *owner)
{
    char text[512] = "";
    char number[32];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = 0;

    if (descriptor < 0) {
        return false;
    }
    length = read(descriptor, text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    (void)fstat(descriptor, &owner->file);
    (void)close(descriptor);
    read_word(text, "host ", sizeof owner->host, owner->host);
    read_word(text, "pid ", sizeof number, number);
    read_word(text, "mark ", sizeof owner->mark, owner->mark);
    read_word(text, "job ", sizeof owner->job, owner->job);
    owner->pid = strtoull(number, NULL, 10);
    return true;
}

/* Seconds since the owner's last sign of life. */
static double silence(const skel_claim *claim, const claim_owner *owner)
{
    struct stat mine;

    (void)futimens(claim->descriptor, NULL); /* now, by the file system's clock */
    if (fstat(claim->descriptor, &mine) != 0) {
        return 0;
    }
    return difftime(mine.st_mtime, owner->file.st_mtime);
}

static bool is_dead(const skel_claim *claim, const claim_owner *owner)
{
    switch (skel_process_find(owner->pid, owner->mark)) {
    case SKEL_PROCESS_EXISTS:
        return false;
    case SKEL_PROCESS_GONE:
        return true;
    case SKEL_PROCESS_ELSEWHERE:
        break;
    }
    return silence(claim, owner) > PATIENCE;
}

/* Removes a dead owner's claim. Another process may do the same now, and claim the name: what was
 * moved aside is then not the dead one's, and goes back. */
static void remove_dead(const skel_claim *claim, const claim_owner *dead)
{
    char aside[4096];
    struct stat moved;

    (void)snprintf(aside, sizeof aside, "%s.dead", claim->draft);
    if (rename(claim->path, aside) != 0 || stat(aside, &moved) != 0) {
        return;
    }
    if (moved.st_ino != dead->file.st_ino) {
        (void)!link(aside, claim->path);
    }
    (void)unlink(aside);
}

static skel_status refuse(const skel_claim *claim, const char *path, const char *work,
                          const claim_owner *owner)
{
    return SKEL_FAIL(
        SKEL_ERR_IO,
        "another process is %s %s: process %llu on %s%s%s, last sign of life %.0f "
        "s ago, holds %s; run this again when it has ended",
        work, path, owner->pid, owner->host[0] != '\0' ? owner->host : "an unknown host",
        owner->job[0] != '\0' ? ", job " : "", owner->job, silence(claim, owner), claim->path);
}

/* Links the file to its name, which fails if another process has done so. */
static skel_status link_name(skel_claim *claim, const char *path, const char *work)
{
    enum { TRIES = 3 };
    claim_owner owner = {.pid = 0};

    for (int i = 0; i < TRIES; i++) {
        if (link(claim->draft, claim->path) == 0) {
            claim->held = true;
            return SKEL_OK;
        }
        if (errno != EEXIST) {
            return fail("lock by a hard link (there is no flock here either)", claim->path);
        }
        if (!read_owner(claim->path, &owner)) {
            continue; /* released meanwhile */
        }
        if (!is_dead(claim, &owner)) {
            return refuse(claim, path, work, &owner);
        }
        remove_dead(claim, &owner);
    }
    return refuse(claim, path, work, &owner);
}

static bool is_current(const skel_claim *claim)
{
    struct stat open_file;
    struct stat named_file;

    /* An error of the file system is no loss: the other process would have had to see none. */
    return fstat(claim->descriptor, &open_file) != 0 ||
           (stat(claim->path, &named_file) != 0 ? errno != ENOENT
                                                : named_file.st_ino == open_file.st_ino);
}

static void __attribute__((noreturn)) end_process(void)
{
    static const char text[] =
        "skel: error: this process gave no sign of life for minutes, and another one has taken its "
        "lock over; it ends, the other one goes on\n";

    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(skel_status_exit_code(SKEL_ERR_IO));
}

/* The thread: a sign of life now and then. */
static void *give_signs(void *argument)
{
    skel_claim *claim = argument;
    struct timespec next;

    (void)pthread_mutex_lock(&claim->mutex);
    while (!claim->ending) {
        (void)clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec += SIGN;
        if (pthread_cond_timedwait(&claim->changed, &claim->mutex, &next) == ETIMEDOUT) {
            if (!is_current(claim)) {
                end_process();
            }
            (void)futimens(claim->descriptor, NULL);
        }
    }
    (void)pthread_mutex_unlock(&claim->mutex);
    return NULL;
}

/* Starts the thread; signals go to the threads that there were before. */
static skel_status start_signs(skel_claim *claim)
{
    sigset_t all;
    sigset_t before;
    int error = 0;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&claim->thread, NULL, give_signs, claim);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        return SKEL_FAIL(SKEL_ERR_INTERNAL, "cannot start a thread for %s: %s", claim->path,
                         strerror(error));
    }
    claim->watched = true;
    return SKEL_OK;
}

skel_status skel_claim_take(const char *path, const char *work, skel_claim **out)
{
    skel_claim *claim = NULL;
    skel_status status = claim_alloc(path, &claim);

    *out = NULL;
    SKEL_TRY(status);
    SKEL_TRY(write_draft(claim));
    SKEL_TRY(link_name(claim, path, work));
    SKEL_TRY(start_signs(claim));
    *out = claim;
    claim = NULL;
done:
    if (*out != NULL) {
        (void)unlink((*out)->draft);
    }
    skel_claim_release(&claim);
    return status;
}

void skel_claim_release(skel_claim **claim)
{
    skel_claim *held = *claim;

    if (held == NULL) {
        return;
    }
    if (held->watched) {
        (void)pthread_mutex_lock(&held->mutex);
        held->ending = true;
        (void)pthread_cond_signal(&held->changed);
        (void)pthread_mutex_unlock(&held->mutex);
        (void)pthread_join(held->thread, NULL);
    }
    if (held->held && is_current(held)) {
        (void)unlink(held->path);
    }
    if (held->descriptor >= 0) {
        (void)unlink(held->draft);
        (void)close(held->descriptor);
    }
    (void)pthread_cond_destroy(&held->changed);
    (void)pthread_mutex_destroy(&held->mutex);
    SKEL_FREE(&held->draft);
    SKEL_FREE(&held->path);
    SKEL_FREE(claim);
}
