/* Every block is compared with the size of the file before memory is asked for. */
#include "blocks.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <string.h>

enum { MOST = 1 << 30 }; /* bytes of a block: far more than names or attributes need */

/* What may be asked for: each header is read once, a heap of texts once for each attribute. */
enum {
    TIMES = 64,     /* the file */
    MORE = 1 << 26, /* bytes */
    EACH = 64,      /* bytes that a block counts more */
};

/* Copies a block; -1 with errno if the system cannot read, fewer bytes if the file has no more. */
static ssize_t copy(skel_blocks *file, uint64_t at, size_t bytes, uint8_t *to)
{
    if (bytes > SKEL_BLOCKS_WINDOW / 2) {
        return skel_input_read(file->descriptor, at, bytes, to);
    }
    if (at < file->first || at - file->first > file->held ||
        file->held - (at - file->first) < bytes) {
        ssize_t got = 0;

        file->first = at - at % (SKEL_BLOCKS_WINDOW / 2); /* headers follow each other both ways */
        got = skel_input_read(file->descriptor, file->first, SKEL_BLOCKS_WINDOW, file->window);
        file->held = got > 0 ? (size_t)got : 0;
        if (got < 0) {
            return got;
        }
        if (file->held < at - file->first + bytes) {
            return 0;
        }
    }
    memcpy(to, file->window + (at - file->first), bytes);
    return (ssize_t)bytes;
}

void skel_blocks_reopen(skel_blocks *file, int descriptor)
{
    file->descriptor = descriptor;
    file->held = 0;
}

skel_status skel_blocks_check(const skel_blocks *file, uint64_t address, uint64_t bytes)
{
    const uint64_t rest = file->bytes - file->base;

    if (bytes > MOST || address > rest || bytes > rest - address) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s is damaged or truncated: %llu bytes are needed at byte %llu, but the "
                         "file has %llu",
                         file->path, (unsigned long long)bytes, (unsigned long long)address,
                         (unsigned long long)rest);
    }
    return SKEL_OK;
}

skel_status skel_blocks_fetch(skel_blocks *file, uint64_t address, uint64_t bytes, uint8_t **out)
{
    ssize_t got = 0;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (bytes == 0) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_blocks_check(file, address, bytes));
    file->fetched += bytes + EACH;
    if (file->fetched > MORE && (file->fetched - MORE) / TIMES > file->bytes) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s is damaged, or its headers lead to the same parts too often: "
                           "skel has read %d times the bytes of the file to look at them",
                           file->path, TIMES));
    }
    SKEL_TRY(SKEL_ALLOC_RAW((size_t)bytes, 1, out));
    got = copy(file, file->base + address, (size_t)bytes, *out);
    if (got < 0 || (uint64_t)got < bytes) {
        status = SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", file->path,
                           got < 0 ? strerror(errno) : "the file has become shorter");
        SKEL_FREE(out);
    }
done:
    return status;
}
