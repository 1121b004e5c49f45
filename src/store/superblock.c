/* Four versions; the first two have an entry of the root's group, the others addresses alone. */
#include "superblock.h"

#include "little_endian.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <string.h>

/* Sizes in bytes. Addresses and lengths have 8 bytes: HDF5's default everywhere. */
enum { SIGNATURE = 8, ADDRESS = 8, LEAST = 48, ENTRY = 16 };

enum { EXTENSION = 20, ROOT = 36, DRIVER = 48 }; /* places in a superblock */

/* Behind what the file's user may have put before it; `found` is false if it is nowhere. */
static skel_status find_signature(skel_blocks *file, uint8_t block[LEAST], bool *found)
{
    static const uint8_t signature[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    for (uint64_t at = 0; at + LEAST <= file->bytes; at = at == 0 ? 512 : at * 2) {
        ssize_t got = skel_input_read(file->descriptor, at, LEAST, block);

        if (got < 0) {
            return SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", file->path, strerror(errno));
        }
        *found = got == LEAST && memcmp(block, signature, SIGNATURE) == 0;
        if (*found) {
            file->base = at;
            break;
        }
    }
    return SKEL_OK;
}

/* What a driver that divides files has to say: HDF5 reads it without looking where it ends. */
static skel_status fail_driver(const skel_blocks *file)
{
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s is part of a file in several parts, or has settings of another driver of "
                     "HDF5, which skel does not read",
                     file->path);
}

/* Versions 0 and 1. */
static skel_status read_first(skel_blocks *file, unsigned version, skel_addresses *objects)
{
    uint8_t *rest = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(file, DRIVER + (version == 0 ? 0 : 4), ADDRESS + ENTRY, &rest));
    if (skel_little_endian(rest, ADDRESS) != UINT64_MAX) {
        SKEL_TRY(fail_driver(file));
    }
    status = skel_addresses_add(objects, skel_little_endian(rest + ADDRESS + 8, ADDRESS));
done:
    SKEL_FREE(&rest);
    return status;
}

skel_status skel_superblock_read(skel_blocks *file, skel_addresses *objects)
{
    uint8_t block[LEAST];
    const uint8_t *sizes = NULL;
    unsigned version = 0;
    bool found = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(find_signature(file, block, &found));
    if (!found || block[SIGNATURE] > 3) {
        return SKEL_OK;
    }
    version = block[SIGNATURE];
    sizes = version < 2 ? block + 13 : block + 9;
    if (sizes[0] != ADDRESS || sizes[1] != ADDRESS) {
        return SKEL_FAIL(
            SKEL_ERR_DATA,
            "%s has addresses of %u bytes and lengths of %u; skel reads files with 8 of "
            "each, as HDF5 writes them by default",
            file->path, sizes[0], sizes[1]);
    }
    if (version < 2) {
        return read_first(file, version, objects);
    }
    if (skel_little_endian(block + EXTENSION, ADDRESS) != UINT64_MAX) {
        SKEL_TRY(skel_addresses_add(objects, skel_little_endian(block + EXTENSION, ADDRESS)));
    }
    status = skel_addresses_add(objects, skel_little_endian(block + ROOT, ADDRESS));
done:
    return status;
}
