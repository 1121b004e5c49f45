/* A walk over superblock, object headers, B-trees and symbol tables of HDF5's first format. */
#include "old_groups.h"

#include "attribute_message.h"
#include "little_endian.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Sizes in bytes. Addresses and lengths have 8 bytes: HDF5's default everywhere. */
enum {
    SIGNATURE = 8,   /* of the superblock */
    SUPERBLOCK = 64, /* from its signature to the first byte of the root group's address, at most */
    HEADER = 16,     /* of an object header of version 1, before its messages */
    MESSAGE = 8,     /* of a message, before its content */
    HEAP = 32,       /* of a local heap, before its names */
    NODE = 24,       /* of a B-tree's node, before its keys and children */
    CHILD = 16,      /* of a key and a child */
    TABLE = 8,       /* of a symbol table's node, before its entries */
    ENTRY = 40,      /* of a symbol table's node */
    FIRST_ROOM = 64, /* addresses of a list */
};

enum { ATTRIBUTE = 0x0c, CONTINUATION = 0x10, SYMBOL_TABLE = 0x11 }; /* messages */
enum { IS_SHARED = 2 };                                              /* flag of a message */
enum { MOST = 1 << 30 };         /* bytes of a block: far more than names or attributes need */
enum { LINK_ENTRY = 2 };         /* what an entry repeats of its object */
enum { LEVELS = UINT8_MAX + 1 }; /* of a B-tree */

typedef struct addresses {
    size_t count;
    size_t room;
    uint64_t *at;
} addresses;

/* The names of one group. */
typedef struct heap {
    uint64_t first; /* their address */
    uint64_t bytes;
    uint8_t *text; /* [bytes] */
} heap;

typedef struct walk {
    int descriptor;
    const char *path;
    uint64_t bytes;   /* of the file */
    uint64_t base;    /* of address 0 in the file */
    uint64_t steps;   /* blocks that may still be read */
    addresses open;   /* of objects whose headers were not read yet */
    addresses groups; /* of each group's B-tree and heap: once, a group can hold itself */
    size_t done;      /* of groups.at */
} walk;

static skel_status add(addresses *to, uint64_t address)
{
    skel_status status = SKEL_OK;

    if (to->count == to->room) {
        size_t room = to->room > 0 ? 2 * to->room : FIRST_ROOM;

        SKEL_TRY(SKEL_GROW(room, sizeof *to->at, &to->at));
        to->room = room;
    }
    to->at[to->count++] = address;
done:
    return status;
}

/* `two` has the addresses of a group's B-tree and of its heap. */
static skel_status add_group(walk *over, const uint8_t two[])
{
    uint64_t tree = skel_little_endian(two, 8);
    uint64_t names = skel_little_endian(two + 8, 8);
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < over->groups.count; i += 2) {
        if (over->groups.at[i] == tree && over->groups.at[i + 1] == names) {
            return SKEL_OK;
        }
    }
    SKEL_TRY(add(&over->groups, tree));
    SKEL_TRY(add(&over->groups, names));
done:
    return status;
}

/* Reads a block at an address into new memory; *out is NULL if the block has no bytes. HDF5 itself
 * can crash on a block outside of the file. */
static skel_status fetch(walk *over, uint64_t address, uint64_t bytes, uint8_t **out)
{
    uint64_t rest = over->bytes - over->base;
    ssize_t got = 0;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (over->steps == 0) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s is damaged: its groups have more parts than the file",
                         over->path);
    }
    over->steps--;
    if (bytes == 0) {
        return SKEL_OK;
    }
    if (bytes > MOST || address > rest || bytes > rest - address) {
        return SKEL_FAIL(
            SKEL_ERR_DATA,
            "%s is damaged or truncated: a group needs %llu bytes at byte %llu, but the "
            "file has %llu",
            over->path, (unsigned long long)bytes, (unsigned long long)address,
            (unsigned long long)rest);
    }
    SKEL_TRY(SKEL_ALLOC_RAW((size_t)bytes, 1, out));
    got = skel_input_read(over->descriptor, over->base + address, (size_t)bytes, *out);
    if (got < 0 || (uint64_t)got < bytes) {
        status = SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", over->path,
                           got < 0 ? strerror(errno) : "the file has become shorter");
        SKEL_FREE(out);
    }
done:
    return status;
}

/* A name begins and ends within its group's list. */
static skel_status check_name(const walk *over, const heap *names, uint64_t offset)
{
    if (names->text == NULL || offset >= names->bytes ||
        memchr(names->text + offset, 0, (size_t)(names->bytes - offset)) == NULL) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s is damaged: a group has a name outside of its list of names at byte "
                         "%llu",
                         over->path, (unsigned long long)(over->base + names->first));
    }
    return SKEL_OK;
}

/* Reads the heap at an address; no bytes if there is none. SKEL_FREE(&out->text). */
static skel_status read_heap(walk *over, uint64_t address, heap *out)
{
    uint8_t *head = NULL;
    skel_status status = SKEL_OK;

    *out = (heap){0, 0, NULL};
    SKEL_TRY(fetch(over, address, HEAP, &head));
    if (head != NULL && memcmp(head, "HEAP", 4) == 0) {
        out->first = skel_little_endian(head + 24, 8);
        SKEL_TRY(fetch(over, out->first, skel_little_endian(head + 8, 8), &out->text));
        out->bytes = skel_little_endian(head + 8, 8);
    }
done:
    SKEL_FREE(&head);
    return status;
}

/* An entry of a group. What it repeats of the object can be older than the object: only a path,
 * which lies among the names, is nowhere else. */
static skel_status read_entry(walk *over, const uint8_t entry[], const heap *names)
{
    skel_status status = check_name(over, names, skel_little_endian(entry, 8));

    if (status == SKEL_OK && skel_little_endian(entry + 16, 4) == LINK_ENTRY) {
        return check_name(over, names, skel_little_endian(entry + 24, 4));
    }
    return status == SKEL_OK ? add(&over->open, skel_little_endian(entry + 8, 8)) : status;
}

static skel_status read_table(walk *over, uint64_t address, const heap *names)
{
    uint8_t *head = NULL;
    uint8_t *entries = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(fetch(over, address, TABLE, &head));
    if (head != NULL && memcmp(head, "SNOD", 4) == 0) {
        count = (size_t)skel_little_endian(head + 6, 2);
        SKEL_TRY(fetch(over, address + TABLE, count * ENTRY, &entries));
    }
    for (size_t i = 0; entries != NULL && i < count; i++) {
        SKEL_TRY(read_entry(over, entries + i * ENTRY, names));
    }
done:
    SKEL_FREE(&head);
    SKEL_FREE(&entries);
    return status;
}

/* A node of a group's B-tree, below level `above`: keys, which are names, and children in turn. */
static skel_status read_node(walk *over, uint64_t address, const heap *names, unsigned above)
{
    uint8_t *head = NULL;
    uint8_t *children = NULL;
    unsigned level = 0;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(fetch(over, address, NODE, &head));
    if (head != NULL && memcmp(head, "TREE\0", 5) == 0 && head[5] < above) {
        level = head[5];
        count = (size_t)skel_little_endian(head + 6, 2);
    }
    if (count > 0) { /* else it has no keys either */
        SKEL_TRY(fetch(over, address + NODE, count * CHILD + 8, &children));
    }
    for (size_t i = 0; children != NULL && i <= count; i++) {
        const uint8_t *key = children + i * CHILD;

        SKEL_TRY(check_name(over, names, skel_little_endian(key, 8)));
        if (i < count) {
            uint64_t child = skel_little_endian(key + 8, 8);

            SKEL_TRY(level > 0 ? read_node(over, child, names, level)
                               : read_table(over, child, names));
        }
    }
done:
    SKEL_FREE(&head);
    SKEL_FREE(&children);
    return status;
}

static skel_status read_group(walk *over, uint64_t tree, uint64_t address)
{
    heap names;
    skel_status status = read_heap(over, address, &names);

    if (status == SKEL_OK && names.bytes > 0) {
        status = read_node(over, tree, &names, LEVELS);
    }
    SKEL_FREE(&names.text);
    return status;
}

/* `rest` bytes of the header follow the message's head, `size` of them the message's. */
static skel_status check_attribute(const walk *over, uint64_t address, uint64_t rest, uint64_t size,
                                   const uint8_t content[])
{
    if (size > rest || !skel_attribute_message_fits((size_t)size, content)) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s is damaged: an attribute at byte %llu is larger than its place",
                         over->path, (unsigned long long)(over->base + address));
    }
    return SKEL_OK;
}

/* One part of an object header; the addresses and sizes of further parts are added to `parts`. */
static skel_status read_part(walk *over, uint64_t address, uint64_t bytes, addresses *parts)
{
    uint8_t *block = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(fetch(over, address, bytes, &block));
    for (uint64_t i = 0; block != NULL && i + MESSAGE <= bytes;) {
        const uint8_t *content = block + i + MESSAGE;
        uint64_t type = skel_little_endian(block + i, 2);
        uint64_t size = skel_little_endian(block + i + 2, 2);
        bool has_two = size >= 16 && i + MESSAGE + 16 <= bytes; /* numbers of 8 bytes */

        if (has_two && type == SYMBOL_TABLE) {
            SKEL_TRY(add_group(over, content));
        } else if (has_two && type == CONTINUATION) {
            SKEL_TRY(add(parts, skel_little_endian(content, 8)));
            SKEL_TRY(add(parts, skel_little_endian(content + 8, 8)));
        } else if (type == ATTRIBUTE && (block[i + 4] & IS_SHARED) == 0) {
            SKEL_TRY(check_attribute(over, address + i, bytes - i - MESSAGE, size, content));
        }
        i += MESSAGE + size;
    }
done:
    SKEL_FREE(&block);
    return status;
}

/* An object header of version 1; others have checksums. */
static skel_status read_object(walk *over, uint64_t address)
{
    uint8_t *head = NULL;
    addresses parts = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(fetch(over, address, HEADER, &head));
    if (head != NULL && head[0] == 1) {
        SKEL_TRY(read_part(over, address + HEADER, skel_little_endian(head + 8, 4), &parts));
    }
    for (size_t i = 0; i < parts.count && head != NULL && i / 2 < skel_little_endian(head + 2, 2);
         i += 2) {
        SKEL_TRY(read_part(over, parts.at[i], parts.at[i + 1], &parts));
    }
done:
    SKEL_FREE(&head);
    SKEL_FREE(&parts.at);
    return status;
}

/* Where HDF5's content begins, behind what its user may have put before it; -1 if nowhere. */
static int64_t find_signature(int descriptor, size_t bytes, uint8_t block[SUPERBLOCK])
{
    static const uint8_t signature[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    for (uint64_t at = 0; at + SUPERBLOCK + ENTRY <= bytes; at = at == 0 ? 512 : at * 2) {
        if (skel_input_read(descriptor, at, SUPERBLOCK, block) == SUPERBLOCK &&
            memcmp(block, signature, SIGNATURE) == 0) {
            return (int64_t)at;
        }
    }
    return -1;
}

/* The first object of the file, by the superblock. */
static skel_status find_root(walk *over, const uint8_t block[SUPERBLOCK])
{
    unsigned version = block[SIGNATURE];
    const uint8_t *sizes = version < 2 ? block + 13 : block + 9;
    uint8_t *entry = NULL;
    skel_status status = SKEL_OK;

    if (version > 3) {
        return SKEL_OK;
    }
    if (sizes[0] != 8 || sizes[1] != 8) {
        return SKEL_FAIL(
            SKEL_ERR_DATA,
            "%s has addresses of %u bytes and lengths of %u; skel reads files with 8 of "
            "each, as HDF5 writes them by default",
            over->path, sizes[0], sizes[1]);
    }
    if (version > 1) {
        return add(&over->open, skel_little_endian(block + 36, 8));
    }
    SKEL_TRY(fetch(over, version == 0 ? 56 : 60, ENTRY, &entry));
    status = add(&over->open, skel_little_endian(entry + 8, 8));
done:
    SKEL_FREE(&entry);
    return status;
}

skel_status skel_old_groups_check(int descriptor, const char *path, size_t bytes)
{
    uint8_t block[SUPERBLOCK];
    int64_t base = find_signature(descriptor, bytes, block);
    walk over = {.descriptor = descriptor, .path = path, .bytes = bytes, .steps = bytes};
    skel_status status = SKEL_OK;

    if (base < 0) {
        return SKEL_OK;
    }
    over.base = (uint64_t)base;
    SKEL_TRY(find_root(&over, block));
    while (over.open.count > 0 || over.done < over.groups.count) {
        if (over.open.count > 0) {
            SKEL_TRY(read_object(&over, over.open.at[--over.open.count]));
        } else {
            over.done += 2;
            SKEL_TRY(
                read_group(&over, over.groups.at[over.done - 2], over.groups.at[over.done - 1]));
        }
    }
done:
    SKEL_FREE(&over.open.at);
    SKEL_FREE(&over.groups.at);
    return status;
}
