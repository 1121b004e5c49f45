/* Reads whole files through zlib, which reads plain files too. */
#include "content.h"

#include "skel/input.h"
#include "skel/memory.h"
#include "skel/text.h"
#include "skel/watchdog.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { SLICE = 1 << 22, SPILL = 1 << 16 };

static skel_status gzip_failure(gzFile file, const char *path)
{
    int code = Z_OK;
    const char *reason = gzerror(file, &code);

    if (code == Z_ERRNO) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", path, strerror(errno));
    }
    if (code == Z_BUF_ERROR) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: the gzip stream ends early: the file is truncated",
                         path);
    }
    if (code == Z_MEM_ERROR) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "%s: no memory to decompress", path);
    }
    return SKEL_FAIL(SKEL_ERR_DATA, "%s: bad gzip data: %s", path, reason);
}

/* Reads up to `bytes` bytes, then counts what lies beyond; *found is the sum. */
static skel_status drain(gzFile file, const char *path, size_t bytes, uint8_t content[],
                         size_t *found)
{
    uint8_t spill[SPILL];
    int got = 0;
    int code = Z_OK;

    *found = 0;
    do {
        size_t left = *found < bytes ? bytes - *found : 0;
        size_t want = left == 0 ? sizeof spill : left < SLICE ? left : SLICE;

        got = gzread(file, left == 0 ? spill : content + *found, (unsigned)want);
        if (got < 0) {
            return gzip_failure(file, path);
        }
        *found += (size_t)got;
        skel_watchdog_beat();
    } while (got > 0);
    (void)gzerror(file, &code);
    return code == Z_OK || code == Z_STREAM_END ? SKEL_OK : gzip_failure(file, path);
}

skel_status skel_content_probe(const char *path, size_t *bytes, bool *is_gzip)
{
    skel_status status = SKEL_OK;

    *bytes = 0;
    *is_gzip = skel_text_ends_in(path, ".gz");
    SKEL_TRY(skel_input_look(path, bytes));
    if (*bytes == 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: the file is empty", path);
    }
done:
    return status;
}

skel_status skel_content_read(const char *path, size_t bytes, uint8_t **content, size_t *found)
{
    gzFile file = NULL;
    int descriptor = -1; /* the stream's, once that is open */
    size_t on_disk = 0;
    bool is_gzip = false;
    skel_status status = SKEL_OK;

    *content = NULL;
    *found = 0;
    SKEL_TRY(skel_content_probe(path, &on_disk, &is_gzip));
    SKEL_TRY(SKEL_ALLOC_RAW(bytes, 1, content));
    skel_memory_use_huge_pages(*content); /* page faults would take longer than the reading */
    SKEL_TRY(skel_input_open(path, &descriptor, NULL));
    file = gzdopen(descriptor, "rb");
    if (file == NULL) {
        (void)close(descriptor);
        status = SKEL_FAIL(SKEL_ERR_MEMORY, "%s: open: out of memory", path);
        goto done;
    }
    (void)gzbuffer(file, SPILL);
    if (is_gzip && gzdirect(file) == 1) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: not a gzip file, as its name says", path);
        goto done;
    }
    SKEL_TRY(drain(file, path, bytes, *content, found));
done:
    if (file != NULL) {
        (void)gzclose_r(file);
    }
    if (status != SKEL_OK) {
        SKEL_FREE(content);
    }
    return status;
}
