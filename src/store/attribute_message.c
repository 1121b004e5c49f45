/* The parts of an attribute's message, one behind the other: head, name, type, shape, values. */
#include "attribute_message.h"

#include "datatype_message.h"
#include "little_endian.h"
#include "named_type.h"

#include <string.h>

enum { NAMED_TYPE = 1, SHARED_SHAPE = 2, FLAGS = NAMED_TYPE | SHARED_SHAPE };
enum { HEAD = 8, SHAPE_1 = 8, SHAPE_2 = 4, SIMPLE = 1, NULL_SPACE = 2, MOST_DIMS = 32 };
enum { VARIABLE = 9, TEXT = 1 }; /* class of a type, kind of it */

/* Elements of a shape; false if it does not lie within its bytes, or has more than memory can. */
static bool count_elements(size_t bytes, const uint8_t shape[], uint64_t *count)
{
    size_t head = bytes > 0 && shape[0] == 1 ? SHAPE_1 : SHAPE_2;
    size_t dims = 0;

    if (bytes < head || shape[0] < 1 || shape[0] > 2) {
        return false;
    }
    if (shape[0] == 2 && (shape[3] > NULL_SPACE || (shape[3] != SIMPLE && shape[1] > 0))) {
        return false;
    }
    dims = shape[1]; /* and behind them the largest ones, if a flag says so */
    if (dims > MOST_DIMS || bytes - head < dims * ((shape[2] & 1) != 0 ? 16 : 8)) {
        return false;
    }
    *count = shape[0] == 2 && shape[3] == NULL_SPACE ? 0 : 1;
    for (size_t i = 0; i < dims; i++) {
        if (__builtin_mul_overflow(*count, skel_little_endian(shape + head + 8 * i, 8), count)) {
            return false;
        }
    }
    return true;
}

/* Steps over a part; false if the message ends before it does. */
static bool step(size_t part, size_t size, bool padded, size_t *at)
{
    size_t bytes = padded ? (part + 7) / 8 * 8 : part;

    if (bytes > size - *at) {
        return false;
    }
    *at += bytes;
    return true;
}

/* A message in parts. */
typedef struct parts {
    const uint8_t *name;
    const uint8_t *type;
    const uint8_t *shape;
    const uint8_t *values;
    size_t size[3];     /* of name, type, shape */
    size_t rest;        /* bytes of the message from the values on */
    unsigned elsewhere; /* flags of type and shape */
} parts;

/* False if the message ends before its values begin. */
static bool divide(size_t size, const uint8_t content[], parts *out)
{
    bool padded = size > 0 && content[0] == 1;
    size_t at = size > 0 && content[0] == 3 ? HEAD + 1 : HEAD;
    const uint8_t **begin[] = {&out->name, &out->type, &out->shape};

    if (size < at || content[0] < 1 || content[0] > 3 || (!padded && content[1] > FLAGS)) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        out->size[i] = (size_t)skel_little_endian(content + 2 + 2 * i, 2);
        *begin[i] = content + at;
        if (!step(out->size[i], size, padded, &at)) {
            return false;
        }
    }
    out->values = content + at;
    out->rest = size - at;
    out->elsewhere = padded ? 0 : content[1];
    return true;
}

/* Values of a type, behind the other parts. */
static bool values_fit(const parts *of, size_t bytes, const uint8_t type[])
{
    uint64_t elements = 0;
    uint64_t values = 0;

    return skel_datatype_message_fits(bytes, type) &&
           count_elements(of->size[2], of->shape, &elements) &&
           !__builtin_mul_overflow(elements, skel_little_endian(type + 4, 4), &values) &&
           values <= of->rest;
}

bool skel_attribute_message_fits(size_t size, const uint8_t content[])
{
    parts of;
    uint64_t address = 0;

    /* A name ends with its zero. */
    if (!divide(size, content, &of) || of.size[0] == 0 ||
        memchr(of.name, 0, of.size[0]) != of.name + of.size[0] - 1) {
        return false;
    }
    if ((of.elsewhere & SHARED_SHAPE) != 0) { /* in a table of messages, which skel does not read */
        return false;
    }
    return of.elsewhere != 0 ? skel_named_type_address(of.size[1], of.type, &address)
                             : values_fit(&of, of.size[1], of.type);
}

bool skel_attribute_message_named_type(size_t size, const uint8_t content[], uint64_t *address)
{
    parts of;

    return divide(size, content, &of) && (of.elsewhere & NAMED_TYPE) != 0 &&
           skel_named_type_address(of.size[1], of.type, address);
}

bool skel_attribute_message_is_later(size_t size, const uint8_t content[], size_t bytes,
                                     const uint8_t named[])
{
    parts of;

    if (named != NULL) {
        return skel_datatype_message_is_later(bytes, named);
    }
    return divide(size, content, &of) && of.elsewhere == 0 &&
           skel_datatype_message_is_later(of.size[1], of.type);
}

bool skel_attribute_message_fits_type(size_t size, const uint8_t content[], size_t bytes,
                                      const uint8_t type[])
{
    parts of;

    return divide(size, content, &of) && values_fit(&of, bytes, type);
}

void skel_attribute_message_texts(size_t size, const uint8_t content[], const uint8_t named[],
                                  size_t *count, const uint8_t **elements)
{
    parts of;
    const uint8_t *type = named;
    uint64_t found = 0;

    *count = 0;
    *elements = NULL;
    if (!divide(size, content, &of)) {
        return;
    }
    type = named != NULL ? named : of.type;
    if ((type[0] & 15) == VARIABLE && (type[1] & 15) == TEXT &&
        count_elements(of.size[2], of.shape, &found)) {
        *count = (size_t)found;
        *elements = of.values;
    }
}
