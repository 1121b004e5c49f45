/* One read of a file fails as it does on a broken disk: preloaded into a command. Variables of the
 * environment:
 *
 *     FAIL_FILE=F   the file whose reads are counted, by its whole path
 *     FAIL_READ=N   the N-th of them fails, from 1; 0: none
 *     FAIL_COUNT=C  the file C gets the number of reads, when the process ends */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long calls;

static bool is_counted(int descriptor)
{
    const char *file = getenv("FAIL_FILE");
    char link[64];
    char path[PATH_MAX];
    ssize_t length = 0;

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, path, sizeof path - 1);
    if (file == NULL || length < 0) {
        return false;
    }
    path[length] = '\0';
    return strcmp(path, file) == 0;
}

static bool fails(int descriptor)
{
    const char *number = getenv("FAIL_READ");

    return is_counted(descriptor) && ++calls == (number != NULL ? strtol(number, NULL, 10) : 0);
}

/* The project hides its symbols; the loader must find this one. */
__attribute__((visibility("default"))) ssize_t pread(int descriptor, void *block, size_t bytes,
                                                     off_t offset)
{
    ssize_t (*next)(int, void *, size_t, off_t) = NULL;

    if (fails(descriptor)) {
        errno = EIO;
        return -1;
    }
    *(void **)&next = dlsym(RTLD_NEXT, "pread");
    return next(descriptor, block, bytes, offset);
}

__attribute__((destructor)) static void tell_count(void)
{
    const char *path = getenv("FAIL_COUNT");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;

    if (file != NULL) {
        (void)fprintf(file, "%ld\n", calls);
        (void)fclose(file);
    }
}
