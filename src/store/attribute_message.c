/* The parts of an attribute's message, one behind the other: head, name, type, shape, values. */
#include "attribute_message.h"

#include "datatype_message.h"
#include "little_endian.h"

enum { HEAD = 8, SHARED = 3, SHAPE_1 = 8, SHAPE_2 = 4, NULL_SPACE = 2 };
enum { VARIABLE = 9, TEXT = 1 }; /* class of a type, kind of it */

/* Elements of a shape; false if it does not lie within its bytes, or has more than memory can. */
static bool count_elements(size_t bytes, const uint8_t shape[], uint64_t *count)
{
    size_t head = bytes > 0 && shape[0] == 1 ? SHAPE_1 : SHAPE_2;
    size_t dims = 0;

    if (bytes < head || shape[0] < 1 || shape[0] > 2) {
        return false;
    }
    dims = shape[1];
    if (bytes - head < dims * 8) {
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
    size_t size[3]; /* of name, type, shape */
    size_t rest;    /* bytes of the message from the values on */
    bool is_shared; /* type or shape lies elsewhere */
} parts;

/* False if the message ends before its values begin. */
static bool divide(size_t size, const uint8_t content[], parts *out)
{
    bool padded = size > 0 && content[0] == 1;
    size_t at = size > 0 && content[0] == 3 ? HEAD + 1 : HEAD;
    const uint8_t **begin[] = {&out->name, &out->type, &out->shape};

    if (size < at || content[0] < 1 || content[0] > 3) {
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
    out->is_shared = !padded && (content[1] & SHARED) != 0;
    return true;
}

bool skel_attribute_message_fits(size_t size, const uint8_t content[])
{
    parts of;
    uint64_t elements = 0;
    uint64_t values = 0;

    if (!divide(size, content, &of) || of.size[0] == 0 ||
        of.name[of.size[0] - 1] != 0) { /* a name ends with a zero */
        return false;
    }
    if (of.is_shared) {
        return true;
    }
    return skel_datatype_message_fits(of.size[1], of.type) &&
           count_elements(of.size[2], of.shape, &elements) &&
           !__builtin_mul_overflow(elements, skel_little_endian(of.type + 4, 4), &values) &&
           values <= of.rest;
}

void skel_attribute_message_texts(size_t size, const uint8_t content[], size_t *count,
                                  const uint8_t **elements)
{
    parts of;
    uint64_t found = 0;

    *count = 0;
    *elements = NULL;
    if (divide(size, content, &of) && !of.is_shared && (of.type[0] & 15) == VARIABLE &&
        (of.type[1] & 15) == TEXT && count_elements(of.size[2], of.shape, &found)) {
        *count = (size_t)found;
        *elements = of.values;
    }
}
