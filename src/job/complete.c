/* Completion of key=value on a command line, from the table of keys. */
#include "key.h"

#include <stdio.h>
#include <string.h>

static const char sweep[] = "sweep.";

enum { SWEEP = sizeof sweep - 1 };

/* Writes BEFORE VALUE if it begins with the word that is typed. */
static void offer(FILE *stream, const char *word, size_t before, const char *value)
{
    const char *typed = word + before;

    if (strncmp(value, typed, strlen(typed)) == 0) {
        (void)fprintf(stream, "%.*s%s\n", (int)before, word, value);
    }
}

static void offer_all(FILE *stream, const char *word, size_t before, size_t count,
                      const char *const value[])
{
    for (size_t i = 0; i < count; i++) {
        offer(stream, word, before, value[i]);
    }
}

static void complete_key(FILE *stream, const char *word)
{
    bool swept = strncmp(word, sweep, SWEEP) == 0;

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];
        const char *typed = word + (swept ? SWEEP : 0);

        if ((!swept || key->type != SKEL_KEY_NAME) &&
            strncmp(key->path, typed, strlen(typed)) == 0) {
            (void)fprintf(stream, "%s%s=\t%s\n", swept ? sweep : "", key->path, key->help);
        }
    }
    if (!swept && strncmp(sweep, word, strlen(word)) == 0) {
        (void)fprintf(stream, "%s\tlists of values: every combination is one run\n", sweep);
    }
}

/* The key that is left of the '='; NULL if there is none. */
static const skel_key *key_before(const char *word, const char *equal)
{
    size_t skipped = strncmp(word, sweep, SWEEP) == 0 ? SWEEP : 0;
    char path[SKEL_JOB_TEXT];
    size_t length = (size_t)(equal - word);

    if (length < skipped || length - skipped >= sizeof path) {
        return NULL;
    }
    (void)snprintf(path, sizeof path, "%.*s", (int)(length - skipped), word + skipped);
    return skel_key_find_path(path);
}

static void complete_value(FILE *stream, const skel_key *key, const char *word, size_t before,
                           size_t lists, const skel_job_list list[])
{
    static const char *const truths[] = {"true", "false"};
    size_t count = 0;

    if (key->type == SKEL_KEY_ENUM) {
        const char *const *choices = skel_key_choices(key, &count);

        offer_all(stream, word, before, count, choices);
    } else if (key->type == SKEL_KEY_BOOL) {
        offer_all(stream, word, before, 2, truths);
    } else if (key->type == SKEL_KEY_PATH) {
        (void)fputs(strcmp(key->path, "data.dir") == 0 ? ":folders\n" : ":files\n", stream);
    }
    for (size_t i = 0; i < lists; i++) {
        if (strcmp(list[i].key, key->path) == 0) {
            const char *const *names = list[i].names(&count);

            offer_all(stream, word, before, count, names);
        }
    }
}

void skel_job_complete(FILE *stream, const char *word, size_t lists, const skel_job_list list[])
{
    const char *equal = strchr(word, '=');
    const skel_key *key = equal != NULL ? key_before(word, equal) : NULL;
    size_t before = strlen(word);

    if (equal == NULL) {
        complete_key(stream, word);
        return;
    }
    while (word[before - 1] != '=' && word[before - 1] != '[' && word[before - 1] != ',') {
        before--;
    }
    if (strncmp(word, sweep, SWEEP) == 0 && word[before - 1] == '=') {
        offer(stream, word, before, "none");
        offer(stream, word, before, "[");
    } else if (key != NULL) {
        complete_value(stream, key, word, before, lists, list);
    }
}
