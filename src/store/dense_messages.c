/* Two lists, by name and by order of creation, name messages in one heap. HDF5 reads either list.
 */
#include "dense_messages.h"

#include "fractal_heap.h"
#include "little_endian.h"
#include "record_tree.h"

#include "skel/memory.h"

enum { LINK = 0x06, ATTRIBUTE = 0x0c, ATTRIBUTES = 0x15 }; /* types of messages */
enum { ADDRESS = 8, ATTRIBUTE_ID = 8, LINK_ID = 7 };       /* bytes */
enum { HAS_LAST = 1, HAS_ORDER = 2, IS_SHARED = 2 };       /* flags */
enum { LARGE_RECORD = 16 };                                /* bytes: address, length */
/* Kinds of records; 1 more: by order of creation. */
enum { LARGE_KIND = 1, LINK_KIND = 5, ATTRIBUTE_KIND = 8 };

/* Whose messages are read. */
typedef struct storage {
    skel_blocks *file;
    skel_fractal_heap heap;
    unsigned type; /* of its messages */
    size_t before; /* bytes of a record before the message's name */
    skel_header_visit *visit;
    void *context;
} storage;

static skel_status read_message(const storage *of, uint64_t address, uint64_t bytes)
{
    uint8_t *content = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(of->file, address, bytes, &content));
    if (content != NULL) {
        const skel_header_message message = {.type = of->type,
                                             .address = address,
                                             .size = (size_t)bytes,
                                             .rest = (size_t)bytes,
                                             .content = content};

        status = of->visit(of->context, &message);
    }
done:
    SKEL_FREE(&content);
    return status;
}

static skel_status visit_large(void *context, size_t bytes, const uint8_t record[])
{
    (void)bytes;
    return read_message(context, skel_little_endian(record, ADDRESS),
                        skel_little_endian(record + ADDRESS, ADDRESS));
}

static skel_status visit_record(void *context, size_t bytes, const uint8_t record[])
{
    const storage *of = context;
    const uint8_t *id = record + of->before;
    uint64_t address = 0;
    uint64_t size = 0;
    skel_status status = SKEL_OK;

    (void)bytes;
    if (of->type == ATTRIBUTE && (id[ATTRIBUTE_ID] & IS_SHARED) != 0) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s has attributes that several objects share (H5Pset_shared_mesg), "
                         "which skel does not read",
                         of->file->path);
    }
    SKEL_TRY(skel_fractal_heap_find(of->file, &of->heap, id, &address, &size));
    if (size > 0) {
        status = read_message(of, address, size);
    }
done:
    return status;
}

skel_status skel_dense_messages_read(skel_blocks *file, const skel_header_message *message,
                                     skel_header_visit *visit, void *context)
{
    const bool has_attributes = message->type == ATTRIBUTES;
    const size_t id = has_attributes ? ATTRIBUTE_ID : LINK_ID;
    const unsigned flags = message->content[1];
    const size_t last = has_attributes ? 2 : 8; /* bytes of the last order of creation */
    const uint8_t *at = message->content + 2 + ((flags & HAS_LAST) != 0 ? last : 0);
    storage of = {.file = file,
                  .type = has_attributes ? ATTRIBUTE : LINK,
                  .visit = visit,
                  .context = context};
    skel_status status = SKEL_OK;

    if (skel_little_endian(at, ADDRESS) == UINT64_MAX) { /* few: they are in the header */
        return SKEL_OK;
    }
    SKEL_TRY(skel_fractal_heap_open(file, skel_little_endian(at, ADDRESS), id, &of.heap));
    SKEL_TRY(skel_record_tree_read(file, skel_fractal_heap_large(&of.heap), LARGE_KIND,
                                   LARGE_RECORD, visit_large, &of));
    for (unsigned list = 0; list < ((flags & HAS_ORDER) != 0 ? 2U : 1U); list++) {
        of.before = has_attributes ? 0 : list == 0 ? 4 : 8; /* a hash, an order of creation */
        SKEL_TRY(skel_record_tree_read(
            file, skel_little_endian(at + (size_t)ADDRESS * (list + 1), ADDRESS),
            (has_attributes ? ATTRIBUTE_KIND : LINK_KIND) + list,
            of.before + id + (has_attributes ? 1 : 0), visit_record, &of));
    }
done:
    SKEL_FREE(&of.heap.header);
    return status;
}
