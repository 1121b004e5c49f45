/* Writes texts as input of man(7). */
#include "skel/roff.h"

#include <stdbool.h>
#include <string.h>

/* What shows a character that roff would take for a command or print as another one; else NULL. */
static const char *escape(char letter)
{
    switch (letter) {
    case '\\':
        return "\\e";
    case '-':
        return "\\-";
    case '\'':
        return "\\(aq";
    case '`':
        return "\\(ga";
    case '"':
        return "\\(dq";
    case '~':
        return "\\(ti";
    case '^':
        return "\\(ha";
    default:
        return NULL;
    }
}

static void write_span(FILE *stream, const char *text, size_t length)
{
    if (length > 0 && text[0] == '.') {
        (void)fputs("\\&", stream); /* a line that begins with a dot is a command */
    }
    for (size_t i = 0; i < length; i++) {
        const char *shown = escape(text[i]);

        if (shown != NULL) {
            (void)fputs(shown, stream);
        } else {
            (void)fputc(text[i], stream);
        }
    }
}

void skel_roff_words(FILE *stream, const char *text)
{
    write_span(stream, text, strlen(text));
}

void skel_roff_text(FILE *stream, const char *text)
{
    bool example = false;
    bool blank = false; /* a blank line came before this one */
    bool first = true;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        bool was = example;

        if (length > 0) {
            example = text[0] == ' ';
            if (was && !example) {
                (void)fputs(".EE\n", stream);
            }
            if (!first && (blank || was != example)) {
                (void)fputs(was && example ? "\n" : ".PP\n", stream);
            }
            if (!was && example) {
                (void)fputs(".EX\n", stream);
            }
            write_span(stream, text, length);
            (void)fputc('\n', stream);
            first = false;
        }
        blank = length == 0;
        text += length + (text[length] == '\n' ? 1 : 0);
    }
    if (example) {
        (void)fputs(".EE\n", stream);
    }
}

void skel_roff_entry(FILE *stream, const char *term)
{
    (void)fputs(".TP\n\\fB", stream);
    skel_roff_words(stream, term);
    (void)fputs("\\fR\n", stream);
}
