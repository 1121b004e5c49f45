/* The peer process: requests and answers are lines through a socket pair, its standard streams. */
#include "skel/bench.h"

#include "skel/memory.h"

#include <errno.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE = 512 };

extern char **environ;

struct skel_bench_peer {
    pid_t pid;
    int socket;
    int threads;
    char name[64];
    size_t buffered;
    char buffer[LINE]; /* received, not yet read */
};

static const char *const python = "/usr/bin/python3";

static skel_status spawn(skel_bench_peer *peer, const char *script, size_t threads)
{
    char count[24];
    char *const arguments[] = {(char *)(uintptr_t)python, (char *)(uintptr_t)script, count, NULL};
    posix_spawn_file_actions_t actions;
    int ends[2] = {-1, -1};
    int error = 0;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "socketpair: %s", strerror(errno));
    }
    (void)snprintf(count, sizeof count, "%zu", threads);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    error = posix_spawn(&peer->pid, python, &actions, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(ends[1]);
    peer->socket = ends[0];
    if (error != 0) {
        peer->pid = -1;
        return SKEL_FAIL(SKEL_ERR_IO, "%s: %s", python, strerror(error));
    }
    return SKEL_OK;
}

/* Reads one line, without its end. */
static skel_status read_line(skel_bench_peer *peer, char line[LINE])
{
    char *end = memchr(peer->buffer, '\n', peer->buffered);
    size_t length = 0;

    while (end == NULL) {
        ssize_t got = 0;

        if (peer->buffered == LINE) {
            return SKEL_FAIL(SKEL_ERR_IO, "the peer's answer is longer than %d bytes", LINE);
        }
        got = recv(peer->socket, peer->buffer + peer->buffered, LINE - peer->buffered, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return SKEL_FAIL(SKEL_ERR_IO, "the peer has ended without an answer");
        }
        peer->buffered += (size_t)got;
        end = memchr(peer->buffer, '\n', peer->buffered);
    }
    length = (size_t)(end - peer->buffer);
    memcpy(line, peer->buffer, length);
    line[length] = '\0';
    peer->buffered -= length + 1;
    memmove(peer->buffer, end + 1, peer->buffered);
    return SKEL_OK;
}

/* Reads the greeting: "ready VERSION THREADS" or "absent REASON". */
static skel_status greet(skel_bench_peer *peer)
{
    char line[LINE] = "";
    char *version = NULL;
    char *threads = NULL;
    skel_status status = read_line(peer, line);

    if (status != SKEL_OK) {
        return status;
    }
    version = strchr(line, ' ');
    if (strncmp(line, "ready ", 6) != 0 || version == NULL) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s", version == NULL ? line : version + 1);
    }
    threads = strchr(++version, ' ');
    if (threads != NULL) {
        *threads++ = '\0';
        peer->threads = (int)strtol(threads, NULL, 10);
    }
    (void)snprintf(peer->name, sizeof peer->name, "PyTorch %.40s", version);
    return SKEL_OK;
}

skel_status skel_bench_peer_start(const char *script, size_t threads, skel_bench_peer **out)
{
    skel_status status = SKEL_OK;

    *out = NULL;
    if (access(script, R_OK) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: %s", script, strerror(errno));
    }
    SKEL_TRY(SKEL_ALLOC(1, sizeof **out, out));
    (*out)->socket = -1;
    (*out)->pid = -1;
    SKEL_TRY(spawn(*out, script, threads));
    SKEL_TRY(greet(*out));
done:
    if (status != SKEL_OK) {
        skel_bench_peer_stop(out);
    }
    return status;
}

void skel_bench_peer_stop(skel_bench_peer **peer)
{
    if (*peer == NULL) {
        return;
    }
    if ((*peer)->socket >= 0) {
        (void)close((*peer)->socket); /* the end of its input ends it */
    }
    if ((*peer)->pid > 0) {
        (void)waitpid((*peer)->pid, NULL, 0);
    }
    SKEL_FREE(peer);
}

const char *skel_bench_peer_name(const skel_bench_peer *peer, int *threads)
{
    *threads = peer->threads;
    return peer->name;
}

/* Sends a line, receives the answer. */
static skel_status exchange(skel_bench_peer *peer, const char *request, char answer[LINE])
{
    size_t length = strlen(request);
    skel_status status = SKEL_OK;

    answer[0] = '\0';
    if (send(peer->socket, request, length, MSG_NOSIGNAL) != (ssize_t)length) {
        return SKEL_FAIL(SKEL_ERR_IO, "the peer has ended: %s", strerror(errno));
    }
    status = read_line(peer, answer);
    if (status == SKEL_OK && strncmp(answer, "error", 5) == 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "the peer says: %s", answer + 5 + (answer[5] == ' '));
    }
    return status;
}

skel_status skel_bench_peer_ask(skel_bench_peer *peer, const char *format, ...)
{
    char request[LINE];
    char answer[LINE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(request, sizeof request - 1, format, arguments);
    va_end(arguments);
    (void)strncat(request, "\n", sizeof request - strlen(request) - 1);
    return exchange(peer, request, answer);
}

skel_status skel_bench_peer_run(skel_bench_peer *peer, const char *name, double *seconds)
{
    char request[LINE];
    char answer[LINE];
    skel_status status = SKEL_OK;

    *seconds = 0;
    (void)snprintf(request, sizeof request, "run %s\n", name);
    status = exchange(peer, request, answer);
    if (status == SKEL_OK && strncmp(answer, "seconds ", 8) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "the peer answers \"%s\"", answer);
    }
    *seconds = status == SKEL_OK ? strtod(answer + 8, NULL) : 0.0;
    return status;
}
