/* Faults inside one rank, for campaign.py: this library is preloaded, and its functions stand
 * before those of the system and of oneDNN. Variables of the environment:
 *
 *     FAULT_RANK=R    the rank that suffers; the others go on as if this library were not there
 *     FAULT_SHORT=1   pwrite() writes half of what it was given
 *     FAULT_ALLOC=N   the N-th aligned_alloc() of 64 KiB or more finds no memory
 *     FAULT_NAN=N     the N-th result of oneDNN that is a weights' gradient is NaN everywhere
 *     FAULT_TOLD=F    the file F is told when a fault strikes, and at the end how often its place
 * was reached; N is -1 to count only */
#include <dlfcn.h>
#include <dnnl.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { LARGE = 1 << 16 };

/* The number behind a variable; 0 in another rank than the one that suffers, and in the launcher.
 */
static long fault(const char *name)
{
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    const char *guilty = getenv("FAULT_RANK");
    const char *value = getenv(name);

    if (value == NULL || guilty == NULL || rank == NULL || strcmp(guilty, rank) != 0) {
        return 0;
    }
    return strtol(value, NULL, 10);
}

/* The next function of that name; a pointer to an object is none to a function in ISO C. */
static void next(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);

    memcpy(function, &found, sizeof found);
}

/* Adds a line to the file that is told; open() and write() are not among the functions above. */
static void tell(const char *name, const char *what, long number)
{
    const char *path = getenv("FAULT_TOLD");
    char line[96];
    int length = snprintf(line, sizeof line, "%s %s %ld\n", name, what, number);
    int file = path != NULL ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;

    if (file >= 0) {
        (void)!write(file, line, (size_t)length);
        (void)close(file);
    }
}

static long short_writes;
static long allocations;
static long gradients;

__attribute__((destructor)) static void tell_counts(void)
{
    if (fault("FAULT_SHORT") != 0) {
        tell("FAULT_SHORT", "of", short_writes);
    }
    if (fault("FAULT_ALLOC") != 0) {
        tell("FAULT_ALLOC", "of", allocations);
    }
    if (fault("FAULT_NAN") != 0) {
        tell("FAULT_NAN", "of", gradients);
    }
}

ssize_t pwrite(int file, const void *block, size_t bytes, off_t offset)
{
    ssize_t (*real)(int, const void *, size_t, off_t) = NULL;

    next("pwrite", &real);
    if (bytes > 1 && fault("FAULT_SHORT") != 0) {
        if (++short_writes == 1) {
            tell("FAULT_SHORT", "struck", 1);
        }
        bytes = fault("FAULT_SHORT") > 0 ? bytes / 2 : bytes;
    }
    return real(file, block, bytes, offset);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    void *(*real)(size_t, size_t) = NULL;

    if (bytes >= LARGE && ++allocations == fault("FAULT_ALLOC")) {
        tell("FAULT_ALLOC", "struck", allocations);
        errno = ENOMEM;
        return NULL;
    }
    next("aligned_alloc", &real);
    return real(alignment, bytes);
}

/* Every element: that of a pruned weight alone would not matter. */
static void spoil(dnnl_memory_t memory)
{
    const void *description = NULL; /* a struct in oneDNN 2, a handle in 3 */
    void *result = NULL;

    if (dnnl_memory_get_data_handle(memory, &result) == dnnl_success &&
        dnnl_memory_get_memory_desc(memory, (void *)&description) == dnnl_success) {
        for (size_t i = 0; i < dnnl_memory_desc_get_size(description) / sizeof(float); i++) {
            ((float *)result)[i] = NAN;
        }
    }
}

dnnl_status_t dnnl_primitive_execute(const_dnnl_primitive_t primitive, dnnl_stream_t stream,
                                     int count, const dnnl_exec_arg_t *argument)
{
    dnnl_status_t (*real)(const_dnnl_primitive_t, dnnl_stream_t, int, const dnnl_exec_arg_t *) =
        NULL;
    dnnl_status_t status = dnnl_success;

    next("dnnl_primitive_execute", &real);
    status = real(primitive, stream, count, argument);
    for (int i = 0; i < count && status == dnnl_success; i++) {
        if (argument[i].arg == DNNL_ARG_DIFF_WEIGHTS && ++gradients == fault("FAULT_NAN")) {
            tell("FAULT_NAN", "struck", gradients);
            spoil(argument[i].memory);
        }
    }
    return status;
}
