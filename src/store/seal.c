/* Seals: a line of text, whose last word is the checksum of all bytes of the file before it. */
#include "seal.h"

#include "disk.h"
#include "little_endian.h"

#include "skel/checksum.h"
#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    HEAD = 41,        /* bytes of the line before the checksum */
    SUPERBLOCK = 36,  /* bytes of HDF5's superblock that are looked at */
    END_ADDRESS = 28, /* where the superblock has the end of HDF5's file */
};

static const char mark[] = "skel-seal 1 datasets ";

static void print_head(size_t datasets, char out[HEAD + 1])
{
    (void)snprintf(out, HEAD + 1, "%s%010zu xxh3_128 ", mark, datasets % 10000000000U);
}

/* Reads the bytes [from, from + bytes); false with errno, which is 0 at the end of the file. */
static bool read_all(int descriptor, uint64_t from, size_t bytes, void *block)
{
    ssize_t got = skel_input_read(descriptor, from, bytes, block);

    errno = got < 0 ? errno : 0;
    return got >= 0 && (size_t)got == bytes;
}

skel_status skel_seal_write(int descriptor, const char *name, uint64_t end, size_t datasets)
{
    char line[SKEL_SEAL_BYTES + 1];
    char *content = NULL;
    skel_status status = SKEL_OK;

    if (end > SKEL_SEALED_BYTES) {
        return SKEL_OK;
    }
    print_head(datasets, line);
    SKEL_TRY(SKEL_ALLOC_RAW((size_t)end + HEAD, 1, &content));
    if (!read_all(descriptor, 0, (size_t)end, content)) {
        status = skel_error_set(skel_status_of_errno(errno),
                                "%s: cannot be read back before its publication: %s", name,
                                errno != 0 ? strerror(errno) : "it is shorter than written");
        goto done;
    }
    memcpy(content + end, line, HEAD);
    skel_checksum_xxh3((size_t)end + HEAD, content, line + HEAD);
    line[SKEL_SEAL_BYTES - 1] = '\n';
    SKEL_TRY(skel_disk_write(descriptor, name, end, SKEL_SEAL_BYTES, line));
done:
    SKEL_FREE(&content);
    return status;
}

/* Fails if the latest read_all() did for another reason than the file's end. */
static skel_status judge_read(const char *name)
{
    return errno == 0 ? SKEL_OK : SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", name, strerror(errno));
}

/* `content` has room for the whole file. */
static skel_status compare(int descriptor, const char *name, size_t bytes, char content[],
                           bool *right, size_t *datasets)
{
    char found[SKEL_CHECKSUM_TEXT] = "";
    size_t sealed = bytes - SKEL_SEAL_BYTES;
    const char *line = content + sealed;

    if (!read_all(descriptor, sealed, SKEL_SEAL_BYTES, content + sealed)) {
        return judge_read(name);
    }
    if (memcmp(line, mark, sizeof mark - 1) != 0) {
        return SKEL_OK;
    }
    if (!read_all(descriptor, 0, sealed, content)) {
        return judge_read(name);
    }
    skel_checksum_xxh3(sealed + HEAD, content, found);
    *right = memcmp(found, line + HEAD, SKEL_CHECKSUM_TEXT - 1) == 0 &&
             line[SKEL_SEAL_BYTES - 1] == '\n';
    *datasets = strtoull(line + sizeof mark - 1, NULL, 10);
    return SKEL_OK;
}

skel_status skel_seal_is_right(int descriptor, const char *name, size_t bytes, bool *right,
                               size_t *datasets)
{
    char *content = NULL;
    skel_status status = SKEL_OK;

    *right = false;
    if (bytes < SKEL_SEAL_BYTES || bytes > SKEL_SEALED_BYTES + SKEL_SEAL_BYTES) {
        return SKEL_OK;
    }
    if (SKEL_ALLOC_RAW(bytes, 1, &content) != SKEL_OK) {
        skel_error_clear();
        return SKEL_OK;
    }
    status = compare(descriptor, name, bytes, content, right, datasets);
    SKEL_FREE(&content);
    return status;
}

/* The end of HDF5's file by a superblock as skel has it written; 0 for another one. */
static uint64_t end_of_hdf5(const unsigned char block[SUPERBLOCK])
{
    static const unsigned char start[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 3, 8, 8};

    return memcmp(block, start, sizeof start) == 0 ? skel_little_endian(block + END_ADDRESS, 8) : 0;
}

skel_status skel_seal_is_cut(int descriptor, const char *name, size_t bytes, bool *cut)
{
    unsigned char block[SUPERBLOCK];
    char line[SKEL_SEAL_BYTES];
    uint64_t end = 0;
    size_t rest = 0;

    *cut = false;
    if (bytes < SUPERBLOCK) {
        return SKEL_OK;
    }
    if (!read_all(descriptor, 0, SUPERBLOCK, block)) {
        return judge_read(name);
    }
    end = end_of_hdf5(block);
    if (end == 0 || end >= bytes || bytes - end >= SKEL_SEAL_BYTES) {
        return SKEL_OK;
    }
    rest = (size_t)(bytes - end);
    if (!read_all(descriptor, end, rest, line)) {
        return judge_read(name);
    }
    *cut = memcmp(line, mark, rest < sizeof mark - 1 ? rest : sizeof mark - 1) == 0;
    return SKEL_OK;
}
