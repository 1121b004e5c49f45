/** Lists of texts that grow. */
#ifndef SKEL_TEXTS_H
#define SKEL_TEXTS_H

#include "skel/status.h"

#include <stddef.h>

/** A list; all zero bytes are an empty one. Owned: skel_texts_clear() it. */
typedef struct skel_texts {
    size_t count;
    char **text; /**< [count], each owned */
} skel_texts;

/** Adds a text at the end, printed as by printf(), of any length.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_texts_add(skel_texts *texts, const char *format, ...)
    SKEL_FORMAT(2, 3);

/** Adds the parts of a text between separators, without blanks around them; empty parts, too.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_texts_split(skel_texts *texts, const char *text, char separator);

/** Whether a list holds a text.
 *
 *  Local.
 */
bool skel_texts_has(const skel_texts *texts, const char *text);

/** Sorts a list by bytes, and leaves out what it holds twice.
 *
 *  Local.
 */
void skel_texts_sort(skel_texts *texts);

/** Joins a list: "a, b, c".
 *
 *  Local. A list that is too long is cut, and ends with "...".
 *  @param out  [size], at least 8
 */
void skel_texts_join(const skel_texts *texts, const char *separator, size_t size, char out[]);

/** Frees all texts; the list is empty then.
 *
 *  Local.
 */
void skel_texts_clear(skel_texts *texts);

#endif
