/* The watchdog beside a main thread that makes all its calls, from start to stop and to the end of
 * the process: the sanitizer ends the program with another exit status at the first data race. */
#include "skel/watchdog.h"

#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Makes all calls for some seconds, in which the watchdog looks several times. */
static void work(double seconds)
{
    time_t end = time(NULL) + (time_t)seconds;

    for (int i = 0; time(NULL) < end; i++) {
        skel_watchdog_beat();
        skel_watchdog_phase("training epoch %d", i);
        skel_watchdog_io_begin("writing file %d", i);
        skel_watchdog_io_begin("a part of it");
        skel_watchdog_io_end();
        skel_watchdog_io_end();
        skel_watchdog_rest();
        skel_watchdog_resume();
    }
}

static int start(double seconds)
{
    const skel_watchdog_peer peer = {1, (long)getpid()};
    const skel_watchdog_options options = {
        .compute = seconds, .io = seconds, .peers = 1, .peer = &peer};

    return skel_watchdog_start(&options) == SKEL_OK ? 0 : 1;
}

/* Ends with 74 at the watchdog's hands. */
static void hang(void)
{
    if (start(1) == 0) {
        work(1);
        skel_watchdog_io_begin("writing a last file");
        for (;;) {
            (void)pause();
        }
    }
    _exit(1);
}

int main(void)
{
    int state = 0;
    pid_t child = fork();

    if (child == 0) {
        hang();
    }
    if (child < 0 || waitpid(child, &state, 0) != child || !WIFEXITED(state) ||
        WEXITSTATUS(state) != 74) {
        (void)printf("the watchdog did not end a process that hangs with 74 (state %d)\n", state);
        return 1;
    }
    for (int i = 0; i < 2; i++) {
        if (start(20) != 0) {
            return 1;
        }
        work(3);
        skel_watchdog_stop();
    }
    return 0;
}
