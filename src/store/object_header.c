/* Two versions of headers. A version 2 has signatures and checksums, which HDF5 looks at. */
#include "object_header.h"

#include "address_set.h"
#include "addresses.h"
#include "little_endian.h"

#include "skel/memory.h"

#include <string.h>

/* Sizes in bytes. */
enum {
    PREFIX_1 = 16,
    PREFIX_2 = 6, /* signature, version, flags */
    SIGNATURE = 4,
    CHECKSUM = 4,
    HEAD_1 = 8,
    HEAD_2 = 4,
};

enum { CONTINUATION = 0x10, IS_SHARED = 2 };                        /* type, flag of a message */
enum { WIDTH = 3, HAS_ORDER = 4, HAS_PHASES = 16, HAS_TIMES = 32 }; /* flags of a version 2 */

/* How the messages of one header are written. */
typedef struct format {
    bool is_first; /* version 1 */
    size_t head;   /* bytes before a message's content */
    size_t before; /* bytes of a further part before its messages */
} format;

/* Types whose content can lie elsewhere; HDF5 reads others in place, whatever their flag says. */
static bool is_shareable(unsigned type)
{
    return type == 0x01 || type == 0x03 || type == 0x04 || type == 0x05 || type == 0x0b ||
           type == 0x0c;
}

static skel_header_message message_at(const format *how, const uint8_t block[], size_t at,
                                      size_t bytes)
{
    const uint8_t *head = block + at;
    const unsigned type = how->is_first ? (unsigned)skel_little_endian(head, 2) : head[0];

    return (skel_header_message){
        .type = type,
        .is_shared = is_shareable(type) && (head[how->is_first ? 4 : 3] & IS_SHARED) != 0,
        .size = (size_t)skel_little_endian(head + (how->is_first ? 2 : 1), 2),
        .rest = bytes - at - how->head,
        .content = head + how->head,
    };
}

/* One part: `bytes` of messages at an address. Where the header goes on is added to `parts`. */
static skel_status read_part(skel_blocks *file, const format *how, uint64_t address, uint64_t bytes,
                             skel_addresses *parts, skel_header_visit *visit, void *context)
{
    uint8_t *block = NULL;
    size_t at = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(file, address, bytes, &block));
    while (block != NULL && at + how->head <= bytes) {
        skel_header_message message = message_at(how, block, at, (size_t)bytes);

        message.address = address + at;
        SKEL_TRY(visit(context, &message));
        if (message.type == CONTINUATION && message.size >= 16 && message.rest >= 16) {
            SKEL_TRY(skel_addresses_add(parts, skel_little_endian(message.content, 8)));
            SKEL_TRY(skel_addresses_add(parts, skel_little_endian(message.content + 8, 8)));
        }
        at += how->head + message.size;
    }
    if (how->is_first && at < bytes) { /* version 2 may have such a gap */
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s is damaged: a message begins at the end of a header, "
                           "at byte %llu",
                           file->path, (unsigned long long)(file->base + address + at));
    }
done:
    SKEL_FREE(&block);
    return status;
}

/* A further part begins where no other one does, and has room for a message: HDF5 reads one. */
static skel_status check_part(const skel_blocks *file, uint64_t address, uint64_t bytes,
                              uint64_t least, skel_address_set *met)
{
    bool is_new = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_check(file, address, bytes));
    SKEL_TRY(skel_address_set_add(met, address, &is_new));
    if (!is_new || bytes < least) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s is damaged: a header %s at byte %llu", file->path,
                           is_new ? "has a part without room for a message" : "has a part twice",
                           (unsigned long long)(file->base + address));
    }
done:
    return status;
}

/* All parts, however many messages the header says it has: HDF5 follows each part. */
static skel_status read_parts(skel_blocks *file, const format *how, uint64_t address,
                              uint64_t bytes, skel_header_visit *visit, void *context)
{
    const size_t around = how->before + (how->is_first ? 0U : CHECKSUM);
    skel_addresses parts = {0};
    skel_address_set met = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(read_part(file, how, address, bytes, &parts, visit, context));
    for (size_t i = 0; i < parts.count; i += 2) {
        SKEL_TRY(check_part(file, parts.at[i], parts.at[i + 1], around + how->head, &met));
        SKEL_TRY(read_part(file, how, parts.at[i] + how->before, parts.at[i + 1] - around, &parts,
                           visit, context));
    }
done:
    SKEL_FREE(&parts.at);
    SKEL_FREE(&met.at);
    return status;
}

/* The fields between the flags of a version 2 and its messages. */
static skel_status read_second(skel_blocks *file, uint64_t address, unsigned flags,
                               skel_header_visit *visit, void *context)
{
    const format how = {.head = HEAD_2 + ((flags & HAS_ORDER) != 0 ? 2U : 0U), .before = SIGNATURE};
    const size_t skipped =
        ((flags & HAS_TIMES) != 0 ? 16U : 0U) + ((flags & HAS_PHASES) != 0 ? 4U : 0U);
    const size_t width = (size_t)1 << (flags & WIDTH);
    uint8_t *fields = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(file, address + PREFIX_2, skipped + width, &fields));
    status = read_parts(file, &how, address + PREFIX_2 + skipped + width,
                        skel_little_endian(fields + skipped, width), visit, context);
done:
    SKEL_FREE(&fields);
    return status;
}

static skel_status read_first(skel_blocks *file, uint64_t address, skel_header_visit *visit,
                              void *context)
{
    const format how = {.is_first = true, .head = HEAD_1};
    uint8_t *prefix = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(file, address, PREFIX_1, &prefix));
    status = read_parts(file, &how, address + PREFIX_1, skel_little_endian(prefix + 8, 4), visit,
                        context);
done:
    SKEL_FREE(&prefix);
    return status;
}

skel_status skel_object_header_read(skel_blocks *file, uint64_t address, skel_header_visit *visit,
                                    void *context)
{
    uint8_t *prefix = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(file, address, PREFIX_2, &prefix));
    if (memcmp(prefix, "OHDR\2", 5) == 0) {
        status = read_second(file, address, prefix[5], visit, context);
    } else if (prefix[0] == 1) {
        status = read_first(file, address, visit, context);
    }
done:
    SKEL_FREE(&prefix);
    return status;
}
