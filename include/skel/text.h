/** Texts for people: words of a list, endings, lines of a page, durations, sizes. */
#ifndef SKEL_TEXT_H
#define SKEL_TEXT_H

#include "skel/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    SKEL_TEXT_DURATION = 32, /**< bytes that skel_text_duration() needs */
    SKEL_TEXT_BYTES = 24,    /**< bytes that skel_text_bytes() needs */
    SKEL_TEXT_PAGE = 100,    /**< columns of a page of help */
    SKEL_TEXT_REAL = 40,     /**< bytes that skel_text_real() needs */
};

/** Whether a text ends in another one, and has more before it: "a.h5" in ".h5".
 *
 *  Local.
 */
bool skel_text_ends_in(const char *text, const char *ending);

/** The word of a list that is nearest to a misspelt one; NULL if no word is near.
 *
 *  Local. Near: an optimal string alignment distance of at most a third of the word's length,
 *  and at least 1, where capital letters count as small ones. Borrowed from `words`.
 */
const char *skel_text_nearest(const char *word, size_t count, const char *const words[]);

/** Writes all words of a list: "dense, sparse, reference".
 *
 *  Local. A list that does not fit into `size` bytes is a broken invariant.
 */
void skel_text_list(size_t count, const char *const words[], size_t size, char out[]);

/** Writes words up to a line's end, and begins a new line before a word that would pass column
 *  SKEL_TEXT_PAGE.
 *
 *  Local.
 *  @param indent  spaces before each line but the first
 *  @param column  where the first word stands, from 0
 */
void skel_text_wrap(FILE *stream, const char *text, size_t indent, size_t column);

/** Finds a word on a list.
 *
 *  Local.
 *  @param noun   the kind of the words, for the message: "model"
 *  @param index  out: of the word; untouched if it is not on the list
 *  Errors: SKEL_ERR_CONFIG with the nearest word, or all words if none is near.
 */
SKEL_CHECKED skel_status skel_text_find(const char *noun, const char *word, size_t count,
                                        const char *const words[], size_t *index);

/** A duration as people read it: "0.31 s", "42 s", "3 min 05 s", "2 h 10 min".
 *
 *  Local. Unit of `seconds`: seconds.
 */
void skel_text_duration(double seconds, char out[SKEL_TEXT_DURATION]);

/** A size as people read it: "512 B", "1.4 MiB".
 *
 *  Local.
 */
void skel_text_bytes(double bytes, char out[SKEL_TEXT_BYTES]);

/** Writes a number with as few digits, from 15 on, as read back to the same number.
 *
 *  Local.
 */
void skel_text_real(double value, char out[SKEL_TEXT_REAL]);

#endif
