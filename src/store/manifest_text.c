/* The text of a manifest: a first line with its version, then a line for each entry, fields between
 * tabs. A tab, a line break or a backslash in a name is written as \t, \n, \\. */
#include "manifest_text.h"

#include "skel/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 6, LINE = 4096 };

static const char first_line[] = "skel-manifest\t1\n";
static const char *const kinds[] = {[SKEL_MANIFEST_GROUP] = "group",
                                    [SKEL_MANIFEST_DATASET] = "dataset",
                                    [SKEL_MANIFEST_ATTRIBUTE] = "attribute"};

static void put_escaped(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '\t':
            (void)fputs("\\t", out);
            break;
        case '\n':
            (void)fputs("\\n", out);
            break;
        case '\\':
            (void)fputs("\\\\", out);
            break;
        default:
            (void)fputc(*text, out);
            break;
        }
    }
}

static void put_entry(FILE *out, const skel_manifest_entry *entry)
{
    (void)fprintf(out, "%s\t", kinds[entry->kind]);
    put_escaped(out, entry->object);
    if (entry->kind == SKEL_MANIFEST_ATTRIBUTE) {
        (void)fputc('\t', out);
        put_escaped(out, entry->name);
    }
    if (entry->kind != SKEL_MANIFEST_GROUP) {
        (void)fprintf(out, "\t%s\t%s\t%s", entry->type, entry->shape, entry->checksum);
    }
    (void)fputc('\n', out);
}

skel_status skel_manifest_print(const skel_manifest *manifest, size_t *bytes, char **text)
{
    char *lines = NULL;
    FILE *out = open_memstream(&lines, bytes); /* the C library's own block */
    skel_status status = SKEL_OK;

    *text = NULL;
    if (out != NULL) {
        (void)fputs(first_line, out);
        for (size_t i = 0; i < manifest->count; i++) {
            put_entry(out, &manifest->entry[i]);
        }
    }
    if (out == NULL || fclose(out) != 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate a manifest of %zu entries",
                           manifest->count));
    }
    SKEL_TRY(SKEL_ALLOC_RAW(*bytes, 1, text));
    memcpy(*text, lines, *bytes);
done:
    free(lines); /* the C library's own block */
    return status;
}

/* Undoes put_escaped() in place. */
static void unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        if (*from == '\\' && from[1] != '\0') {
            from++;
            *to++ = (char)(*from == 't' ? '\t' : *from == 'n' ? '\n' : *from);
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

/* Cuts a line at its tabs; returns the number of fields. */
static size_t split(char *line, char *field[FIELDS])
{
    size_t count = 0;

    while (line != NULL && count < FIELDS) {
        char *tab = strchr(line, '\t');

        if (tab != NULL) {
            *tab = '\0';
        }
        field[count++] = line;
        line = tab != NULL ? tab + 1 : NULL;
    }
    return line == NULL ? count : FIELDS + 1;
}

static bool copy(size_t size, char out[], const char *text)
{
    int length = snprintf(out, size, "%s", text);

    return length >= 0 && (size_t)length < size;
}

/* Takes a line apart. False if it is none of a manifest. */
static skel_status parse_line(char *line, skel_manifest *out, bool *ok)
{
    static const size_t expected[] = {2, 5, 6};
    char *field[FIELDS];
    size_t fields = split(line, field);
    skel_manifest_entry *entry = NULL;
    skel_status status = SKEL_OK;

    *ok = false;
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        bool named = kind == SKEL_MANIFEST_ATTRIBUTE;

        if (strcmp(field[0], kinds[kind]) != 0 || fields != expected[kind]) {
            continue;
        }
        unescape(field[1]);
        if (named) {
            unescape(field[2]);
        }
        SKEL_TRY(skel_manifest_append(out, (skel_manifest_kind)kind, field[1], strlen(field[1]),
                                      named ? field[2] : NULL));
        entry = &out->entry[out->count - 1];
        *ok = kind == SKEL_MANIFEST_GROUP ||
              (copy(sizeof entry->type, entry->type, field[fields - 3]) &&
               copy(sizeof entry->shape, entry->shape, field[fields - 2]) &&
               copy(sizeof entry->checksum, entry->checksum, field[fields - 1]));
    }
done:
    return status;
}

skel_status skel_manifest_parse(const char *label, size_t bytes, const char *text,
                                skel_manifest *out)
{
    char line[LINE];
    const char *at = text + sizeof first_line - 1;
    size_t number = 1;
    bool ok =
        bytes >= sizeof first_line - 1 && memcmp(text, first_line, sizeof first_line - 1) == 0;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    while (ok && at < text + bytes) {
        const char *end = memchr(at, '\n', (size_t)(text + bytes - at));

        number++;
        ok = end != NULL && end - at < LINE;
        if (ok) {
            memcpy(line, at, (size_t)(end - at));
            line[end - at] = '\0';
            SKEL_TRY(parse_line(line, out, &ok));
            at = end + 1;
        }
    }
    if (!ok) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: line %zu of the manifest (dataset " SKEL_MANIFEST_PATH
                           ") is damaged, or of a later release of skel",
                           label, number));
    }
    skel_manifest_sort(out);
done:
    if (status != SKEL_OK) {
        skel_manifest_free(out);
    }
    return status;
}
