/* Finding keys, and words about them. */
#include "key.h"

#include "skel/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool skel_key_is_in(const skel_key *key, const char *section, const char **name)
{
    const char *dot = strchr(key->path, '.');
    size_t length = dot != NULL ? (size_t)(dot - key->path) : 0;

    if (name != NULL) {
        *name = dot != NULL ? dot + 1 : key->path;
    }
    return strlen(section) == length && strncmp(key->path, section, length) == 0;
}

const skel_key *skel_key_find(const char *section, const char *name)
{
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const char *own = NULL;

        if (skel_key_is_in(&skel_keys[i], section, &own) && strcmp(own, name) == 0) {
            return &skel_keys[i];
        }
    }
    return NULL;
}

const skel_key *skel_key_find_path(const char *path)
{
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        if (strcmp(skel_keys[i].path, path) == 0) {
            return &skel_keys[i];
        }
    }
    return NULL;
}

const char *const *skel_key_choices(const skel_key *key, size_t *count)
{
    if (key->choices == NULL) {
        return key->names(count);
    }
    for (*count = 0; key->choices[*count] != NULL;) {
        (*count)++;
    }
    return key->choices;
}

/* Appends to a text of SKEL_KEY_TEXT bytes; what does not fit is cut. */
static void append(char *out, const char *before, const char *word)
{
    size_t used = strlen(out);

    (void)snprintf(out + used, SKEL_KEY_TEXT - used, "%s%s", before, word);
}

static void describe_range(const skel_key *key, const char *noun, char *out)
{
    if (key->above_low) {
        (void)snprintf(out, SKEL_KEY_TEXT, "%s above %.16g and %s %.16g", noun, key->low,
                       key->below_high ? "below" : "at most", key->high);
    } else {
        (void)snprintf(out, SKEL_KEY_TEXT, "%s from %.16g to %s%.16g", noun, key->low,
                       key->below_high ? "below " : "", key->high);
    }
}

static void describe_choices(const skel_key *key, char *out)
{
    size_t count = 0;
    const char *const *choices = skel_key_choices(key, &count);

    for (size_t i = 0; i < count; i++) {
        append(out, i == 0 ? "one of " : ", ", choices[i]);
    }
}

void skel_key_describe(const skel_key *key, char out[SKEL_KEY_TEXT])
{
    char range[SKEL_KEY_TEXT];

    out[0] = '\0';
    switch (key->type) {
    case SKEL_KEY_NAME:
        append(out, "a name of at most 63 letters, digits and . _ + = , @ -, ",
               "beginning with a letter or digit");
        break;
    case SKEL_KEY_WORD:
        append(out, key->noun, "");
        break;
    case SKEL_KEY_PATH:
        append(out, "a path", "");
        break;
    case SKEL_KEY_ENUM:
        describe_choices(key, out);
        break;
    case SKEL_KEY_INTEGER:
        describe_range(key, "an integer", out);
        break;
    case SKEL_KEY_REAL:
        describe_range(key, "a number", out);
        break;
    case SKEL_KEY_BOOL:
        append(out, "true or false", "");
        break;
    case SKEL_KEY_MOMENT:
        describe_range(key, "an integer", out);
        append(out, ", or a number of steps such as \"500 steps\"", "");
        break;
    case SKEL_KEY_LIST:
        describe_range(key, "integers", range);
        (void)snprintf(out, SKEL_KEY_TEXT, "a list of at most %d %.64s", SKEL_JOB_LIST, range);
        break;
    case SKEL_KEY_NAMES:
        (void)snprintf(out, SKEL_KEY_TEXT, "a list of at most %d names", SKEL_JOB_LIST);
        break;
    }
    append(out, key->nullable ? ", or ~" : "", "");
}

/* The words that may stand in a section; dotted paths for a section of NULL. */
static size_t list_words(const char *section,
                         const char *words[SKEL_KEY_COUNT + SKEL_KEY_SECTIONS + 1])
{
    size_t count = 0;

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const char *name = NULL;

        if (section == NULL) {
            words[count++] = skel_keys[i].path;
        } else if (skel_key_is_in(&skel_keys[i], section, &name)) {
            words[count++] = name;
        }
    }
    if (section != NULL && section[0] == '\0') {
        for (size_t i = 1; i < SKEL_KEY_SECTIONS; i++) {
            words[count++] = skel_sections[i].name;
        }
        words[count++] = "sweep";
    }
    return count;
}

/* The last word of a key's path. */
static const char *last_word(const skel_key *key)
{
    const char *dot = strchr(key->path, '.');

    return dot != NULL ? dot + 1 : key->path;
}

/* Suggests every key whose last word it nearly is: its section was left out, or is another one. */
static bool suggest_sections(const char *word, char out[SKEL_KEY_TEXT])
{
    const char *words[SKEL_KEY_COUNT];
    const char *nearest = NULL;
    size_t found = 0;

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        words[i] = last_word(&skel_keys[i]);
    }
    nearest = skel_text_nearest(word, SKEL_KEY_COUNT, words);
    for (size_t i = 0; nearest != NULL && i < SKEL_KEY_COUNT; i++) {
        if (strcmp(words[i], nearest) == 0) {
            append(out, found++ == 0 ? "; did you mean " : " or ", skel_keys[i].path);
        }
    }
    append(out, found > 0 ? "?" : "", "");
    return found > 0;
}

void skel_key_suggest(const char *section, const char *word, char out[SKEL_KEY_TEXT])
{
    const char *words[SKEL_KEY_COUNT + SKEL_KEY_SECTIONS + 1];
    size_t count = list_words(section, words);
    const char *nearest = skel_text_nearest(word, count, words);

    out[0] = '\0';
    if (nearest != NULL) {
        append(out, "; did you mean ", nearest);
        append(out, "?", "");
    } else if (section != NULL && skel_key_find_path(word) != NULL) {
        append(out, "; dotted paths belong under sweep: here, write the section and below it ",
               last_word(skel_key_find_path(word)));
    } else if (suggest_sections(word, out)) {
        return;
    } else if (section == NULL) {
        append(out, "; see `skel run --help-job` for all keys", "");
    } else {
        for (size_t i = 0; i < count; i++) {
            append(out, i == 0 ? "; expected one of " : ", ", words[i]);
        }
    }
}

bool skel_key_name_is_safe(const char *name)
{
    size_t length = strlen(name);

    if (length == 0 || length >= SKEL_JOB_TEXT || !isascii(name[0]) ||
        !isalnum((unsigned char)name[0])) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!isascii(name[i]) ||
            (!isalnum((unsigned char)name[i]) && strchr("._+=,@-", name[i]) == NULL)) {
            return false;
        }
    }
    return true;
}
