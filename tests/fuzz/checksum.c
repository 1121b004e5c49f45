/* In the place of src/base/checksum.c: every checksum is 32 zeros, and corpus.py writes zeros into
 * the seeds. So what libFuzzer changes gets behind the comparison of checksums. Every byte is read,
 * so that the sanitizers see it. */
#include "skel/checksum.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <stdint.h>
#include <stdio.h>

struct skel_checksum {
    size_t bytes;
};

static void write_zeros(char out[SKEL_CHECKSUM_TEXT])
{
    (void)snprintf(out, SKEL_CHECKSUM_TEXT, "%032d", 0);
}

static void read_all(size_t bytes, const void *block)
{
    volatile uint8_t last = 0;

    for (size_t i = 0; i < bytes; i++) {
        last = ((const uint8_t *)block)[i];
    }
    (void)last;
}

void skel_checksum_xxh3(size_t bytes, const void *block, char out[SKEL_CHECKSUM_TEXT])
{
    read_all(bytes, block);
    write_zeros(out);
}

skel_status skel_checksum_begin(skel_checksum **out)
{
    return SKEL_ALLOC(1, sizeof **out, out);
}

void skel_checksum_add(skel_checksum *checksum, size_t bytes, const void *piece)
{
    read_all(bytes, piece);
    checksum->bytes += bytes;
}

void skel_checksum_end(skel_checksum **checksum, char out[SKEL_CHECKSUM_TEXT])
{
    if (*checksum != NULL) {
        write_zeros(out);
    }
    SKEL_FREE(checksum);
}

void skel_checksum_md5(size_t bytes, const void *block, char out[SKEL_CHECKSUM_TEXT])
{
    skel_checksum_xxh3(bytes, block, out);
}

skel_status skel_checksum_md5_file(const char *path, char out[SKEL_CHECKSUM_TEXT])
{
    skel_status status = skel_input_look(path, NULL);

    write_zeros(out);
    return status;
}
