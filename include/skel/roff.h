/** Text in roff, the language of manual pages, with the macros of man(7). */
#ifndef SKEL_ROFF_H
#define SKEL_ROFF_H

#include <stdio.h>

/** Writes words of one line so that a manual page shows them as they are.
 *
 *  Local. Writes no newline.
 */
void skel_roff_words(FILE *stream, const char *text);

/** Writes paragraphs, which blank lines separate; lines that begin with a space are examples, and
 *  keep their form.
 *
 *  Local. Ends with a newline.
 */
void skel_roff_text(FILE *stream, const char *text);

/** Begins an entry of a list: a term in bold, behind which its explanation follows as text.
 *
 *  Local.
 */
void skel_roff_entry(FILE *stream, const char *term);

#endif
