/* Lists of texts that grow. */
#include "skel/texts.h"

#include "skel/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes `text`. The list grows at powers of two. */
static skel_status append(skel_texts *texts, char *text)
{
    skel_status status = SKEL_OK;

    if ((texts->count & (texts->count - 1)) == 0) {
        status = SKEL_GROW(texts->count == 0 ? 1 : 2 * texts->count, sizeof(char *), &texts->text);
    }
    if (status != SKEL_OK) {
        SKEL_FREE(&text);
        return status;
    }
    texts->text[texts->count++] = text;
    return SKEL_OK;
}

skel_status skel_texts_add(skel_texts *texts, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int length = 0;
    skel_status status = SKEL_OK;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    SKEL_ASSERT(length >= 0);
    status = SKEL_ALLOC((size_t)length + 1, 1, &text);
    if (status != SKEL_OK) {
        return status;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return append(texts, text);
}

skel_status skel_texts_split(skel_texts *texts, const char *text, char separator)
{
    skel_status status = SKEL_OK;

    for (const char *at = text; status == SKEL_OK && at != NULL;) {
        const char *end = strchr(at, separator);
        size_t length = 0;

        at += strspn(at, " ");
        length = end != NULL && end > at ? (size_t)(end - at) : end != NULL ? 0 : strlen(at);
        while (length > 0 && at[length - 1] == ' ') {
            length--;
        }
        status = skel_texts_add(texts, "%.*s", (int)length, at);
        at = end != NULL ? end + 1 : NULL;
    }
    return status;
}

bool skel_texts_has(const skel_texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->text[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static int in_order(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

void skel_texts_sort(skel_texts *texts)
{
    size_t kept = 0;

    if (texts->count > 0) {
        qsort(texts->text, texts->count, sizeof *texts->text, in_order);
    }
    for (size_t i = 0; i < texts->count; i++) {
        if (kept > 0 && strcmp(texts->text[kept - 1], texts->text[i]) == 0) {
            SKEL_FREE(&texts->text[i]);
        } else {
            texts->text[kept++] = texts->text[i];
        }
    }
    texts->count = kept;
}

void skel_texts_join(const skel_texts *texts, const char *separator, size_t size, char out[])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < texts->count; i++) {
        int more =
            snprintf(out + used, size - used, "%s%s", i > 0 ? separator : "", texts->text[i]);

        if (more < 0 || used + (size_t)more >= size) {
            memcpy(out + size - sizeof "...", "...", sizeof "...");
            return;
        }
        used += (size_t)more;
    }
}

void skel_texts_clear(skel_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        SKEL_FREE(&texts->text[i]);
    }
    SKEL_FREE(&texts->text);
    texts->count = 0;
}
