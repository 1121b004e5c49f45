/** Texts in UTF-8: their characters, which have one to four bytes. */
#ifndef SKEL_UTF8_H
#define SKEL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/** Whether a byte continues a character that another byte has begun.
 *
 *  Local.
 */
bool skel_utf8_continues(char byte);

/** Bytes of the character that a text begins with; 0 if it begins with none.
 *
 *  Local. No character: the end of the text, a form that is longer than it needs to be, half of a
 *  UTF-16 pair, and a number beyond the last character.
 */
size_t skel_utf8_bytes(const char *text);

/** Whether a whole text is UTF-8.
 *
 *  Local.
 */
bool skel_utf8_is(const char *text);

/** Characters of a text, which are its columns on a terminal.
 *
 *  Local.
 */
size_t skel_utf8_count(const char *text);

/** Bytes of a text's first characters; of the whole text, if it has no more.
 *
 *  Local.
 */
size_t skel_utf8_first(const char *text, size_t characters);

/** Bytes of the longest beginning of a text that has at most `bytes` bytes and cuts no character.
 *
 *  Local.
 */
size_t skel_utf8_cut(const char *text, size_t bytes);

#endif
