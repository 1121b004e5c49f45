/* Other programs, run to their end. Their output goes to files in memory, which no pipe's size
 * limits. */
#include "skel/capture.h"

#include "skel/memory.h"
#include "skel/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

typedef struct streams {
    int output;
    int messages;
} streams;

/* Starts the program with its standard streams in place. */
static int spawn(const char *const argv[], const streams *files, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    /* posix_spawnp promises not to change the words */
    char *const *words = (char *const *)(const void *)argv;
    int error = posix_spawn_file_actions_init(&actions);

    if (error != 0) {
        return error;
    }
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, files->output, STDOUT_FILENO);
    }
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, files->messages, STDERR_FILENO);
    }
    if (error == 0) {
        error = posix_spawnp(pid, argv[0], &actions, NULL, words, environ);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Reads a file in memory from its beginning as one text. */
static skel_status read_text(int file, char **out)
{
    struct stat facts;
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    if (fstat(file, &facts) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "fstat: %s", strerror(errno));
    }
    bytes = (size_t)facts.st_size;
    SKEL_TRY(SKEL_ALLOC(bytes + 1, 1, out));
    for (size_t done = 0; done < bytes;) {
        ssize_t got = pread(file, *out + done, bytes - done, (off_t)done);

        if (got <= 0) {
            return SKEL_FAIL(SKEL_ERR_IO, "read: %s", got < 0 ? strerror(errno) : "ended early");
        }
        done += (size_t)got;
    }
done:
    return status;
}

/* Makes one line of the lines, with a semicolon for each end of a line but the last. */
static void join_lines(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && strchr("\r\n", text[length - 1]) != NULL) {
        text[--length] = '\0';
    }
    for (char *end = strchr(text, '\n'); end != NULL; end = strchr(end, '\n')) {
        *end = ';';
    }
}

/* Waits for the program's end, and with a limit kills it when the time is over. */
static skel_status wait_for(pid_t pid, double seconds, int *exit_status)
{
    const struct timespec moment = {.tv_nsec = 20000000};
    double end = skel_seconds() + seconds;
    bool late = false;
    int state = 0;
    pid_t ended = 0;

    while (ended <= 0) {
        ended = waitpid(pid, &state, seconds > 0 && !late ? WNOHANG : 0);
        if (ended < 0 && errno != EINTR) {
            return SKEL_FAIL(SKEL_ERR_INTERNAL, "waitpid: %s", strerror(errno));
        }
        if (ended == 0 && skel_seconds() < end) {
            (void)nanosleep(&moment, NULL);
        } else if (ended == 0) {
            late = true;
            (void)kill(pid, SIGKILL);
        }
    }
    *exit_status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    return late ? SKEL_FAIL(SKEL_ERR_MISSING, "no answer within %g s", seconds) : SKEL_OK;
}

static skel_status run_in(double seconds, const char *const argv[], const streams *files,
                          skel_capture *out)
{
    pid_t pid = 0;
    int error = spawn(argv, files, &pid);
    skel_status status = SKEL_OK;

    if (error == ENOENT) {
        return SKEL_FAIL(SKEL_ERR_MISSING, "there is no program %s on the PATH", argv[0]);
    }
    if (error != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "start %s: %s", argv[0], strerror(error));
    }
    SKEL_TRY(wait_for(pid, seconds, &out->exit_status));
    SKEL_TRY(read_text(files->output, &out->output));
    SKEL_TRY(read_text(files->messages, &out->messages));
    join_lines(out->messages);
done:
    return status;
}

skel_status skel_capture_run(const char *const argv[], skel_capture *out)
{
    return skel_capture_run_within(0, argv, out);
}

skel_status skel_capture_run_within(double seconds, const char *const argv[], skel_capture *out)
{
    streams files = {.output = memfd_create("output", MFD_CLOEXEC),
                     .messages = memfd_create("messages", MFD_CLOEXEC)};
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    if (files.output < 0 || files.messages < 0) {
        status = SKEL_FAIL(SKEL_ERR_IO, "memfd_create: %s", strerror(errno));
    } else {
        status = run_in(seconds, argv, &files, out);
    }
    if (files.output >= 0) {
        (void)close(files.output);
    }
    if (files.messages >= 0) {
        (void)close(files.messages);
    }
    return status;
}

void skel_capture_clear(skel_capture *capture)
{
    SKEL_FREE(&capture->output);
    SKEL_FREE(&capture->messages);
}
