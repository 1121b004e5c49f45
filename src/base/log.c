/* Messages for the user: "skel: warning: ...". */
#include "skel/log.h"

#include "skel/progress.h"

#include <stdarg.h>
#include <stdio.h>

static struct {
    skel_log_level level;
    bool speaking;
} settings = {SKEL_LOG_WARNING, true};

void skel_log_configure(skel_log_level level, bool speaking)
{
    settings.level = level;
    settings.speaking = speaking;
}

bool skel_log_enabled(skel_log_level level)
{
    return settings.speaking && level <= settings.level;
}

void skel_log(skel_log_level level, const char *format, ...)
{
    static const char *const prefixes[] = {"skel: error: ", "skel: warning: ", "", ""};
    va_list arguments;

    if (!skel_log_enabled(level)) {
        return;
    }
    skel_progress_clear();
    va_start(arguments, format);
    (void)fputs(prefixes[level], stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
}
