/* The parts of an attribute's message, one behind the other: head, name, type, shape, values. */
#include "attribute_message.h"

#include "little_endian.h"

enum { HEAD = 8, SHARED = 3, TYPE = 8, SHAPE_1 = 8, SHAPE_2 = 4, NULL_SPACE = 2 };

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

bool skel_attribute_message_fits(size_t size, const uint8_t content[])
{
    bool padded = size > 0 && content[0] == 1;
    size_t at = size > 0 && content[0] == 3 ? HEAD + 1 : HEAD;
    size_t part[3] = {0};
    size_t begin[3] = {0};
    uint64_t elements = 0;
    uint64_t values = 0;

    if (size < at || content[0] < 1 || content[0] > 3) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        part[i] = (size_t)skel_little_endian(content + 2 + 2 * i, 2);
        begin[i] = at;
        if (!step(part[i], size, padded, &at)) {
            return false;
        }
    }
    if (part[0] == 0 || content[begin[0] + part[0] - 1] != 0) { /* a name ends with a zero */
        return false;
    }
    if (!padded && (content[1] & SHARED) != 0) {
        return true;
    }
    return part[1] >= TYPE && count_elements(part[2], content + begin[2], &elements) &&
           !__builtin_mul_overflow(elements, skel_little_endian(content + begin[1] + 4, 4),
                                   &values) &&
           values <= size - at;
}
