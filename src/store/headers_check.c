/* Walks all object headers of a file, of both formats, and checks what HDF5 would trust: messages,
 * and the B-trees, symbol tables and names of groups in the first format. HDF5 itself lists the
 * members of groups in later formats, whose structures have checksums. */
#include "headers_check.h"

#include "address_set.h"
#include "attribute_message.h"
#include "blocks.h"
#include "dense_messages.h"
#include "global_heap.h"
#include "later_groups.h"
#include "little_endian.h"
#include "message_fits.h"
#include "named_type.h"
#include "object_header.h"
#include "superblock.h"

#include "skel/memory.h"
#include "skel/sizes.h"

#include <string.h>

/* Sizes in bytes. Addresses and lengths have 8 bytes: HDF5's default everywhere. */
enum {
    HEAP = 32,  /* of a local heap, before its names */
    NODE = 24,  /* of a B-tree's node, before its keys and children */
    CHILD = 16, /* of a key and a child */
    TABLE = 8,  /* of a symbol table's node, before its entries */
    ENTRY = 40, /* of a symbol table's node */
};

enum { LINKS = 0x02, OTHERS = 0x07, ATTRIBUTE = 0x0c, SHARED_MESSAGES = 0x0f }; /* messages */
enum { SYMBOL_TABLE = 0x11, DRIVER = 0x14, ATTRIBUTES = 0x15, CACHE = 0x18 };
enum { LINK_ENTRY = 2 };         /* what an entry repeats of its object */
enum { LEVELS = UINT8_MAX + 1 }; /* of a B-tree */

/* The names of one group. */
typedef struct heap {
    uint64_t first; /* their address */
    uint64_t bytes; /* up to the last zero: every name that begins here ends here */
    uint8_t *text;  /* NULL if there is no heap */
} heap;

struct skel_headers {
    skel_blocks file;
    uint64_t object;        /* whose header is read */
    skel_address_set met;   /* objects: each is read once, a group can hold itself */
    skel_addresses open;    /* of objects whose headers were not read yet */
    skel_addresses groups;  /* of each group's B-tree and heap */
    size_t done;            /* of groups.at */
    skel_address_set nodes; /* of the B-tree and the symbol tables of the group that is read */
    skel_addresses later;   /* of each group of a later format */
    size_t listed;          /* of later.at */
    skel_text_places texts; /* of attributes, which no one has looked at yet */
};

typedef skel_headers walk;

static skel_status add_object(walk *over, uint64_t address)
{
    bool is_new = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_check(&over->file, address, 1));
    SKEL_TRY(skel_address_set_add(&over->met, address, &is_new));
    if (is_new) {
        status = skel_addresses_add(&over->open, address);
    }
done:
    return status;
}

/* `two` has the addresses of a group's B-tree and of its heap. */
static skel_status add_group(walk *over, const uint8_t two[])
{
    skel_status status = skel_addresses_add(&over->groups, skel_little_endian(two, 8));

    return status == SKEL_OK ? skel_addresses_add(&over->groups, skel_little_endian(two + 8, 8))
                             : status;
}

/* A name begins and ends within its group's list. */
static skel_status check_name(const walk *over, const heap *names, uint64_t offset)
{
    if (offset >= names->bytes) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s is damaged: a group has a name outside of its list of names at byte "
                         "%llu",
                         over->file.path, (unsigned long long)(over->file.base + names->first));
    }
    return SKEL_OK;
}

/* Reads the heap at an address, if there is one. SKEL_FREE(&out->text). */
static skel_status read_heap(walk *over, uint64_t address, heap *out)
{
    uint8_t *head = NULL;
    skel_status status = SKEL_OK;

    *out = (heap){0, 0, NULL};
    SKEL_TRY(skel_blocks_fetch(&over->file, address, HEAP, &head));
    if (head != NULL && memcmp(head, "HEAP", 4) == 0) {
        out->first = skel_little_endian(head + 24, 8);
        SKEL_TRY(skel_blocks_fetch(&over->file, out->first, skel_little_endian(head + 8, 8),
                                   &out->text));
        out->bytes = skel_little_endian(head + 8, 8);
    }
    while (out->bytes > 0 && out->text[out->bytes - 1] != 0) {
        out->bytes--;
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
    return status == SKEL_OK ? add_object(over, skel_little_endian(entry + 8, 8)) : status;
}

static skel_status read_table(walk *over, uint64_t address, const heap *names)
{
    uint8_t *head = NULL;
    uint8_t *entries = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_fetch(&over->file, address, TABLE, &head));
    if (head != NULL && memcmp(head, "SNOD", 4) == 0) {
        count = (size_t)skel_little_endian(head + 6, 2);
        SKEL_TRY(skel_blocks_fetch(&over->file, address + TABLE, count * ENTRY, &entries));
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

    SKEL_TRY(skel_blocks_fetch(&over->file, address, NODE, &head));
    if (head != NULL && memcmp(head, "TREE\0", 5) == 0 && head[5] < above) {
        level = head[5];
        count = (size_t)skel_little_endian(head + 6, 2);
    }
    if (count > 0) { /* else it has no keys either */
        SKEL_TRY(skel_blocks_fetch(&over->file, address + NODE, count * CHILD + 8, &children));
    }
    for (size_t i = 0; children != NULL && i <= count; i++) {
        const uint8_t *key = children + i * CHILD;

        SKEL_TRY(check_name(over, names, skel_little_endian(key, 8)));
        if (i < count) {
            const uint64_t child = skel_little_endian(key + 8, 8);
            bool is_new = false;

            SKEL_TRY(skel_blocks_check(&over->file, child, 1));
            SKEL_TRY(skel_address_set_add(&over->nodes, child, &is_new));
            if (!is_new) { /* in one group, and looked at */
                continue;
            }
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

    if (status == SKEL_OK && names.text != NULL) {
        status = read_node(over, tree, &names, LEVELS);
    }
    SKEL_FREE(&names.text);
    SKEL_FREE(&over->nodes.at);
    over->nodes = (skel_address_set){0};
    return status;
}

static skel_status fail_message(const walk *over, const skel_header_message *message)
{
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s is damaged: %s at byte %llu does not fit its place or is not valid in "
                     "HDF5 1.10",
                     over->file.path, skel_message_noun(message->type),
                     (unsigned long long)(over->file.base + message->address));
}

/* The same of an attribute, whose type may be of a later HDF5.
 *  named: [bytes] the message of its named type, or NULL */
static skel_status fail_attribute(const walk *over, const skel_header_message *message,
                                  size_t bytes, const uint8_t named[])
{
    size_t size = skel_lesser(message->size, message->rest);

    if (!skel_attribute_message_is_later(size, message->content, bytes, named)) {
        return fail_message(over, message);
    }
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s has an attribute at byte %llu whose type HDF5 1.10 cannot read: HDF5 1.12 "
                     "and later write it where they may use their newest formats. Write the file "
                     "for HDF5 1.10 (h5py: libver=('earliest', 'v110')), or without the attribute",
                     over->file.path, (unsigned long long)(over->file.base + message->address));
}

/* The values of an attribute whose parts fit its message: they have the size of their type; texts
 * are noted, to look at them later. */
static skel_status check_values(walk *over, const skel_header_message *message)
{
    const uint8_t *elements = NULL;
    uint8_t *named = NULL;
    uint64_t address = 0;
    size_t bytes = 0;
    size_t count = 0;
    skel_status status = SKEL_OK;

    if (skel_attribute_message_named_type(message->size, message->content, &address)) {
        SKEL_TRY(add_object(over, address));
        SKEL_TRY(skel_named_type_read(&over->file, address, &bytes, &named));
        if (!skel_attribute_message_fits_type(message->size, message->content, bytes, named)) {
            SKEL_TRY(fail_attribute(over, message, bytes, named));
        }
    }
    skel_attribute_message_texts(message->size, message->content, named, &count, &elements);
    status = skel_text_places_add(&over->texts, count, elements);
done:
    SKEL_FREE(&named);
    return status;
}

/* The names of other files, in a heap as those of a group. */
static skel_status check_others(walk *over, const skel_header_message *message)
{
    heap names;
    skel_status status = read_heap(over, skel_little_endian(message->content + 8, 8), &names);

    for (size_t i = 0; i < skel_little_endian(message->content + 6, 2) && status == SKEL_OK; i++) {
        status = check_name(over, &names, skel_little_endian(message->content + 16 + 24 * i, 8));
    }
    SKEL_FREE(&names.text);
    return status;
}

/* A message that lies in the header of an object of its own. */
static skel_status read_shared(walk *over, const skel_header_message *message)
{
    uint64_t address = 0;

    return skel_named_type_address(message->size, message->content, &address)
               ? add_object(over, address)
               : fail_message(over, message);
}

static skel_status refuse(const walk *over, const char *what)
{
    return SKEL_FAIL(SKEL_ERR_DATA, "%s has %s, which skel does not read", over->file.path, what);
}

static skel_status read_message(void *context, const skel_header_message *message)
{
    walk *over = context;

    if (!skel_message_fits(message)) {
        return message->type == ATTRIBUTE ? fail_attribute(over, message, 0, NULL)
                                          : fail_message(over, message);
    }
    if (message->is_shared) {
        return read_shared(over, message);
    }
    switch (message->type) {
    case SYMBOL_TABLE:
        return add_group(over, message->content);
    case LINKS: {
        skel_status status = skel_dense_messages_read(&over->file, message, read_message, over);

        return status == SKEL_OK ? skel_addresses_add(&over->later, over->object) : status;
    }
    case ATTRIBUTES:
        return skel_dense_messages_read(&over->file, message, read_message, over);
    case OTHERS:
        return check_others(over, message);
    case ATTRIBUTE:
        return check_values(over, message);
    case SHARED_MESSAGES:
        return refuse(over, "messages that several objects share (H5Pset_shared_mesg)");
    case DRIVER:
        return refuse(over, "settings of another driver of HDF5");
    case CACHE:
        return refuse(over, "an image of HDF5's cache (H5Pset_mdc_image_config)");
    default:
        return SKEL_OK;
    }
}

static skel_status read_object(walk *over, uint64_t address)
{
    over->object = address;
    return skel_object_header_read(&over->file, address, read_message, over);
}

/* Reads all that can be reached without HDF5. */
static skel_status go_on(walk *over)
{
    skel_status status = SKEL_OK;

    while (over->open.count > 0 || over->done < over->groups.count) {
        if (over->open.count > 0) {
            SKEL_TRY(read_object(over, over->open.at[--over->open.count]));
        } else {
            over->done += 2;
            SKEL_TRY(
                read_group(over, over->groups.at[over->done - 2], over->groups.at[over->done - 1]));
        }
    }
    status = skel_text_places_check(&over->file, &over->texts);
done:
    return status;
}

skel_status skel_headers_check(int descriptor, const char *path, size_t bytes, skel_headers **out)
{
    skel_headers *over = NULL;
    skel_addresses objects = {0};
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *over, &over));
    over->file.descriptor = descriptor;
    over->file.path = path;
    over->file.bytes = bytes;
    SKEL_TRY(skel_superblock_read(&over->file, &objects));
    for (size_t i = 0; i < objects.count; i++) {
        SKEL_TRY(add_object(over, objects.at[i]));
    }
    SKEL_TRY(go_on(over));
    *out = over;
    over = NULL;
done:
    SKEL_FREE(&objects.at);
    skel_headers_destroy(&over);
    return status;
}

skel_status skel_headers_check_below(skel_headers *over, int descriptor, hid_t file)
{
    skel_addresses members = {0};
    skel_status status = SKEL_OK;

    skel_blocks_reopen(&over->file, descriptor);
    while (over->listed < over->later.count) {
        members.count = 0;
        SKEL_TRY(skel_later_group_members(file, over->later.at[over->listed++], over->file.path,
                                          &members));
        for (size_t i = 0; i < members.count; i++) {
            SKEL_TRY(add_object(over, members.at[i]));
        }
        SKEL_TRY(go_on(over));
    }
done:
    SKEL_FREE(&members.at);
    return status;
}

void skel_headers_destroy(skel_headers **over)
{
    if (*over != NULL) {
        SKEL_FREE(&(*over)->met.at);
        SKEL_FREE(&(*over)->nodes.at);
        SKEL_FREE(&(*over)->open.at);
        SKEL_FREE(&(*over)->groups.at);
        SKEL_FREE(&(*over)->later.at);
        SKEL_FREE(&(*over)->texts.at);
        SKEL_FREE(over);
    }
}
