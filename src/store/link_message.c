/* The parts of a link's message, one behind the other: head, name, where it leads. */
#include "link_message.h"

#include "little_endian.h"

enum { HEAD = 2, ADDRESS = 8, LENGTH = 2 };                           /* bytes */
enum { WIDTH = 3, HAS_ORDER = 4, HAS_TYPE = 8, HAS_CHARACTERS = 16 }; /* flags */
enum { HARD = 0 };                                                    /* a type */

bool skel_link_message_fits(size_t size, const uint8_t content[])
{
    const unsigned flags = size >= HEAD ? content[1] : 0;
    const bool has_type = (flags & HAS_TYPE) != 0;
    const size_t width = (size_t)1 << (flags & WIDTH);
    const size_t at_width = HEAD + (has_type ? 1U : 0U) + ((flags & HAS_ORDER) != 0 ? 8U : 0U) +
                            ((flags & HAS_CHARACTERS) != 0 ? 1U : 0U);
    size_t at = at_width + width; /* of the name */
    uint64_t name = 0;
    bool is_hard = false;

    if (size < at) {
        return false;
    }
    is_hard = !has_type || content[HEAD] == HARD;
    name = skel_little_endian(content + at_width, width);
    if (name == 0 || name > size - at) {
        return false;
    }
    at += (size_t)name;
    if (is_hard || size - at < LENGTH) {
        return is_hard && size - at >= ADDRESS;
    }
    return skel_little_endian(content + at, LENGTH) <= size - at - LENGTH;
}
