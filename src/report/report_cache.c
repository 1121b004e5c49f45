/* Summaries of run files that have not changed, kept in a file: a head, then a line for each run,
 * in any order, with its values between tabs. */
#include "report_cache.h"

#include "skel/input.h"
#include "skel/memory.h"
#include "skel/version.h"

#include "report_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STAMP = 128, HEAD = 256, LINE_END = 0x1f };

typedef struct cached_run {
    char *path;
    char *rest; /* the line behind the path */
} cached_run;

struct skel_report_cache {
    skel_networks *networks; /* of the files that are read */
    const char *path;
    char *text; /* of the file, cut into lines */
    size_t count;
    cached_run *run; /* [count] sorted by path */
    size_t missed;
};

/* The head names the program: another release may read more from a file. */
static void write_head(char out[HEAD])
{
    (void)snprintf(out, HEAD, "skel-report-cache 6 %s %s", skel_version(), skel_revision());
}

/* What changes when a file changes. */
static bool stamp_file(const char *path, char out[STAMP])
{
    struct stat about;

    if (stat(path, &about) != 0) {
        return false;
    }
    (void)snprintf(out, STAMP, "%lld %lld.%09ld %lld.%09ld %llu", (long long)about.st_size,
                   (long long)about.st_mtim.tv_sec, about.st_mtim.tv_nsec,
                   (long long)about.st_ctim.tv_sec, about.st_ctim.tv_nsec,
                   (unsigned long long)about.st_ino);
    return true;
}

static int by_path(const void *left, const void *right)
{
    const cached_run *a = left;
    const cached_run *b = right;

    return strcmp(a->path, b->path);
}

static skel_status cut_lines(skel_report_cache *cache)
{
    char head[HEAD];
    char *end = strchr(cache->text, '\n');
    size_t lines = 0;
    skel_status status = SKEL_OK;

    write_head(head);
    if (end == NULL || (size_t)(end - cache->text) != strlen(head) ||
        strncmp(cache->text, head, strlen(head)) != 0) {
        return SKEL_OK;
    }
    for (const char *at = end + 1; *at != '\0'; at++) {
        lines += *at == '\n';
    }
    SKEL_TRY(SKEL_ALLOC(lines, sizeof *cache->run, &cache->run));
    for (char *at = end + 1; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        char *tab = strchr(at, '\t');

        *end = '\0';
        if (tab != NULL) {
            *tab = '\0';
            cache->run[cache->count++] = (cached_run){at, tab + 1};
        }
    }
    qsort(cache->run, cache->count, sizeof *cache->run, by_path);
done:
    return status;
}

skel_status skel_report_cache_open(const char *path, skel_report_cache **out)
{
    skel_report_cache *cache = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *cache, &cache));
    cache->path = path;
    SKEL_TRY(skel_networks_create(&cache->networks));
    if (path != NULL) {
        status = skel_input_text(path, &cache->text);
        SKEL_TRY(status == SKEL_ERR_MEMORY ? status : SKEL_OK);
        skel_error_clear(); /* there is no cache yet, or none that can be read */
    }
    if (cache->text != NULL) {
        SKEL_TRY(cut_lines(cache));
    }
    *out = cache;
    cache = NULL;
done:
    skel_report_cache_close(&cache);
    return status;
}

void skel_report_cache_close(skel_report_cache **cache)
{
    if (*cache != NULL) {
        skel_networks_destroy(&(*cache)->networks);
        SKEL_FREE(&(*cache)->run);
        SKEL_FREE(&(*cache)->text);
        SKEL_FREE(cache);
    }
}

/* The next value of a line; "" behind the last. */
static char *next_value(char **at)
{
    char *value = *at;
    char *tab = strchr(value, '\t');

    *at = tab != NULL ? tab + 1 : value + strlen(value);
    if (tab != NULL) {
        *tab = '\0';
    }
    return value;
}

static void copy_value(char **at, size_t size, char out[])
{
    (void)snprintf(out, size, "%s", next_value(at));
}

/* Takes warnings, each of which has a LINE_END behind it. */
static skel_status take_warnings(char *at, skel_texts *out)
{
    skel_status status = SKEL_OK;

    for (char *end = strchr(at, LINE_END); end != NULL && status == SKEL_OK;
         at = end + 1, end = strchr(at, LINE_END)) {
        status = skel_texts_add(out, "%.*s", (int)(end - at), at);
    }
    return status;
}

/* Takes a line's values, which it cuts apart. */
static skel_status take(char *at, const char *path, skel_report_run *out)
{
    char *text = NULL;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    SKEL_TRY(skel_strdup(path, &out->path));
    SKEL_TRY(skel_strdup("", &out->message));
    out->name = strrchr(out->path, '/') != NULL ? strrchr(out->path, '/') + 1 : out->path;
    copy_value(&at, sizeof out->identity, out->identity);
    copy_value(&at, sizeof out->data, out->data);
    copy_value(&at, sizeof out->model, out->model);
    copy_value(&at, sizeof out->method, out->method);
    copy_value(&at, sizeof out->revision, out->revision);
    copy_value(&at, sizeof out->machine, out->machine);
    copy_value(&at, sizeof out->engine, out->engine);
    out->seed = strtoull(next_value(&at), NULL, 10);
    out->has_seed = true;
    out->tested = strcmp(next_value(&at), "1") == 0;
    for (size_t i = 0; i < SKEL_REPORT_NUMBERS; i++) {
        out->number[i] = strtod(next_value(&at), NULL);
    }
    SKEL_TRY(take_warnings(next_value(&at), &out->warnings));
    SKEL_TRY(skel_strdup(next_value(&at), &text));
    for (char *end = strchr(text, LINE_END); end != NULL; end = strchr(end, LINE_END)) {
        *end = '\n';
    }
    SKEL_TRY(skel_report_settings_take(text, out));
done:
    return status;
}

skel_status skel_report_cache_read(skel_report_cache *cache, const char *path, skel_report_run *out)
{
    cached_run wanted = {.rest = NULL};
    cached_run *found = NULL;
    char stamp[STAMP];
    skel_status status = skel_strdup(path, &wanted.path);

    if (status == SKEL_OK && cache->count > 0) {
        found = bsearch(&wanted, cache->run, cache->count, sizeof wanted, by_path);
    }
    SKEL_FREE(&wanted.path);
    if (found != NULL && found->rest != NULL && stamp_file(path, stamp)) {
        char *rest = found->rest;

        found->rest = NULL; /* it is cut apart */
        if (strcmp(next_value(&rest), stamp) == 0) {
            return take(rest, path, out);
        }
    }
    cache->missed++;
    return status == SKEL_OK ? skel_report_run_read(cache->networks, path, out) : status;
}

/* Control characters, which would end a value or a line, become spaces. */
static void write_warning(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        (void)fputc((unsigned char)*text < 0x20U ? ' ' : *text, file);
    }
    (void)fputc(LINE_END, file);
}

static skel_status write_run(FILE *file, const skel_report_run *run)
{
    char stamp[STAMP];
    char *settings = NULL;
    skel_status status = skel_report_settings_print(run, &settings);

    if (status != SKEL_OK) {
        return status;
    }
    for (char *end = strchr(settings, '\n'); end != NULL; end = strchr(end, '\n')) {
        *end = LINE_END;
    }
    if (strpbrk(run->path, "\t\n") == NULL && strchr(settings, '\t') == NULL &&
        stamp_file(run->path, stamp)) {
        (void)fprintf(file, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%llu\t%d", run->path, stamp,
                      run->identity, run->data, run->model, run->method, run->revision,
                      run->machine, run->engine, (unsigned long long)run->seed, run->tested);
        for (size_t i = 0; i < SKEL_REPORT_NUMBERS; i++) {
            (void)fprintf(file, "\t%.17g", run->number[i]);
        }
        (void)fputc('\t', file);
        for (size_t i = 0; i < run->warnings.count; i++) {
            write_warning(file, run->warnings.text[i]);
        }
        (void)fprintf(file, "\t%s\n", settings);
    }
    SKEL_FREE(&settings);
    return SKEL_OK;
}

skel_status skel_report_cache_save(skel_report_cache *cache, const skel_report *report)
{
    skel_texts part = {0};
    char head[HEAD];
    FILE *file = NULL;
    bool failed = false;
    skel_status status = SKEL_OK;

    if (cache->path == NULL || cache->missed == 0) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_texts_add(&part, "%s.part%ld", cache->path, (long)getpid()));
    file = fopen(part.text[0], "we");
    if (file == NULL) {
        goto done;
    }
    write_head(head);
    (void)fprintf(file, "%s\n", head);
    for (size_t i = 0; i < report->runs && status == SKEL_OK; i++) {
        if (report->run[i].state == SKEL_REPORT_DONE) {
            status = write_run(file, &report->run[i]);
        }
    }
    failed = ferror(file) != 0;
    failed = fclose(file) != 0 || failed;
    if (failed || status != SKEL_OK || rename(part.text[0], cache->path) != 0) {
        (void)unlink(part.text[0]);
    }
done:
    skel_texts_clear(&part);
    return status;
}
