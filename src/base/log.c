/* Messages for the user, such as "skel: warning: ...", and the live line before them. */
#include "skel/log.h"

#include "skel/control.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MESSAGE = 4096, WARNINGS = 64, PREFIX = 64 };

static struct {
    skel_log_level level;
    bool speaking;
} settings = {SKEL_LOG_WARNING, true};

static bool line_is_live;
static skel_log_time stamp;

static struct {
    void (*hear)(void *context, const char *warning);
    void *context;
} listener;

/* The run that messages are about, and the hashes of its warnings. */
static struct {
    const char *name;
    size_t warnings;
    uint64_t warning[WARNINGS];
} subject;

void skel_log_configure(skel_log_level level, bool speaking)
{
    settings.level = level;
    settings.speaking = speaking;
}

void skel_log_speak(bool speaking)
{
    settings.speaking = speaking;
}

bool skel_log_enabled(skel_log_level level)
{
    return settings.speaking && level <= settings.level;
}

void skel_log_note_line(void)
{
    line_is_live = true;
}

void skel_log_clear_line(void)
{
    if (line_is_live) {
        (void)fputs("\r\033[K", stderr);
        line_is_live = false;
    }
}

void skel_log_listen(void (*hear)(void *context, const char *warning), void *context)
{
    listener.hear = hear;
    listener.context = context;
}

void skel_log_stamp(skel_log_time form)
{
    stamp = form;
}

void skel_log_subject(const char *name)
{
    subject.name = name;
    subject.warnings = 0;
}

/* Whether the run has had this warning before. FNV-1a; equal hashes of two warnings of one run lose
 * one of them, which does not happen. */
static bool is_known(const char *warning)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (const char *at = warning; *at != '\0'; at++) {
        hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    }
    for (size_t i = 0; i < subject.warnings; i++) {
        if (subject.warning[i] == hash) {
            return true;
        }
    }
    if (subject.name != NULL && subject.warnings < WARNINGS) {
        subject.warning[subject.warnings++] = hash;
    }
    return false;
}

static void print_stamp(size_t size, char out[])
{
    time_t now = time(NULL);
    struct tm local;

    out[0] = '\0';
    if (stamp == SKEL_LOG_NO_TIME || localtime_r(&now, &local) == NULL) {
        return;
    }
    if (stamp == SKEL_LOG_CLOCK) {
        (void)strftime(out, size, "%H:%M:%S ", &local);
    } else {
        (void)strftime(out, size, "%Y-%m-%d %H:%M:%S ", &local);
    }
}

/* Bytes of "skel run" before the colon of a message that names its command; 0: it names none. */
static size_t command_length(const char *text)
{
    const size_t program = strlen("skel ");
    size_t length = program;

    if (strncmp(text, "skel ", program) != 0) {
        return 0;
    }
    length += strspn(text + program, "abcdefghijklmnopqrstuvwxyz");
    return length > program && strncmp(text + length, ": ", 2) == 0 ? length : 0;
}

/* Writes "skel: error: " or, where the message names its command, "skel run: error: ". Returns what
 * is left of the message. */
static const char *split(skel_log_level level, const char *text, char prefix[PREFIX])
{
    const char *kind = level == SKEL_LOG_ERROR ? "error" : "warning";
    size_t length = command_length(text);

    prefix[0] = '\0';
    if (level > SKEL_LOG_WARNING) {
        return text;
    }
    if (length == 0) {
        (void)snprintf(prefix, PREFIX, "skel: %s: ", kind);
        return text;
    }
    (void)snprintf(prefix, PREFIX, "%.*s: %s: ", (int)length, text, kind);
    return text + length + 2;
}

/* A message is one write, so that lines of several ranks do not mix. */
void skel_log(skel_log_level level, const char *format, ...)
{
    char text[MESSAGE];
    char prefix[PREFIX];
    const char *rest = NULL;
    char whole[MESSAGE + 256];
    char when[32];
    bool named = subject.name != NULL && subject.name[0] != '\0' &&
                 (level == SKEL_LOG_WARNING || level == SKEL_LOG_DEBUG);
    va_list arguments;

    if (!skel_log_enabled(level) && level != SKEL_LOG_WARNING) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (level <= SKEL_LOG_WARNING) {
        skel_control_mask(text);
    }
    if (level == SKEL_LOG_WARNING) {
        if (is_known(text)) {
            return;
        }
        if (listener.hear != NULL) {
            listener.hear(listener.context, text);
        }
    }
    if (!skel_log_enabled(level)) {
        return;
    }
    print_stamp(sizeof when, when);
    rest = split(level, text, prefix);
    (void)snprintf(whole, sizeof whole, "%s%s%s%s%s\n", when, prefix, named ? subject.name : "",
                   named ? ": " : "", rest);
    skel_log_clear_line();
    (void)fputs(whole, stderr);
}
