/* The layout's message says where the list of chunks is. */
#include "chunk_index.h"

#include "little_endian.h"
#include "object_header.h"

#include "skel/memory.h"

#include <string.h>

enum { LAYOUT = 0x08, CHUNKED = 2, FIXED_ARRAY = 3 }; /* a message; its class; a kind of list */
enum { ADDRESS = 8, MASK = 4 };                       /* bytes */
enum { ARRAY = 28, NODE = 24, NODE_LEVEL = 5, NODE_COUNT = 6, CHUNKS = 1 }; /* heads of lists */

/* A dataset whose list is looked at. */
typedef struct looking {
    skel_blocks *file;
    const skel_chunk_grid *grid;
    bool filtered;
    uint64_t tree; /* address; UINT64_MAX: none */
    uint64_t array;
} looking;

/* Versions 1 to 3 have a tree; the size of an address is the same in all of HDF5's lists here. */
static skel_status visit(void *context, const skel_header_message *message)
{
    const uint8_t *content = message->content;
    looking *at = context;
    size_t kind = 0;

    if (message->type != LAYOUT || message->is_shared || message->size > message->rest ||
        message->size < 5) {
        return SKEL_OK;
    }
    kind = 5 + (size_t)content[3] * content[4];
    if (content[0] < 3 && content[2] == CHUNKED && message->size >= 8 + ADDRESS) {
        at->tree = skel_little_endian(content + 8, ADDRESS);
    } else if (content[0] == 3 && content[1] == CHUNKED && message->size >= 3 + ADDRESS) {
        at->tree = skel_little_endian(content + 3, ADDRESS);
    } else if (content[0] == 4 && content[1] == CHUNKED && message->size >= kind + 2 + ADDRESS &&
               content[kind] == FIXED_ARRAY) {
        at->array = skel_little_endian(content + kind + 2, ADDRESS);
    }
    return SKEL_OK;
}

static skel_status fail(const looking *at, uint64_t address)
{
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s is damaged: the list of chunks at byte %llu is not for its dataset",
                     at->file->path, (unsigned long long)(at->file->base + address));
}

/* Bytes of an entry: an address, and behind filters the bytes of the chunk and a mask. HDF5 keeps
 * one byte more for the former than a whole chunk needs. */
static size_t entry_bytes(const looking *at)
{
    size_t width = skel_little_endian_width(at->grid->bytes) + 1;

    return ADDRESS + (at->filtered ? (width < 8 ? width : 8) + MASK : 0);
}

static skel_status check_array(const looking *at)
{
    uint8_t *head = NULL;
    bool fits = true;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(at->file, at->array, ARRAY, &head));
    if (memcmp(head, "FAHD", 4) == 0) { /* else HDF5 refuses it */
        fits = head[5] == (at->filtered ? 1 : 0) && head[6] == entry_bytes(at) &&
               skel_little_endian(head + 8, ADDRESS) ==
                   skel_chunk_grid_count(at->grid, at->grid->most);
    }
    status = fits ? SKEL_OK : fail(at, at->array);
done:
    SKEL_FREE(&head);
    return status;
}

static skel_status check_node(const looking *at, uint64_t address, unsigned level);

/* The entries of a node: a key, which begins with the bytes of the chunk, and an address. */
static skel_status check_entries(const looking *at, uint64_t address, size_t count, unsigned level)
{
    const size_t key = 8 + ADDRESS * ((size_t)at->grid->dims + 1);
    uint8_t *entries = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(at->file, address + NODE, count * (key + ADDRESS), &entries));
    for (size_t i = 0; i < count && status == SKEL_OK; i++) {
        const uint8_t *entry = entries + i * (key + ADDRESS);

        if (level > 0) {
            status = check_node(at, skel_little_endian(entry + key, ADDRESS), level - 1);
        } else if (skel_little_endian(entry, 4) != at->grid->bytes) {
            status = fail(at, address);
        }
    }
done:
    SKEL_FREE(&entries);
    return status;
}

/* Each node is a level below the one that leads to it, so that no node leads back. */
static skel_status check_node(const looking *at, uint64_t address, unsigned level)
{
    uint8_t *head = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(at->file, address, NODE, &head));
    if (memcmp(head, "TREE", 4) != 0 || head[4] != CHUNKS) {
        goto done; /* HDF5 refuses it */
    }
    status = level <= UINT8_MAX && head[NODE_LEVEL] != level
                 ? fail(at, address)
                 : check_entries(at, address, skel_little_endian(head + NODE_COUNT, 2),
                                 head[NODE_LEVEL]);
done:
    SKEL_FREE(&head);
    return status;
}

skel_status skel_chunk_index_check(skel_blocks *file, uint64_t header, const skel_chunk_grid *grid,
                                   bool filtered)
{
    looking at = {
        .file = file, .grid = grid, .filtered = filtered, .tree = UINT64_MAX, .array = UINT64_MAX};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_object_header_read(file, header, visit, &at));
    if (at.array != UINT64_MAX) {
        SKEL_TRY(check_array(&at));
    }
    if (at.tree != UINT64_MAX && !filtered) {
        SKEL_TRY(check_node(&at, at.tree, UINT8_MAX + 1)); /* the root may have any level */
    }
done:
    return status;
}
