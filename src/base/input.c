/* Opens files for reading, and nothing that is no file. */
#include "skel/input.h"

#include "skel/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *noun_of(mode_t mode)
{
    if (S_ISDIR(mode)) {
        return "a folder";
    }
    if (S_ISFIFO(mode)) {
        return "a pipe";
    }
    return S_ISSOCK(mode) ? "a socket" : "a device";
}

/* The end of a look: what the system said of the path. */
static skel_status judge(const char *path, int error, const struct stat *facts, size_t *bytes)
{
    if (error != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: open: %s", path, strerror(error));
    }
    if (!S_ISREG(facts->st_mode)) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s is %s, not a file", path, noun_of(facts->st_mode));
    }
    if (bytes != NULL) {
        *bytes = (size_t)facts->st_size;
    }
    return SKEL_OK;
}

skel_status skel_input_look(const char *path, size_t *bytes)
{
    struct stat facts = {0};
    int error = stat(path, &facts) != 0 ? errno : 0;

    return judge(path, error, &facts, bytes);
}

skel_status skel_input_open(const char *path, int *descriptor, size_t *bytes)
{
    struct stat facts = {0};
    int error = 0;
    skel_status status = skel_input_look(path, bytes);

    *descriptor = -1;
    if (status != SKEL_OK) {
        return status;
    }
    /* The path may be another thing by now: the open file is looked at again. */
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    error = *descriptor < 0 || fstat(*descriptor, &facts) != 0 ? errno : 0;
    status = judge(path, error, &facts, bytes);
    if (status != SKEL_OK && *descriptor >= 0) {
        (void)close(*descriptor);
        *descriptor = -1;
    }
    return status;
}

skel_status skel_input_stream(const char *path, FILE **out)
{
    int descriptor = -1;
    skel_status status = skel_input_open(path, &descriptor, NULL);

    *out = NULL;
    if (status != SKEL_OK) {
        return status;
    }
    *out = fdopen(descriptor, "rb");
    if (*out == NULL) {
        (void)close(descriptor);
        return SKEL_FAIL(SKEL_ERR_MEMORY, "%s: open: out of memory", path);
    }
    return SKEL_OK;
}

skel_status skel_input_check_written(const char *path)
{
    struct stat facts = {0};
    int descriptor = -1;
    bool locked = false;

    if (stat(path, &facts) == 0 && S_ISREG(facts.st_mode)) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    }
    if (descriptor >= 0) {
        locked = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        (void)close(descriptor); /* and with it the lock, if it was given */
    }
    return !locked ? SKEL_OK
                   : SKEL_FAIL(SKEL_ERR_DATA,
                               "%s: another program has the file open and writes it: wait until "
                               "that program has closed it",
                               path);
}

ssize_t skel_input_read(int descriptor, uint64_t offset, size_t bytes, void *block)
{
    char *to = block;
    size_t done = 0;

    while (done < bytes) {
        ssize_t got = pread(descriptor, to + done, bytes - done, (off_t)(offset + done));

        if (got < 0 && errno != EINTR) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)done;
}

skel_status skel_input_read_whole(int descriptor, const char *path, uint64_t offset, size_t bytes,
                                  void *block)
{
    ssize_t got = skel_input_read(descriptor, offset, bytes, block);

    if (got < 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", path, strerror(errno));
    }
    if ((size_t)got < bytes) {
        return SKEL_FAIL(SKEL_ERR_IO,
                         "%s: the file ends at byte %llu, expected at least %llu bytes: another "
                         "program cut it while it was read",
                         path, (unsigned long long)(offset + (size_t)got),
                         (unsigned long long)(offset + bytes));
    }
    return SKEL_OK;
}

skel_status skel_input_text(const char *path, char **out)
{
    size_t bytes = 0;
    int descriptor = -1;
    char *text = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_input_open(path, &descriptor, &bytes));
    SKEL_TRY(SKEL_ALLOC(bytes + 1, 1, &text));
    SKEL_TRY(skel_input_read_whole(descriptor, path, 0, bytes, text));
    *out = text;
    text = NULL;
done:
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    SKEL_FREE(&text);
    return status;
}

void skel_input_line(const char *path, size_t size, char line[])
{
    FILE *file = fopen(path, "re");

    if (file == NULL || fgets(line, (int)size, file) == NULL) {
        line[0] = '\0';
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    line[strcspn(line, "\n")] = '\0';
}
