/* Numbers of any size, byte by byte. */
#include "little_endian.h"

uint64_t skel_little_endian(const uint8_t *from, size_t bytes)
{
    uint64_t value = 0;

    while (bytes-- > 0) {
        value = value << 8 | from[bytes];
    }
    return value;
}

size_t skel_little_endian_width(uint64_t number)
{
    size_t bytes = 1;

    while (bytes < 8 && number >> (8 * bytes) != 0) {
        bytes++;
    }
    return bytes;
}
