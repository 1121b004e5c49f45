/* Segments are POSIX's, not an MPI window: posix_fallocate() fails where /dev/shm is full, while
 * MPI_Win_allocate_shared() of Open MPI 4.1 leaves ranks waiting for each other. */
#include "segment.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int map(int file, size_t bytes, void **out)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

    if (memory == MAP_FAILED) {
        return errno;
    }
    *out = memory;
    return 0;
}

/* A signal can interrupt it. */
static int reserve(int file, size_t bytes)
{
    int error = 0;

    do {
        error = posix_fallocate(file, 0, (off_t)bytes);
    } while (error == EINTR);
    return error;
}

int skel_segment_make(const char *name, size_t bytes, void **out)
{
    int file = shm_open(name, O_CREAT | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);
    int error = 0;

    *out = NULL;
    if (file < 0) {
        return errno;
    }
    error = reserve(file, bytes);
    if (error == 0) {
        error = map(file, bytes, out);
    }
    (void)close(file);
    if (error != 0) {
        (void)shm_unlink(name);
    }
    return error;
}

int skel_segment_map(const char *name, size_t bytes, void **out)
{
    int file = shm_open(name, O_RDWR, 0);
    int error = 0;

    *out = NULL;
    if (file < 0) {
        return errno;
    }
    error = map(file, bytes, out);
    (void)close(file);
    return error;
}
