/* Plain files. A call that a signal interrupts is made again. */
#include "disk.h"

#include "skel/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

skel_status skel_disk_write(int descriptor, const char *name, uint64_t offset, size_t bytes,
                            const void *block)
{
    const char *from = block;

    while (bytes > 0) {
        ssize_t written = pwrite(descriptor, from, bytes, (off_t)offset);

        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) { /* a write of nothing would be repeated for ever */
            int error = written < 0 ? errno : ENOSPC;

            return skel_error_set(skel_status_of_errno(error),
                                  "cannot write %s: %zu bytes at byte %llu: %s", name, bytes,
                                  (unsigned long long)offset, strerror(error));
        }
        /* The disk works while the next bytes are made; a file system that cannot does later. */
        (void)sync_file_range(descriptor, (off_t)offset, written, SYNC_FILE_RANGE_WRITE);
        from += written;
        offset += (uint64_t)written;
        bytes -= (size_t)written;
    }
    return SKEL_OK;
}

/* What the system says to a reservation, 0 if there is room. */
static int reserve(int descriptor, off_t from, off_t bytes)
{
    struct statvfs disk;

    while (fallocate(descriptor, FALLOC_FL_KEEP_SIZE, from, bytes) != 0) {
        if (errno == EOPNOTSUPP || errno == ENOSYS) {
            if (fstatvfs(descriptor, &disk) == 0 &&
                (double)disk.f_bavail * (double)disk.f_frsize < (double)bytes) {
                return ENOSPC;
            }
            return 0;
        }
        if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

skel_status skel_disk_reserve(int descriptor, const char *name, uint64_t from, uint64_t to,
                              const char *what)
{
    int error = to > from ? reserve(descriptor, (off_t)from, (off_t)(to - from)) : 0;

    if (error != 0) {
        char size[SKEL_TEXT_BYTES];

        skel_text_bytes((double)(to - from), size);
        return skel_error_set(skel_status_of_errno(error),
                              "cannot write %s: no room for %s (%s): %s", name, what, size,
                              strerror(error));
    }
    return SKEL_OK;
}

skel_status skel_disk_set_size(int descriptor, const char *name, uint64_t bytes)
{
    while (ftruncate(descriptor, (off_t)bytes) != 0) {
        if (errno != EINTR) {
            return skel_error_set(skel_status_of_errno(errno),
                                  "cannot write %s: set its size to %llu bytes: %s", name,
                                  (unsigned long long)bytes, strerror(errno));
        }
    }
    return SKEL_OK;
}

skel_status skel_disk_sync(int descriptor, const char *name)
{
    while (fsync(descriptor) != 0) {
        if (errno != EINTR) {
            return skel_error_set(skel_status_of_errno(errno), "cannot write %s: fsync: %s", name,
                                  strerror(errno));
        }
    }
    return SKEL_OK;
}

skel_status skel_disk_sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int descriptor = -1;
    int error = 0;

    if (slash == NULL) {
        (void)snprintf(folder, sizeof folder, ".");
    } else {
        (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path + 1), path);
    }
    do {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        error = descriptor < 0 ? errno : 0;
    } while (error == EINTR);
    while (descriptor >= 0 && (error = fsync(descriptor) != 0 ? errno : 0) == EINTR) {
    }
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    /* Some file systems cannot sync a folder, and say so with EINVAL: nothing is lost by that. */
    if (error != 0 && error != EINVAL) {
        return skel_error_set(skel_status_of_errno(error), "cannot sync the folder %s: %s", folder,
                              strerror(error));
    }
    return SKEL_OK;
}
