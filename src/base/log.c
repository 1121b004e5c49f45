/* Messages for the user, such as "skel: warning: ...", and the live line before them. */
#include "skel/log.h"

#include <stdarg.h>
#include <stdio.h>

enum { WARNING = 2048 }; /* bytes of a warning that are heard */

static struct {
    skel_log_level level;
    bool speaking;
} settings = {SKEL_LOG_WARNING, true};

static bool line_is_live;

static struct {
    void (*hear)(void *context, const char *warning);
    void *context;
} listener;

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

void skel_log(skel_log_level level, const char *format, ...)
{
    static const char *const prefixes[] = {"skel: error: ", "skel: warning: ", "", ""};
    va_list arguments;

    if (level == SKEL_LOG_WARNING && listener.hear != NULL) {
        char warning[WARNING];

        va_start(arguments, format);
        (void)vsnprintf(warning, sizeof warning, format, arguments);
        va_end(arguments);
        listener.hear(listener.context, warning);
    }
    if (!skel_log_enabled(level)) {
        return;
    }
    skel_log_clear_line();
    va_start(arguments, format);
    (void)fputs(prefixes[level], stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
}
