/* Aligned, counted allocation. The 64 bytes before each block hold its size. */
#include "skel/memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define ALIGNMENT ((size_t)64)
#define HUGE_PAGE ((size_t)1 << 21)

static atomic_size_t live_blocks;
static atomic_size_t live_bytes;

static size_t *header_of(void *block)
{
    return (size_t *)(void *)((char *)block - ALIGNMENT);
}

skel_status skel_alloc_raw(size_t count, size_t size, void **out)
{
    size_t bytes = 0;
    char *base = NULL;

    *out = NULL;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - 2 * ALIGNMENT) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "allocation of %zu objects of %zu bytes overflows", count,
                         size);
    }
    /* aligned_alloc wants a multiple of the alignment */
    base = aligned_alloc(ALIGNMENT, (bytes + 2 * ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    if (base == NULL) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate %.1f MiB (%.1f MiB are in use)",
                         (double)bytes / 1048576.0, (double)skel_memory_bytes() / 1048576.0);
    }
    *(size_t *)(void *)base = bytes;
    *out = base + ALIGNMENT;
    atomic_fetch_add(&live_blocks, 1);
    atomic_fetch_add(&live_bytes, bytes);
    return SKEL_OK;
}

skel_status skel_alloc(size_t count, size_t size, void **out)
{
    skel_status status = skel_alloc_raw(count, size, out);

    if (status == SKEL_OK) {
        memset(*out, 0, count * size);
    }
    return status;
}

void skel_free(void **pointer)
{
    if (*pointer == NULL) {
        return;
    }
    atomic_fetch_sub(&live_blocks, 1);
    atomic_fetch_sub(&live_bytes, *header_of(*pointer));
    free(header_of(*pointer));
    *pointer = NULL;
}

skel_status skel_grow(size_t count, size_t size, void **block)
{
    void *bigger = NULL;
    skel_status status = skel_alloc_raw(count, size, &bigger);

    if (status != SKEL_OK) {
        return status;
    }
    if (*block != NULL) {
        size_t old = *header_of(*block);
        memcpy(bigger, *block, old < count * size ? old : count * size);
        skel_free(block);
    }
    *block = bigger;
    return SKEL_OK;
}

void skel_memory_use_huge_pages(void *block)
{
    uintptr_t begin = ((uintptr_t)block + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    uintptr_t end = ((uintptr_t)block + *header_of(block)) / HUGE_PAGE * HUGE_PAGE;

    if (begin < end) {
        (void)madvise((void *)begin, end - begin,
                      MADV_HUGEPAGE); /* a wish: nothing depends on it */
    }
}

skel_status skel_strdup(const char *text, char **out)
{
    size_t bytes = strlen(text) + 1;
    skel_status status = SKEL_ALLOC_RAW(bytes, 1, out);

    if (status == SKEL_OK) {
        memcpy(*out, text, bytes);
    }
    return status;
}

size_t skel_memory_blocks(void)
{
    return atomic_load(&live_blocks);
}

size_t skel_memory_bytes(void)
{
    return atomic_load(&live_bytes);
}

size_t skel_memory_peak_resident(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0) {
        return 0;
    }
    return (size_t)usage.ru_maxrss * 1024; /* Linux counts in KiB */
}
