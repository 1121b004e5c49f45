/* What Slurm's queue holds of skel's jobs, asked of squeue. */
#include "skel/queue.h"

#include "skel/capture.h"
#include "skel/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Job, state, number in its array, reason, comment: the comment may hold anything, so it is last.
 */
#define COLUMNS "--format=%i|%T|%K|%r|%k"

/* Copies the text up to the next bar; returns what follows the bar, NULL if there is none. */
static const char *take(const char *text, size_t size, char out[])
{
    size_t length = text != NULL ? strcspn(text, "|") : 0;

    if (text == NULL || text[length] != '|') {
        return NULL;
    }
    (void)snprintf(out, size, "%.*s", (int)length, text);
    return text + length + 1;
}

bool skel_queue_line(const char *line, skel_queue_job *out)
{
    char number[24] = "";
    char *end = NULL;
    const char *rest = NULL;

    memset(out, 0, sizeof *out);
    rest = take(line, sizeof out->id, out->id);
    rest = take(rest, sizeof out->state, out->state);
    rest = take(rest, sizeof number, number);
    rest = take(rest, sizeof out->reason, out->reason);
    if (rest == NULL || strncmp(rest, SKEL_QUEUE_MARK, strlen(SKEL_QUEUE_MARK)) != 0) {
        return false;
    }
    rest += strlen(SKEL_QUEUE_MARK);
    (void)snprintf(out->frozen, sizeof out->frozen, "%.*s", (int)strcspn(rest, "\n"), rest);
    out->index = (size_t)strtoull(number, &end, 10);
    out->is_element = end != number && *end == '\0';
    return true;
}

static skel_status read_lines(const char *text, skel_queue *out)
{
    skel_status status = SKEL_OK;
    size_t room = 0;

    for (const char *line = text; *line != '\0';) {
        const char *end = strchr(line, '\n');

        if (out->jobs == room) {
            room = room > 0 ? 2 * room : 16;
            SKEL_TRY(SKEL_GROW(room, sizeof *out->job, &out->job));
        }
        out->jobs += skel_queue_line(line, &out->job[out->jobs]);
        line = end != NULL ? end + 1 : line + strlen(line);
    }
done:
    return status;
}

skel_status skel_queue_read(skel_queue *out)
{
    const char *const argv[] = {"squeue", "--noheader", "--array", COLUMNS, NULL};
    skel_capture squeue = {.output = NULL};
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    /* a controller that does not answer must not stop us */
    SKEL_TRY(skel_capture_run_within(10, argv, &squeue));
    if (squeue.exit_status != 0) {
        status =
            SKEL_FAIL(SKEL_ERR_MISSING, "squeue does not reach Slurm: %.500s", squeue.messages);
        goto done;
    }
    SKEL_TRY(read_lines(squeue.output, out));
done:
    skel_capture_clear(&squeue);
    return status;
}

void skel_queue_clear(skel_queue *queue)
{
    SKEL_FREE(&queue->job);
    queue->jobs = 0;
}

bool skel_queue_is_in(const char *folder, const char *frozen)
{
    const char *slash = strrchr(frozen, '/');
    char parent[SKEL_JOB_PATH];
    char *real = NULL;
    char *wanted = NULL;
    bool is_in = false;

    if (slash == NULL) {
        return false;
    }
    (void)snprintf(parent, sizeof parent, "%.*s", (int)(slash - frozen), frozen);
    real = realpath(parent, NULL);
    wanted = realpath(folder, NULL);
    is_in = real != NULL && wanted != NULL && strcmp(real, wanted) == 0;
    free(real);   /* realpath's own block */
    free(wanted); /* realpath's own block */
    return is_in;
}
