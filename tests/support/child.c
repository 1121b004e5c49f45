/* What a child process says and how it ends. */
#include "child.h"

#include <check.h>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

int skel_child_run(void (*what)(void *context), void *context, int status,
                   char words[SKEL_CHILD_WORDS])
{
    int ends[2];
    int state = 0;
    size_t length = 0;
    ssize_t got = 0;
    pid_t child = -1;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        what(context);
        _exit(status);
    }
    (void)close(ends[1]);
    while ((got = read(ends[0], words + length, SKEL_CHILD_WORDS - 1 - length)) > 0) {
        length += (size_t)got;
    }
    words[length] = '\0';
    (void)close(ends[0]);
    ck_assert_int_eq(waitpid(child, &state, 0), child);
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}
