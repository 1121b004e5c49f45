/* The watchdog's thread, and the counters by which the main thread tells it of progress. */
#include "skel/watchdog.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NAME = 400, HOST = 256, LOOKS = 5 /* at least so many within a limit */ };

/* One for the process, as its threads are. */
static struct {
    /* written by the main thread, read by the watchdog's */
    atomic_bool on;
    atomic_ulong beats;
    atomic_int depth; /* of input and output; 0: computation */
    atomic_bool rests;
    pthread_mutex_t lock; /* of the names */
    char phase[NAME];
    char io[NAME];

    /* set before the thread starts */
    skel_watchdog_options options;
    skel_watchdog_peer *peer;
    double interval; /* seconds between two looks */
    char host[HOST];

    /* the main thread's alone */
    void (*hear)(void *context);
    void *context;

    pthread_t thread;
    pthread_mutex_t leaving; /* with `leave`: wakes the thread up for its end */
    pthread_cond_t wake;
    bool leave;
} dog = {.lock = PTHREAD_MUTEX_INITIALIZER, .leaving = PTHREAD_MUTEX_INITIALIZER};

void skel_watchdog_beat(void)
{
    (void)atomic_fetch_add_explicit(&dog.beats, 1, memory_order_relaxed);
    if (dog.hear != NULL) {
        dog.hear(dog.context);
    }
}

void skel_watchdog_listen(void (*hear)(void *context), void *context)
{
    dog.hear = hear;
    dog.context = context;
}

static void set_name(char name[NAME], const char text[NAME])
{
    (void)pthread_mutex_lock(&dog.lock);
    memcpy(name, text, NAME);
    (void)pthread_mutex_unlock(&dog.lock);
}

void skel_watchdog_phase(const char *format, ...)
{
    char text[NAME] = "";
    va_list words;

    if (!atomic_load(&dog.on)) {
        return;
    }
    va_start(words, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang-tidy 14 loses va_start() here */
    (void)vsnprintf(text, sizeof text, format, words);
    va_end(words);
    set_name(dog.phase, text);
    skel_watchdog_beat();
}

void skel_watchdog_io_begin(const char *format, ...)
{
    char text[NAME] = "";
    va_list words;

    if (!atomic_load(&dog.on)) {
        return;
    }
    va_start(words, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang-tidy 14 loses va_start() here */
    (void)vsnprintf(text, sizeof text, format, words);
    va_end(words);
    if (atomic_fetch_add(&dog.depth, 1) == 0) {
        set_name(dog.io, text);
    }
    skel_watchdog_beat();
}

void skel_watchdog_io_end(void)
{
    if (atomic_load(&dog.depth) > 0) {
        (void)atomic_fetch_sub(&dog.depth, 1);
    }
    skel_watchdog_beat();
}

void skel_watchdog_rest(void)
{
    atomic_store(&dog.rests, true);
}

void skel_watchdog_resume(void)
{
    skel_watchdog_beat();
    atomic_store(&dog.rests, false);
}

/* The letter of a process's state in proc(5), 0 if there is no such process. */
static char state_of(long process)
{
    char path[64];
    char text[512];
    const char *end = NULL;

    (void)snprintf(path, sizeof path, "/proc/%ld/stat", process);
    skel_input_line(path, sizeof text, text);
    end = strrchr(text, ')'); /* of the program's name, which may hold anything */
    return end != NULL && end[1] == ' ' ? end[2] : 0;
}

/* What keeps a process from making progress, as far as its state tells; NULL: nothing known. */
static const char *trouble_of(long process)
{
    switch (state_of(process)) {
    case 'T':
        return "is stopped by a signal (SIGSTOP or SIGTSTP)";
    case 't':
        return "is stopped by a debugger";
    case 'D':
        return "waits for a device or a file system";
    case 'Z':
    case 'X':
        return "has ended";
    default:
        return NULL;
    }
}

/* write(2): the main thread may hold the lock of a stream for ever. */
static void say(const char *text)
{
    size_t length = strlen(text);

    while (length > 0) {
        ssize_t wrote = write(STDERR_FILENO, text, length);

        if (wrote < 0 && errno != EINTR) {
            return; /* nobody reads; the exit status remains */
        }
        text += wrote > 0 ? wrote : 0;
        length -= wrote > 0 ? (size_t)wrote : 0;
    }
}

static void say_troubles(void)
{
    char line[HOST + 160];
    const char *trouble = trouble_of((long)getpid());

    if (trouble != NULL) {
        (void)snprintf(line, sizeof line, "skel: watchdog: rank %d (process %ld on %s) %s\n",
                       dog.options.rank, (long)getpid(), dog.host, trouble);
        say(line);
    }
    for (size_t i = 0; i < dog.options.peers; i++) {
        trouble = trouble_of(dog.peer[i].process);
        if (trouble != NULL) {
            (void)snprintf(line, sizeof line, "skel: watchdog: rank %d (process %ld on %s) %s\n",
                           dog.peer[i].rank, dog.peer[i].process, dog.host, trouble);
            say(line);
        }
    }
}

/* Sleeps one interval. False when the thread is to end. */
static bool doze(void)
{
    const double billion = 1e9;
    struct timespec until;
    double seconds = 0;
    bool leave = false;
    int woken = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    seconds = (double)until.tv_nsec / billion + dog.interval;
    until.tv_sec += (time_t)seconds;
    until.tv_nsec = (long)((seconds - (double)(time_t)seconds) * billion);
    (void)pthread_mutex_lock(&dog.leaving);
    while (!dog.leave && woken == 0) {
        woken = pthread_cond_timedwait(&dog.wake, &dog.leaving, &until);
    }
    leave = dog.leave;
    (void)pthread_mutex_unlock(&dog.leaving);
    return !leave;
}

/* Tells what has stopped, and ends the job. MPI_Abort() may only be called by the main thread. */
static void bark(bool io, double seconds)
{
    enum { GRACE = 2 /* intervals, in which the other ranks write their lines */ };
    char line[NAME + HOST + 320];

    (void)pthread_mutex_lock(&dog.lock);
    (void)snprintf(line, sizeof line,
                   "skel: watchdog: rank %d on %s has made no progress for %g s in %s: %s; the job "
                   "ends with exit status 74, and the same command goes on from the latest "
                   "checkpoint (--watchdog%s sets the limit)\n",
                   dog.options.rank, dog.host, seconds, io ? "input or output" : "computation",
                   io ? dog.io : dog.phase, io ? "-io" : "");
    (void)pthread_mutex_unlock(&dog.lock);
    say(line);
    say_troubles();
    for (int i = 0; i < GRACE; i++) {
        (void)doze();
    }
    _exit(skel_status_exit_code(SKEL_ERR_IO));
}

void skel_watchdog_end(const char *format, ...)
{
    char text[NAME] = "";
    char line[NAME + 200];
    va_list words;

    va_start(words, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang-tidy 14 loses va_start() here */
    (void)vsnprintf(text, sizeof text, format, words);
    va_end(words);
    (void)snprintf(line, sizeof line,
                   "skel: watchdog: %s; the job ends with exit status 74, and the same command "
                   "goes on from the latest checkpoints (--watchdog sets the limit)\n",
                   text);
    say(line);
    say_troubles();
    _exit(skel_status_exit_code(SKEL_ERR_IO));
}

double skel_watchdog_patience(void)
{
    const double more = 5; /* seconds, for the message of the other watchdog */
    const double factor = 1.25;
    double longest = dog.options.compute > dog.options.io ? dog.options.compute : dog.options.io;
    bool unlimited = dog.options.compute <= 0 || dog.options.io <= 0;

    return atomic_load(&dog.on) && !unlimited ? factor * longest + more : 0;
}

static void *watch(void *unused)
{
    unsigned long seen = atomic_load(&dog.beats);
    size_t still = 0; /* looks that have found no progress */

    (void)unused;
    while (doze()) {
        unsigned long beats = atomic_load(&dog.beats);
        bool io = atomic_load(&dog.depth) > 0;
        double limit = io ? dog.options.io : dog.options.compute;

        still = beats == seen && !atomic_load(&dog.rests) ? still + 1 : 0;
        seen = beats;
        if (limit > 0 && (double)still * dog.interval >= limit) {
            bark(io, limit);
        }
    }
    return NULL;
}

/* A second, or less for short limits. */
static double interval_of(const skel_watchdog_options *options)
{
    double least = options->compute > 0 && (options->io == 0 || options->compute < options->io)
                       ? options->compute
                       : options->io;

    return least / LOOKS < 1 ? least / LOOKS : 1;
}

/* The new thread inherits this thread's mask: signals are for the main thread alone. */
static int create_thread(void)
{
    pthread_condattr_t clock;
    sigset_t all;
    sigset_t before;
    int code = 0;

    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC); /* it stands still in a suspension */
    (void)pthread_cond_init(&dog.wake, &clock);
    (void)pthread_condattr_destroy(&clock);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(&dog.thread, NULL, watch, NULL);
    if (code == 0) {
        (void)pthread_setname_np(dog.thread, "watchdog"); /* as top and gdb show it */
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

skel_status skel_watchdog_start(const skel_watchdog_options *options)
{
    skel_status status = SKEL_OK;
    int code = 0;

    SKEL_ASSERT(!atomic_load(&dog.on));
    if (options->compute <= 0 && options->io <= 0) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC(options->peers + 1, sizeof *dog.peer, &dog.peer)); /* there may be none */
    for (size_t i = 0; i < options->peers; i++) {
        dog.peer[i] = options->peer[i];
    }
    dog.options = *options;
    dog.interval = interval_of(options);
    dog.leave = false;
    (void)gethostname(dog.host, sizeof dog.host - 1);
    (void)snprintf(dog.phase, sizeof dog.phase, "start of the program");
    code = create_thread();
    if (code != 0) {
        SKEL_FREE(&dog.peer);
        return SKEL_FAIL(SKEL_ERR_INTERNAL,
                         "cannot start the watchdog's thread: %s; --watchdog 0 "
                         "works without it",
                         strerror(code));
    }
    atomic_store(&dog.on, true);
done:
    return status;
}

void skel_watchdog_stop(void)
{
    if (!atomic_load(&dog.on)) {
        return;
    }
    (void)pthread_mutex_lock(&dog.leaving);
    dog.leave = true;
    (void)pthread_cond_signal(&dog.wake);
    (void)pthread_mutex_unlock(&dog.leaving);
    (void)pthread_join(dog.thread, NULL);
    (void)pthread_cond_destroy(&dog.wake);
    atomic_store(&dog.on, false);
    atomic_store(&dog.depth, 0);
    atomic_store(&dog.rests, false);
    SKEL_FREE(&dog.peer);
}
