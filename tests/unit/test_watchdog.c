/* The watchdog: what ends a process, what does not, and what the last words are. */
#include "child.h"
#include "suite.h"

#include "skel/watchdog.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIDE = 7 /* exit status of a child that nobody has ended */ };

static const double never = 1000; /* seconds */

static void nap(double seconds)
{
    const double million = 1e6;

    (void)usleep((useconds_t)(seconds * million));
}

static void act(void *what)
{
    (*(void (**)(void))what)();
}

/* Lets a child do something; its standard error and its exit status, -1 after a signal. */
static int watch(void (*what)(void), char words[SKEL_CHILD_WORDS])
{
    return skel_child_run(act, &what, SIDE, words);
}

static void start(double compute, double io)
{
    const skel_watchdog_options options = {.compute = compute, .io = io, .rank = 5};

    if (skel_watchdog_start(&options) != SKEL_OK) {
        _exit(1);
    }
}

static void hang(void)
{
    for (;;) {
        (void)pause();
    }
}

static void compute_and_hang(void)
{
    start(0.2, never);
    skel_watchdog_phase("pruning iteration %d of %d", 3, 60);
    skel_watchdog_io_begin("reading a file");
    skel_watchdog_io_end();
    hang();
}

START_TEST(a_standstill_ends_the_process_and_names_rank_host_and_phase)
{
    char words[SKEL_CHILD_WORDS];
    char host[256] = "";

    ck_assert_int_eq(watch(compute_and_hang, words), 74);
    (void)gethostname(host, sizeof host - 1);
    ck_assert_ptr_nonnull(strstr(words, "rank 5 on "));
    ck_assert_ptr_nonnull(strstr(words, host));
    ck_assert_ptr_nonnull(strstr(words, "computation: pruning iteration 3 of 60;"));
}
END_TEST

static void write_and_hang(void)
{
    start(never, 0.2);
    skel_watchdog_phase("training");
    skel_watchdog_io_begin("writing %s", "runs/a.h5");
    skel_watchdog_io_begin("a part of it");
    skel_watchdog_io_end();
    hang();
}

START_TEST(input_and_output_have_a_limit_and_a_name_of_their_own)
{
    char words[SKEL_CHILD_WORDS];

    ck_assert_int_eq(watch(write_and_hang, words), 74);
    ck_assert_ptr_nonnull(strstr(words, "input or output: writing runs/a.h5;"));
    ck_assert_ptr_nonnull(strstr(words, "--watchdog-io sets the limit"));
}
END_TEST

static void write_slowly(void)
{
    start(0.1, 0);
    skel_watchdog_io_begin("writing runs/a.h5");
    nap(1);
}

static void compute_slowly(void)
{
    start(0, 0.1);
    nap(1);
}

static void wait_for_others(void)
{
    start(0.1, 0.1);
    skel_watchdog_rest();
    nap(1);
    skel_watchdog_resume();
    skel_watchdog_stop();
    nap(1);
}

START_TEST(without_a_limit_while_it_rests_and_when_it_has_ended_it_is_silent)
{
    void (*const cases[])(void) = {write_slowly, compute_slowly, wait_for_others};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char words[SKEL_CHILD_WORDS];

        ck_assert_int_eq(watch(cases[i], words), SIDE);
        ck_assert_str_eq(words, "");
    }
}
END_TEST

static void rest_and_hang(void)
{
    start(0.2, 0.2);
    skel_watchdog_rest();
    nap(0.5);
    skel_watchdog_resume();
    hang();
}

START_TEST(after_a_rest_it_watches_again)
{
    char words[SKEL_CHILD_WORDS];

    ck_assert_int_eq(watch(rest_and_hang, words), 74);
    ck_assert_ptr_nonnull(strstr(words, "start of the program"));
}
END_TEST

static void work(void)
{
    start(2, 2);
    for (int i = 0; i < 3000; i++) {
        nap(0.001);
        skel_watchdog_beat();
    }
}

START_TEST(progress_keeps_it_silent)
{
    char words[SKEL_CHILD_WORDS];

    ck_assert_int_eq(watch(work, words), SIDE);
    ck_assert_str_eq(words, "");
}
END_TEST

/* Watches with two peers: a process that has stopped itself, and one that is well. */
static void lose_a_peer(void)
{
    skel_watchdog_peer peer[2] = {{3, 0}, {4, (long)getppid()}};
    const skel_watchdog_options options = {.compute = 0.2, .peers = 2, .peer = peer};
    pid_t child = fork();

    if (child == 0) {
        (void)close(STDERR_FILENO); /* whose end the test waits for */
        (void)raise(SIGSTOP);
        _exit(0);
    }
    (void)waitpid(child, NULL, WUNTRACED);
    peer[0].process = (long)child;
    if (skel_watchdog_start(&options) != SKEL_OK) {
        _exit(1);
    }
    peer[0].process = 0; /* it has a copy */
    nap(0.1);
    (void)dprintf(STDERR_FILENO, "stopped %ld\n", (long)child);
    hang();
}

START_TEST(a_stopped_rank_of_the_same_host_is_named)
{
    char words[SKEL_CHILD_WORDS];
    long child = 0;

    ck_assert_int_eq(watch(lose_a_peer, words), 74);
    ck_assert_int_eq(sscanf(words, "stopped %ld", &child), 1);
    (void)kill((pid_t)child, SIGKILL);
    ck_assert_ptr_nonnull(strstr(words, "rank 3 (process "));
    ck_assert_ptr_nonnull(strstr(words, "is stopped by a signal"));
    ck_assert_ptr_null(strstr(words, "rank 4"));
}
END_TEST

static size_t threads(void)
{
    DIR *folder = opendir("/proc/self/task");
    size_t count = 0;

    ck_assert_ptr_nonnull(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    (void)closedir(folder);
    return count;
}

/* Waits until there are so many: a thread that has been joined may stay in the list for a moment.
 */
static void ck_threads(size_t expected)
{
    for (int i = 0; i < 500 && threads() != expected; i++) {
        nap(0.01);
    }
    ck_assert_uint_eq(threads(), expected);
}

START_TEST(there_is_a_thread_only_between_start_and_stop_and_none_without_limits)
{
    size_t before = threads();

    for (int i = 0; i < 3; i++) {
        start(never, never);
        ck_threads(before + 1);
        skel_watchdog_stop();
        ck_threads(before);
    }
    start(0, 0);
    ck_threads(before);
    skel_watchdog_stop();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_standstill_ends_the_process_and_names_rank_host_and_phase);
    tcase_add_test(tcase, input_and_output_have_a_limit_and_a_name_of_their_own);
    tcase_add_test(tcase, without_a_limit_while_it_rests_and_when_it_has_ended_it_is_silent);
    tcase_add_test(tcase, after_a_rest_it_watches_again);
    tcase_add_test(tcase, progress_keeps_it_silent);
    tcase_add_test(tcase, a_stopped_rank_of_the_same_host_is_named);
    tcase_add_test(tcase, there_is_a_thread_only_between_start_and_stop_and_none_without_limits);
}

int main(void)
{
    return skel_suite_run("watchdog", fill);
}
