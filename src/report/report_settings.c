/* The settings of a run, as a sorted list of keys and values. In a text, a key behind "~" has a
 * value that follows from others. */
#include "report_settings.h"

#include "skel/memory.h"
#include "skel/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOLLOWS = '~', KEY = 128 };

static int by_key(const void *left, const void *right)
{
    const skel_report_setting *a = left;
    const skel_report_setting *b = right;

    return strcmp(a->key, b->key);
}

/* Joins lines to one block. Sets `*out`, owned. */
static skel_status join(const skel_texts *lines, char **out)
{
    size_t size = 1;
    char *at = NULL;

    for (size_t i = 0; i < lines->count; i++) {
        size += strlen(lines->text[i]) + 1;
    }
    skel_status status = SKEL_ALLOC(size, 1, out);
    at = *out;
    for (size_t i = 0; status == SKEL_OK && i < lines->count; i++) {
        size_t length = strlen(lines->text[i]);

        memcpy(at, lines->text[i], length);
        at[length] = '\n';
        at += length + 1;
    }
    return status;
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;

    for (const char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
        lines++;
    }
    return lines;
}

/* A line "KEY: VALUE", or "~KEY: VALUE" for a value that follows from others. */
static skel_report_setting read_line(char *line, char *colon)
{
    bool follows = *line == FOLLOWS;

    *colon = '\0';
    return (skel_report_setting){line + follows, colon + 2, follows};
}

skel_status skel_report_settings_take(char *text, skel_report_run *run)
{
    size_t lines = count_lines(text);
    skel_status status = SKEL_OK;

    run->text = text;
    status = SKEL_ALLOC(lines, sizeof *run->setting, &run->setting);
    if (status != SKEL_OK) {
        return status;
    }
    for (char *at = text, *end = strchr(at, '\n'); end != NULL;
         at = end + 1, end = strchr(at, '\n')) {
        char *colon = strstr(at, ": ");

        *end = '\0';
        if (colon == NULL || colon > end) {
            continue;
        }
        run->setting[run->settings] = read_line(at, colon);
        run->settings += strcmp(run->setting[run->settings].key, "seed") != 0;
    }
    qsort(run->setting, run->settings, sizeof *run->setting, by_key);
    return SKEL_OK;
}

/* Marks the lines of a job whose values follow from the method and other settings. */
static skel_status mark_lines(const skel_job *job, char *settings, skel_texts *lines)
{
    char key[KEY];
    skel_status status = SKEL_OK;

    for (char *at = settings, *end = NULL; status == SKEL_OK && *at != '\0'; at = end + 1) {
        end = strchr(at, '\n');
        if (end == NULL) {
            break;
        }
        *end = '\0';
        (void)snprintf(key, sizeof key, "%.*s", (int)strcspn(at, ":"), at);
        status = skel_texts_add(lines, "%s%s", skel_job_follows_method(job, key) ? "~" : "", at);
    }
    return status;
}

skel_status skel_report_settings_of_job(const skel_job *job, const skel_contents *sums,
                                        skel_report_run *run)
{
    skel_texts lines = {0};
    char *settings = NULL;
    char *weights = NULL;
    char *all = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_job_print_settings(job, &settings));
    SKEL_TRY(skel_job_print_value(job, SKEL_REPORT_WEIGHTS_PATH_KEY, &weights));
    SKEL_TRY(mark_lines(job, settings, &lines));
    if (sums->network[0] != '\0') {
        SKEL_TRY(skel_texts_add(&lines, SKEL_REPORT_NETWORK_KEY ": %.8s", sums->network));
    }
    if (job->model.file[0] != '\0') {
        SKEL_TRY(skel_texts_add(&lines, SKEL_REPORT_PATH_KEY ": %s", job->model.file));
    }
    SKEL_TRY(skel_texts_add(&lines, SKEL_REPORT_WEIGHTS_PATH_KEY ": %s", weights));
    if (sums->weights[0] != '\0') {
        SKEL_TRY(skel_texts_add(&lines, SKEL_REPORT_WEIGHTS_KEY ": %.8s", sums->weights));
    }
    SKEL_TRY(skel_texts_add(&lines, SKEL_REPORT_DATA_KEY ": %.8s", sums->data));
    SKEL_TRY(join(&lines, &all));
    SKEL_TRY(skel_report_settings_take(all, run));
done:
    skel_texts_clear(&lines);
    SKEL_FREE(&settings);
    SKEL_FREE(&weights);
    return status;
}

/* "KEY=VALUE, KEY=VALUE": a comma that no KEY= follows is part of a value. */
static skel_status add_pairs(char *pairs, skel_texts *lines)
{
    skel_status status = SKEL_OK;

    for (char *at = pairs; status == SKEL_OK && *at != '\0';) {
        char *equals = strchr(at, '=');
        char *next = equals != NULL ? strchr(equals + 1, '=') : NULL;
        char *end = at + strlen(at);

        if (equals == NULL) {
            break;
        }
        while (next != NULL && next > equals && strncmp(next, ", ", 2) != 0) {
            next--;
        }
        if (next != NULL && next > equals) {
            end = next;
        }
        status = skel_texts_add(lines, "%.*s: %.*s", (int)(equals - at), at,
                                (int)(end - equals - 1), equals + 1);
        at = *end == '\0' ? end : end + 2;
    }
    return status;
}

skel_status skel_report_settings_of_journal(const skel_json *start, skel_report_run *run)
{
    char pairs[2048];
    char *all = NULL;
    skel_texts lines = {0};
    skel_status status = SKEL_OK;

    skel_json_pairs(start, "swept", sizeof pairs, pairs);
    SKEL_TRY(add_pairs(pairs, &lines));
    if (strstr(pairs, "prune.method=") == NULL) {
        SKEL_TRY(skel_texts_add(&lines, "prune.method: %s", run->method));
    }
    if (strstr(pairs, "prune.sparsity=") == NULL) {
        SKEL_TRY(
            skel_texts_add(&lines, "prune.sparsity: %.10g", run->number[SKEL_REPORT_SPARSITY]));
    }
    SKEL_TRY(join(&lines, &all));
    SKEL_TRY(skel_report_settings_take(all, run));
done:
    skel_texts_clear(&lines);
    return status;
}

skel_status skel_report_settings_print(const skel_report_run *run, char **out)
{
    skel_texts lines = {0};
    skel_status status = SKEL_OK;

    *out = NULL;
    for (size_t i = 0; i < run->settings; i++) {
        SKEL_TRY(skel_texts_add(&lines, "%s%s: %s", run->setting[i].follows ? "~" : "",
                                run->setting[i].key, run->setting[i].value));
    }
    SKEL_TRY(join(&lines, out));
done:
    skel_texts_clear(&lines);
    return status;
}

const skel_report_setting *skel_report_settings_find(const skel_report_run *run, const char *key)
{
    const skel_report_setting wanted = {.key = key};

    return run->settings == 0
               ? NULL
               : bsearch(&wanted, run->setting, run->settings, sizeof *run->setting, by_key);
}

const char *skel_report_run_setting(const skel_report_run *run, const char *key)
{
    const skel_report_setting *found = skel_report_settings_find(run, key);

    return found != NULL ? found->value : NULL;
}
