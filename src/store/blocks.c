/* Every block is compared with the size of the file before memory is asked for. */
#include "blocks.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <string.h>

enum { MOST = 1 << 30 }; /* bytes of a block: far more than names or attributes need */

skel_status skel_blocks_fetch(skel_blocks *file, uint64_t address, uint64_t bytes, uint8_t **out)
{
    uint64_t rest = file->bytes - file->base;
    ssize_t got = 0;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (file->left == 0) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s is damaged: its groups have more parts than the file",
                         file->path);
    }
    file->left--;
    if (bytes == 0) {
        return SKEL_OK;
    }
    if (bytes > MOST || address > rest || bytes > rest - address) {
        return SKEL_FAIL(
            SKEL_ERR_DATA,
            "%s is damaged or truncated: a group needs %llu bytes at byte %llu, but the "
            "file has %llu",
            file->path, (unsigned long long)bytes, (unsigned long long)address,
            (unsigned long long)rest);
    }
    SKEL_TRY(SKEL_ALLOC_RAW((size_t)bytes, 1, out));
    got = skel_input_read(file->descriptor, file->base + address, (size_t)bytes, *out);
    if (got < 0 || (uint64_t)got < bytes) {
        status = SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", file->path,
                           got < 0 ? strerror(errno) : "the file has become shorter");
        SKEL_FREE(out);
    }
done:
    return status;
}
