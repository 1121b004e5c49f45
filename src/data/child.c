/* Child processes by posix_spawn. Their output goes to a file, so that it does not mix with the
 * progress line. */
#include "child.h"

#include "skel/progress.h"

#include "data_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { KIB = 1024 };

enum { NOT_FOUND = 127 }; /* exit status of a child whose program posix_spawnp() did not find */

static const struct timespec poll_interval = {0, 50000000};

static skel_status fail_missing(const skel_child *child)
{
    return SKEL_FAIL(SKEL_ERR_IO, "%s is not installed", child->argv[0]);
}

static skel_status spawn(const skel_child *child, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    /* posix_spawnp promises not to change the words */
    char *const *argv = (char *const *)(const void *)child->argv;
    int error = posix_spawn_file_actions_init(&actions);

    if (error == 0) {
        error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    if (error == 0) {
        error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, child->messages,
                                                 O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);
    }
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    }
    if (error == 0 && child->dir != NULL) {
        error = posix_spawn_file_actions_addchdir_np(&actions, child->dir);
    }
    if (error == 0) {
        error = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT) {
        return fail_missing(child);
    }
    if (error != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "start %s: %s", argv[0], strerror(error));
    }
    return SKEL_OK;
}

/* Waits for the child and shows how `watched` grows. */
static int wait_for(const skel_child *child, pid_t pid)
{
    bool shown = child->watched != NULL && child->expected > 0;
    size_t start = shown ? skel_data_folder_bytes(child->watched) : 0;
    skel_progress progress;
    int state = 0;

    skel_progress_start(&progress, child->label != NULL ? child->label : child->argv[0], "KiB",
                        child->expected / KIB);
    while (waitpid(pid, &state, WNOHANG) == 0) {
        (void)nanosleep(&poll_interval, NULL);
        if (shown) {
            size_t now = skel_data_folder_bytes(child->watched);
            size_t grown = now > start ? (now - start) / KIB : 0;

            skel_progress_advance(&progress, grown > progress.done ? grown - progress.done : 0,
                                  NULL);
        }
    }
    (void)skel_progress_finish(&progress);
    return state;
}

skel_status skel_child_run(const skel_child *child, int *exit_status)
{
    pid_t pid = 0;
    int state = 0;
    char reason[2];
    skel_status status = spawn(child, &pid);

    *exit_status = -1;
    if (status != SKEL_OK) {
        return status;
    }
    state = wait_for(child, pid);
    if (!WIFEXITED(state)) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s was killed by signal %d (%s)", child->argv[0],
                         WTERMSIG(state), strsignal(WTERMSIG(state)));
    }
    *exit_status = WEXITSTATUS(state);
    if (*exit_status == NOT_FOUND) { /* as POSIX allows; a program that says something was found */
        skel_child_reason(child->messages, sizeof reason, reason);
        return reason[0] == '\0' ? fail_missing(child) : SKEL_OK;
    }
    return SKEL_OK;
}

skel_status skel_child_succeed(const skel_child *child)
{
    char reason[512];
    int exit_status = 0;
    skel_status status = skel_child_run(child, &exit_status);

    if (status != SKEL_OK || exit_status == 0) {
        return status;
    }
    skel_child_reason(child->messages, sizeof reason, reason);
    return SKEL_FAIL(SKEL_ERR_IO, "%s failed with exit status %d%s%s", child->argv[0], exit_status,
                     reason[0] != '\0' ? ": " : "", reason);
}

/* npm explains itself in the line with "reason:", the others in their first one. */
void skel_child_reason(const char *messages, size_t size, char out[])
{
    static const char npm_mark[] = "npm ERR! ";
    char line[512];
    FILE *file = fopen(messages, "r");

    out[0] = '\0';
    if (file == NULL) {
        return;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        const char *text =
            strncmp(line, npm_mark, strlen(npm_mark)) == 0 ? line + strlen(npm_mark) : line;

        line[strcspn(line, "\r\n")] = '\0';
        if (text[0] != '\0' && strncmp(text, "npm WARN", 8) != 0 &&
            (out[0] == '\0' || strstr(text, "reason:") != NULL)) {
            (void)snprintf(out, size, "%s", text);
        }
    }
    (void)fclose(file);
}
