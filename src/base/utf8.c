/* Characters of UTF-8. */
#include "skel/utf8.h"

#include <string.h>

bool skel_utf8_continues(char byte)
{
    return ((unsigned char)byte & 0xC0U) == 0x80U;
}

size_t skel_utf8_bytes(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t bytes = at[0] == 0                       ? 0
                   : at[0] < 0x80                   ? 1
                   : at[0] >= 0xC2 && at[0] <= 0xDF ? 2
                   : (at[0] & 0xF0) == 0xE0         ? 3
                   : at[0] >= 0xF0 && at[0] <= 0xF4 ? 4
                                                    : 0;

    for (size_t i = 1; i < bytes; i++) {
        if (!skel_utf8_continues(text[i])) {
            return 0;
        }
    }
    if ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
        (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F)) {
        return 0; /* too long a form, half of a UTF-16 pair, or beyond the last character */
    }
    return bytes;
}

bool skel_utf8_is(const char *text)
{
    while (*text != '\0') {
        size_t bytes = skel_utf8_bytes(text);

        if (bytes == 0) {
            return false;
        }
        text += bytes;
    }
    return true;
}

size_t skel_utf8_count(const char *text)
{
    size_t characters = 0;

    for (; *text != '\0'; text++) {
        characters += !skel_utf8_continues(*text);
    }
    return characters;
}

size_t skel_utf8_first(const char *text, size_t characters)
{
    size_t bytes = 0;

    for (; text[bytes] != '\0'; bytes++) {
        bool begins = !skel_utf8_continues(text[bytes]);

        if (begins && characters == 0) {
            break;
        }
        characters -= begins;
    }
    return bytes;
}

size_t skel_utf8_cut(const char *text, size_t bytes)
{
    size_t length = strnlen(text, bytes + 1);

    if (length <= bytes) {
        return length;
    }
    for (length = bytes; length > 0 && skel_utf8_continues(text[length]);) {
        length--;
    }
    return length;
}
