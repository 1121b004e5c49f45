/* EXIF's orientation: a TIFF directory within a JPEG marker. */
#include "jpeg_exif.h"

#include <stdbool.h>
#include <string.h>

enum { PREFIX = 6, HEADER = 8, ENTRY = 12, ORIENTATION = 0x0112, SHORT_TYPE = 3 };

static size_t number_at(const uint8_t data[], size_t bytes, bool little)
{
    size_t value = 0;

    for (size_t i = 0; i < bytes; i++) {
        value = value << 8 | data[little ? bytes - 1 - i : i];
    }
    return value;
}

int skel_jpeg_exif_orientation(size_t bytes, const uint8_t data[])
{
    bool little = false;
    size_t at = 0;
    size_t entries = 0;

    if (bytes < PREFIX + HEADER || memcmp(data, "Exif\0\0", PREFIX) != 0) {
        return 0;
    }
    data += PREFIX;
    bytes -= PREFIX;
    little = data[0] == 'I';
    at = number_at(data + 4, 4, little);
    if (at > bytes - 2) {
        return 0;
    }
    entries = number_at(data + at, 2, little);
    at += 2;
    for (size_t i = 0; i < entries && at + ENTRY <= bytes; i++, at += ENTRY) {
        size_t value = number_at(data + at + 8, 2, little);

        if (number_at(data + at, 2, little) == ORIENTATION &&
            number_at(data + at + 2, 2, little) == SHORT_TYPE && value >= 1 && value <= 8) {
            return (int)value;
        }
    }
    return 0;
}
