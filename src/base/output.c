/* Files that appear whole or not at all. */
#include "skel/output.h"

#include "skel/log.h"
#include "skel/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct skel_output {
    FILE *file;
    size_t bytes;
    int error;                   /* of the system, the first one; 0: none */
    bool is_stream;              /* `path` itself is open, and there is no `part` */
    void (*at_broken_pipe)(int); /* what SIGPIPE did before */
    char path[SKEL_OUTPUT_PATH];
    char part[SKEL_OUTPUT_PATH + 32];
};

static skel_status fail(const char *path, const char *action, int error)
{
    skel_status status = skel_status_of_errno(error);

    return skel_error_set(status, "%s: %s: %s", path, action, strerror(error));
}

skel_status skel_output_open(const char *path, skel_output **out)
{
    skel_output *output = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *output, &output));
    SKEL_TRY(skel_output_place(path, output->path));
    (void)snprintf(output->part, sizeof output->part, "%s.part-%ld", output->path, (long)getpid());
    output->file = fopen(output->part, "wbx");
    if (output->file == NULL) {
        SKEL_TRY(fail(path, "write", errno));
    }
    *out = output;
    output = NULL;
done:
    SKEL_FREE(&output);
    return status;
}

/* A pipe that no one reads keeps its writer waiting. */
static int open_stream(const char *path)
{
    int descriptor = -1;

    if (skel_output_is_stdout(path)) {
        (void)fflush(stdout);
        return dup(STDOUT_FILENO); /* opened anew, it would begin at the file's first byte */
    }
    descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0 && errno == ENXIO) {
        SKEL_INFO("%s: waiting for a program that reads this pipe", path);
        return open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    }
    if (descriptor >= 0) {
        (void)fcntl(descriptor, F_SETFL, O_WRONLY);
    }
    return descriptor;
}

skel_status skel_output_open_text(const char *path, skel_output **out)
{
    skel_output *output = NULL;
    int descriptor = -1;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (!skel_output_is_stream(path)) {
        return skel_output_open(path, out);
    }
    SKEL_TRY(SKEL_ALLOC(1, sizeof *output, &output));
    output->is_stream = true;
    (void)snprintf(output->path, sizeof output->path, "%s", path);
    descriptor = open_stream(path);
    output->file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (output->file == NULL) {
        status = fail(path, "write", errno);
        goto done;
    }
    output->at_broken_pipe = signal(SIGPIPE, SIG_IGN);
    *out = output;
    output = NULL;
done:
    if (output != NULL && descriptor >= 0) {
        (void)close(descriptor);
    }
    SKEL_FREE(&output);
    return status;
}

void skel_output_write(skel_output *output, size_t bytes, const void *data)
{
    if (output->error == 0 && bytes > 0 && fwrite(data, 1, bytes, output->file) != bytes) {
        output->error = errno;
    }
    output->bytes += bytes;
}

skel_status skel_output_copy(skel_output *output, const char *path)
{
    enum { PIECE = 1 << 20 };
    FILE *source = fopen(path, "rb");
    uint8_t *piece = NULL;
    size_t got = 0;
    skel_status status = SKEL_OK;

    if (source == NULL) {
        return fail(path, "open", errno);
    }
    SKEL_TRY(SKEL_ALLOC_RAW(PIECE, 1, &piece));
    while ((got = fread(piece, 1, PIECE, source)) > 0) {
        skel_output_write(output, got, piece);
    }
    status = ferror(source) != 0 ? fail(path, "read", errno) : SKEL_OK;
done:
    (void)fclose(source);
    SKEL_FREE(&piece);
    return status;
}

skel_status skel_output_part(skel_output *output, const char **out)
{
    if (output->error == 0 && fflush(output->file) != 0) {
        output->error = errno;
    }
    *out = output->part;
    return output->error == 0 ? SKEL_OK : fail(output->path, "write", output->error);
}

size_t skel_output_bytes(const skel_output *output)
{
    return output->bytes;
}

/* A stream has no disk to wait for. */
static bool reaches_disk(const skel_output *output)
{
    return fflush(output->file) == 0 && (output->is_stream || fsync(fileno(output->file)) == 0);
}

static skel_status replace(const skel_output *output)
{
    skel_status status = skel_output_look(output->path);

    if (status == SKEL_OK && rename(output->part, output->path) != 0) {
        status = fail(output->path, "write", errno);
    }
    return status;
}

skel_status skel_output_publish(skel_output **output)
{
    skel_output *it = *output;
    skel_status status = SKEL_OK;

    if (it->error == 0 && !reaches_disk(it)) {
        it->error = errno;
    }
    if (fclose(it->file) != 0 && it->error == 0) {
        it->error = errno;
    }
    it->file = NULL;
    if (it->error != 0) {
        status = fail(it->path, "write", it->error);
    } else if (!it->is_stream) {
        status = replace(it);
    }
    skel_output_discard(output);
    return status;
}

void skel_output_discard(skel_output **output)
{
    if (*output == NULL) {
        return;
    }
    if ((*output)->file != NULL) {
        (void)fclose((*output)->file);
    }
    if ((*output)->is_stream) {
        (void)signal(SIGPIPE, (*output)->at_broken_pipe);
    } else {
        (void)unlink((*output)->part); /* after a rename it is not there */
    }
    SKEL_FREE(output);
}
