/* A table of the types of messages; small ones are measured here, others in files of their own. */
#include "message_fits.h"

#include "attribute_message.h"
#include "datatype_message.h"
#include "link_message.h"
#include "little_endian.h"
#include "named_type.h"

#include <string.h>

enum { ADDRESS = 8, DIMS = 32 }; /* bytes; dimensions of a shape and one for the element */
enum { COMPACT, CONTIGUOUS, CHUNKED, VIRTUAL }; /* layouts */

static size_t number(const uint8_t *from, size_t bytes)
{
    return (size_t)skel_little_endian(from, bytes);
}

/* Sizes, and their limits if there are any. A size above its limit would lead HDF5 behind the end
 * of a list of chunks, which has as many entries as the limits ask for. */
static bool shape_fits(size_t size, const uint8_t content[])
{
    size_t head = size > 0 && content[0] == 1 ? 8 : 4;
    bool limited = size >= head && (content[2] & 1) != 0;
    size_t dims = size >= head ? content[1] : 0;
    bool fits = size >= head && dims <= DIMS && size - head >= dims * (limited ? 16 : 8);

    for (size_t i = 0; i < dims && fits && limited; i++) {
        fits = skel_little_endian(content + head + 8 * i, 8) <=
               skel_little_endian(content + head + 8 * (dims + i), 8);
    }
    return fits;
}

/* h5py, with HDF5 1.12, writes truth values of a later version. */
static bool type_fits(size_t size, const uint8_t content[])
{
    return skel_datatype_message_is_later(size, content) ||
           skel_datatype_message_fits(size, content);
}

static bool links_fit(size_t size, const uint8_t content[])
{
    return size >= 2 && size >= 2U + ((content[1] & 1) != 0 ? 8U : 0U) + 2 * ADDRESS +
                                    ((content[1] & 2) != 0 ? ADDRESS : 0U);
}

static bool attributes_fit(size_t size, const uint8_t content[])
{
    return size >= 2 && size >= 2U + ((content[1] & 1) != 0 ? 2U : 0U) + 2 * ADDRESS +
                                    ((content[1] & 2) != 0 ? ADDRESS : 0U);
}

/* Files that have a dataset's values: their names lie in a heap. */
static bool others_fit(size_t size, const uint8_t content[])
{
    return size >= 16 && content[0] == 1 && number(content + 6, 2) <= number(content + 4, 2) &&
           (size - 16) / 24 >= number(content + 6, 2);
}

static bool group_fits(size_t size, const uint8_t content[])
{
    return size >= 2 &&
           size >= 2U + ((content[1] & 1) != 0 ? 4U : 0U) + ((content[1] & 2) != 0 ? 4U : 0U);
}

/* A length of 4 bytes, negative for none, and as many bytes. */
static bool counted_fits(size_t size, const uint8_t content[])
{
    size_t bytes = size >= 4 ? number(content, 4) : 0;

    return size >= 4 && (bytes > INT32_MAX || bytes <= size - 4);
}

static bool fill_fits(size_t size, const uint8_t content[])
{
    bool has_value = false;
    size_t head = 4;

    if (size < 2) {
        return false;
    }
    if (content[0] >= 3) {
        head = 2;
        has_value = (content[1] & 32) != 0;
    } else {
        has_value = size >= head && (content[0] == 1 || content[3] != 0);
    }
    return size >= head && (!has_value || counted_fits(size - head, content + head));
}

/* Versions 1 and 2. */
static bool first_layout_fits(size_t size, const uint8_t content[])
{
    size_t head = 8;

    if (size < head || content[1] > DIMS + 1) {
        return false;
    }
    head += (content[2] == COMPACT ? 0U : ADDRESS) + 4U * content[1];
    return size >= head && (content[2] != COMPACT || counted_fits(size - head, content + head));
}

static bool layout_fits(size_t size, const uint8_t content[])
{
    if (size < 2) {
        return false;
    }
    if (content[0] < 3) {
        return first_layout_fits(size, content);
    }
    switch (content[1]) {
    case COMPACT:
        return size >= 4 && number(content + 2, 2) <= size - 4;
    case CONTIGUOUS:
        return size >= 2 + 2 * ADDRESS;
    case VIRTUAL:
        return size >= 2 + ADDRESS + 4;
    case CHUNKED:
        break;
    default:
        return true; /* HDF5 refuses it */
    }
    if (content[0] == 3) {
        return size >= 3 && content[2] <= DIMS + 1 && size >= 3 + ADDRESS + 4U * content[2];
    }
    /* flags, dimensions, width of their sizes, sizes, kind of index, at most 12 bytes on it, its
     * address */
    return size >= 5 && content[3] <= DIMS + 1 && content[4] <= 8 &&
           size >= 5U + (size_t)content[3] * content[4] + 1 + ADDRESS;
}

static bool filters_fit(size_t size, const uint8_t content[])
{
    const bool is_first = size > 0 && content[0] == 1;
    size_t at = is_first ? 8 : 2;

    if (size < at) {
        return false;
    }
    for (unsigned i = 0; i < content[1]; i++) {
        bool has_name = false;
        size_t head = 0;
        size_t name = 0;
        size_t values = 0;

        if (size - at < 2) {
            return false;
        }
        has_name = is_first || number(content + at, 2) >= 256;
        head = has_name ? 8 : 6;
        if (size - at < head) {
            return false;
        }
        name = has_name ? number(content + at + 2, 2) : 0;
        values = number(content + at + head - 2, 2);
        values += is_first ? values % 2 : 0;
        if (size - at - head < name + 4 * values) {
            return false;
        }
        at += head + name + 4 * values;
    }
    return true;
}

static bool text_fits(size_t size, const uint8_t content[])
{
    return size > 0 && memchr(content, 0, size) != NULL;
}

/* A message that says where its content lies. */
static bool shared_fits(size_t size, const uint8_t content[])
{
    uint64_t unused = 0;

    return skel_named_type_address(size, content, &unused);
}

/* How room in the file is managed: two versions, with the lists of free room or without. */
static bool room_fits(size_t size, const uint8_t content[])
{
    if (size < 3) {
        return false;
    }
    return content[0] == 0 ? size >= 10U + (content[1] == 1 ? 6U * ADDRESS : 0U)
                           : size >= 29U + (content[2] != 0 ? 12U * ADDRESS : 0U);
}

/* By type; no noun: not measured. `last` is the version, in the first byte, above which HDF5
 * refuses the object itself; 0: other versions are not let through. A link's is none of them: HDF5
 * frees what it never allocated. */
static const struct {
    const char *noun;
    bool (*fits)(size_t size, const uint8_t content[]);
    size_t least; /* bytes */
    uint8_t last;
} messages[] = {
    [0x01] = {"a shape", shape_fits, 0, 2},
    [0x02] = {"a group's heap", links_fit, 0, 0},
    [0x03] = {"a type", type_fits, 0, 0},
    [0x04] = {"a fill value", counted_fits, 0, 0},
    [0x05] = {"a fill value", fill_fits, 0, 3},
    [0x06] = {"a link", skel_link_message_fits, 0, 0},
    [0x07] = {"a list of other files", others_fit, 16, 0},
    [0x08] = {"a layout", layout_fits, 0, 4},
    [0x0a] = {"a group", group_fits, 0, 0},
    [0x0b] = {"a list of filters", filters_fit, 0, 2},
    [0x0c] = {"an attribute", skel_attribute_message_fits, 0, 0},
    [0x0d] = {"a comment", text_fits, 0, 0},
    [0x0e] = {"a time", NULL, 16, 0},
    [0x0f] = {"a table of messages", NULL, 2 + ADDRESS, 0},
    [0x10] = {"the next part of a header", NULL, (size_t)2 * ADDRESS, 0},
    [0x11] = {"a group", NULL, (size_t)2 * ADDRESS, 0},
    [0x12] = {"a time", NULL, 8, 0},
    [0x13] = {"a size of nodes", NULL, 7, 0},
    [0x15] = {"a heap of attributes", attributes_fit, 0, 0},
    [0x16] = {"a count of references", NULL, 5, 0},
    [0x17] = {"a list of free room", room_fits, 0, 0},
};

static bool is_measured(unsigned type)
{
    return type < sizeof messages / sizeof *messages && messages[type].noun != NULL;
}

bool skel_message_fits(const skel_header_message *message)
{
    const unsigned type = message->type;

    if (!is_measured(type)) {
        return true;
    }
    if (message->size > message->rest || message->size < messages[type].least) {
        return false;
    }
    if (message->is_shared) {
        return shared_fits(message->size, message->content);
    }
    if (messages[type].last > 0 && message->size > 0 && message->content[0] > messages[type].last) {
        return true;
    }
    return messages[type].fits == NULL || messages[type].fits(message->size, message->content);
}

const char *skel_message_noun(unsigned type)
{
    return is_measured(type) ? messages[type].noun : "a message";
}
