/* The layout's message says where the list of chunks is. */
#include "chunk_index.h"

#include "little_endian.h"
#include "object_header.h"

#include "skel/memory.h"

#include <string.h>

enum { LAYOUT = 0x08, CHUNKED = 2 };                   /* a message; its class */
enum { FIXED_ARRAY = 3, GROWING_ARRAY = 4, TREE = 5 }; /* later kinds of lists */
enum { ADDRESS = 8, MASK = 4, HEAD = 28 };             /* bytes; the last of a later list */
enum { NODE = 24, LEVEL = 5, COUNT = 6, CHUNKS = 1 };  /* head of a node of the old tree */

/* A dataset whose list is looked at. */
typedef struct looking {
    skel_blocks *file;
    const skel_chunk_grid *grid;
    bool filtered;
    uint64_t tree; /* address of the old kind; UINT64_MAX: none */
    unsigned kind; /* the later one */
    uint64_t list; /* its address; UINT64_MAX: none */
} looking;

/* Bytes on a later kind before its address; 0 for kinds that are not looked at. */
static size_t parameters_of(unsigned kind)
{
    return kind == FIXED_ARRAY ? 1 : kind == GROWING_ARRAY ? 5 : kind == TREE ? 6 : 0;
}

/* Version 4: flags, dimensions, width of their sizes, sizes, kind. */
static void find_later(looking *at, const skel_header_message *message)
{
    const uint8_t *content = message->content;
    size_t kind = 5 + (size_t)content[3] * content[4];
    size_t parameters = message->size > kind ? parameters_of(content[kind]) : 0;

    if (parameters > 0 && message->size >= kind + 1 + parameters + ADDRESS) {
        at->kind = content[kind];
        at->list = skel_little_endian(content + kind + 1 + parameters, ADDRESS);
    }
}

/* Versions 1 to 3 have a tree. */
static skel_status visit(void *context, const skel_header_message *message)
{
    const uint8_t *content = message->content;
    looking *at = context;

    if (message->type != LAYOUT || message->is_shared || message->size > message->rest ||
        message->size < 5) {
        return SKEL_OK;
    }
    if (content[0] < 3 && content[2] == CHUNKED && message->size >= 8 + ADDRESS) {
        at->tree = skel_little_endian(content + 8, ADDRESS);
    } else if (content[0] == 3 && content[1] == CHUNKED && message->size >= 3 + ADDRESS) {
        at->tree = skel_little_endian(content + 3, ADDRESS);
    } else if (content[0] == 4 && content[1] == CHUNKED) {
        find_later(at, message);
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

/* Arrays: signature, version, kind and bytes of entries, one more byte, and a fixed array's number
 * of entries. A tree: signature, version, kind of entries, bytes of nodes, bytes of entries, which
 * have the chunk's place, too. HDF5 refuses a list without a signature. */
static bool fits(const looking *at, const uint8_t head[])
{
    size_t entry = entry_bytes(at);
    unsigned kind = at->filtered ? 1 : 0;

    if (at->kind == TREE) {
        entry += (size_t)ADDRESS * (size_t)at->grid->dims;
        return memcmp(head, "BTHD", 4) != 0 ||
               (head[5] == 10 + kind && skel_little_endian(head + 10, 2) == entry);
    }
    if (at->kind == GROWING_ARRAY) {
        return memcmp(head, "EAHD", 4) != 0 || (head[5] == kind && head[6] == entry);
    }
    return memcmp(head, "FAHD", 4) != 0 || (head[5] == kind && head[6] == entry &&
                                            skel_little_endian(head + 8, ADDRESS) ==
                                                skel_chunk_grid_count(at->grid, at->grid->most));
}

static skel_status check_later(const looking *at)
{
    uint8_t *head = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(at->file, at->list, HEAD, &head));
    status = fits(at, head) ? SKEL_OK : fail(at, at->list);
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
    status = level <= UINT8_MAX && head[LEVEL] != level
                 ? fail(at, address)
                 : check_entries(at, address, skel_little_endian(head + COUNT, 2), head[LEVEL]);
done:
    SKEL_FREE(&head);
    return status;
}

skel_status skel_chunk_index_check(skel_blocks *file, uint64_t header, const skel_chunk_grid *grid,
                                   bool filtered)
{
    looking at = {
        .file = file, .grid = grid, .filtered = filtered, .tree = UINT64_MAX, .list = UINT64_MAX};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_object_header_read(file, header, visit, &at));
    if (at.list != UINT64_MAX) {
        SKEL_TRY(check_later(&at));
    }
    if (at.tree != UINT64_MAX && !filtered) {
        SKEL_TRY(check_node(&at, at.tree, UINT8_MAX + 1)); /* the root may have any level */
    }
done:
    return status;
}
