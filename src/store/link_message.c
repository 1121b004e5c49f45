/* The parts of a link's message, one behind the other: head, name, where it leads. */
#include "link_message.h"

#include "little_endian.h"

#include <string.h>

enum { HEAD = 2, ADDRESS = 8, LENGTH = 2 };                                     /* bytes */
enum { WIDTH = 3, HAS_ORDER = 4, HAS_TYPE = 8, HAS_CHARACTERS = 16, ALL = 31 }; /* flags */
enum { HARD = 0, SOFT = 1, OWN = 64, OTHER_FILE = 64 }; /* types: from OWN on, HDF5 asks a class */
enum { VERSION = 1, UTF_8 = 1 };

/* A version with flags, and the names of a file and of an object in it: HDF5 1.10 reads them up to
 * the 0 at their ends. */
static bool names_fit(size_t size, const uint8_t names[])
{
    const uint8_t *end = size > 0 ? memchr(names + 1, 0, size - 1) : NULL;

    return end != NULL && end + 1 < names + size && names[size - 1] == 0;
}

/* Where a link leads, in `size` bytes. */
static bool target_fits(unsigned type, size_t size, const uint8_t target[])
{
    size_t length = 0;

    if (type == HARD) {
        return size >= ADDRESS;
    }
    if (size < LENGTH || (type != SOFT && type < OWN)) {
        return false;
    }
    length = (size_t)skel_little_endian(target, LENGTH);
    if (length > size - LENGTH) {
        return false;
    }
    return type == OTHER_FILE ? names_fit(length, target + LENGTH) : length > 0 || type != SOFT;
}

/* Bytes before the length of the name. */
static size_t head_bytes(unsigned flags)
{
    return HEAD + ((flags & HAS_TYPE) != 0 ? 1U : 0U) + ((flags & HAS_ORDER) != 0 ? 8U : 0U) +
           ((flags & HAS_CHARACTERS) != 0 ? 1U : 0U);
}

bool skel_link_message_fits(size_t size, const uint8_t content[])
{
    const unsigned flags = size >= HEAD ? content[1] : 0;
    const size_t width = (size_t)1 << (flags & WIDTH);
    const size_t head = head_bytes(flags);
    unsigned type = HARD;
    uint64_t name = 0;
    size_t rest = 0;

    if (size < head + width || content[0] != VERSION || flags > ALL ||
        ((flags & HAS_CHARACTERS) != 0 && content[head - 1] > UTF_8)) {
        return false;
    }
    type = (flags & HAS_TYPE) != 0 ? content[HEAD] : HARD;
    name = skel_little_endian(content + head, width);
    rest = size - head - width;
    return name > 0 && name <= rest &&
           target_fits(type, rest - (size_t)name, content + head + width + name);
}
