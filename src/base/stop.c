/* Requests to stop: signals, times and a file. */
#include "skel/stop.h"

#include "skel/progress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATH = 4200 /* a folder and a file in it */ };

#define STOPPED_BY "stopped by "
#define THE_FILE "the file "

/* One for the process, as signals are. A second signal within two seconds counts as the first one:
 * a launcher and a scheduler may both pass on what was sent once. */
static struct {
    volatile sig_atomic_t signal;    /* the first that came; 0: none */
    volatile time_t taken;           /* its second, by a clock that never goes back */
    bool counted;                    /* whether SKEL_STOP_AFTER is set, for whichever rank */
    volatile sig_atomic_t countdown; /* checks before a request, for tests; 0: no such request */
    double deadline;                 /* on the clock of skel_seconds(); 0: none */
    double end;                      /* of the allocation, likewise */
    double margin;                   /* seconds that are kept before the end */
    double next_look;                /* for the file */
    char file[PATH];                 /* "": none */
    char reason[SKEL_STOP_REASON];
} request;

static const int stopping[] = {SIGUSR1, SIGTERM, SIGINT, SIGHUP};

enum { SIGNALS = sizeof stopping / sizeof *stopping };

static void take(int number)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if (request.signal == 0) {
        request.taken = now.tv_sec;
        request.signal = number;
    } else if (now.tv_sec > request.taken + 1) {
        (void)signal(number, SIG_DFL); /* it is delivered when the handler returns */
        (void)raise(number);
    }
}

/* "N" or "R:N"; 0 if there is no such variable or it is for another rank. */
static int checks_of_test(int rank)
{
    const char *text = getenv("SKEL_STOP_AFTER");
    const char *colon = text != NULL ? strchr(text, ':') : NULL;

    if (text == NULL || (colon != NULL && strtol(text, NULL, 10) != rank)) {
        return 0;
    }
    return (int)strtol(colon != NULL ? colon + 1 : text, NULL, 10);
}

void skel_stop_listen(int rank)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = take;
    action.sa_flags = SA_RESTART;
    for (size_t i = 0; i < SIGNALS; i++) {
        (void)sigaction(stopping[i], &action, NULL);
    }
    request.counted = getenv("SKEL_STOP_AFTER") != NULL;
    request.countdown = checks_of_test(rank);
}

void skel_stop_set_time(double seconds)
{
    request.deadline = skel_seconds() + seconds;
}

void skel_stop_set_end(double seconds, double margin)
{
    request.end = skel_seconds() + seconds;
    request.margin = margin;
}

void skel_stop_set_file(const char *path)
{
    (void)snprintf(request.file, sizeof request.file, "%s", path);
}

skel_status skel_stop_check_file(void)
{
    if (request.file[0] == '\0' || access(request.file, F_OK) != 0) {
        return SKEL_OK;
    }
    return SKEL_FAIL(SKEL_ERR_STOPPED,
                     "nothing was begun, because the file %s is there; remove it, then the same "
                     "command does the runs",
                     request.file);
}

void skel_stop_allow_for(double seconds)
{
    request.margin = 2 * seconds > request.margin ? 2 * seconds : request.margin;
}

static const char *name_of(int number)
{
    static const char *const names[SIGNALS] = {"SIGUSR1", "SIGTERM", "SIGINT", "SIGHUP"};

    for (size_t i = 0; i < SIGNALS; i++) {
        if (stopping[i] == number) {
            return names[i];
        }
    }
    return "a signal";
}

static bool file_is_there(double now)
{
    if (request.file[0] == '\0' || now < request.next_look) {
        return false;
    }
    request.next_look = now + 1;
    return access(request.file, F_OK) == 0;
}

/* Finds the reason of a request. For tests, a request may be due after a number of checks. */
static void look(bool counts)
{
    double now = skel_seconds();

    if (request.signal != 0) {
        (void)snprintf(request.reason, sizeof request.reason, "%s", name_of(request.signal));
    } else if (request.deadline > 0 && now >= request.deadline) {
        (void)snprintf(request.reason, sizeof request.reason, "the time limit --max-time");
    } else if (request.end > 0 && now >= request.end - request.margin) {
        (void)snprintf(request.reason, sizeof request.reason, "the near end of the allocation");
    } else if (file_is_there(now)) {
        (void)snprintf(request.reason, sizeof request.reason, THE_FILE "%s", request.file);
    } else if (counts && request.countdown > 0 && --request.countdown == 0) {
        (void)snprintf(request.reason, sizeof request.reason, "SKEL_STOP_AFTER");
    }
}

skel_status skel_stop_check(void)
{
    if (request.reason[0] == '\0') {
        look(true);
    }
    if (request.reason[0] != '\0') {
        return SKEL_FAIL(SKEL_ERR_STOPPED, STOPPED_BY "%s", request.reason);
    }
    return SKEL_OK;
}

bool skel_stop_is_asked(void)
{
    if (request.reason[0] == '\0') {
        look(false);
    }
    return request.reason[0] != '\0';
}

void skel_stop_adopt(const char *message)
{
    size_t prefix = strlen(STOPPED_BY);

    if (request.reason[0] == '\0') {
        (void)snprintf(request.reason, sizeof request.reason, "%s",
                       message + (strncmp(message, STOPPED_BY, prefix) == 0 ? prefix : 0));
    }
}

bool skel_stop_is_counted(void)
{
    return request.counted;
}

const char *skel_stop_reason(void)
{
    return request.reason;
}

/* The reason alone says which file it was: another rank may have found it. */
void skel_stop_remedy(char out[SKEL_STOP_REASON])
{
    const size_t prefix = strlen(THE_FILE);

    if (strncmp(request.reason, THE_FILE, prefix) == 0) {
        (void)snprintf(out, SKEL_STOP_REASON, "remove %.4200s, then the same command goes on",
                       request.reason + prefix);
    } else {
        (void)snprintf(out, SKEL_STOP_REASON, "the same command goes on");
    }
}
