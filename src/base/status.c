/* The last error of each thread: one status, one message. */
#include "skel/status.h"

#include "skel/control.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_SIZE = 2048 };

static _Thread_local struct {
    skel_status status;
    char message[MESSAGE_SIZE];
} last_error;

static void (*assert_hook)(void);

skel_status skel_error_set(skel_status status, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list arguments;

    SKEL_ASSERT(status != SKEL_OK);
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    skel_control_mask(message);
    last_error.status = status;
    memcpy(last_error.message, message, sizeof message);
    return status;
}

skel_status skel_error_prefix(const char *format, ...)
{
    char prefix[MESSAGE_SIZE];
    char whole[2 * MESSAGE_SIZE + 2];
    va_list arguments;

    if (last_error.status == SKEL_ERR_STOPPED) {
        return last_error.status;
    }
    va_start(arguments, format);
    (void)vsnprintf(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    skel_control_mask(prefix);
    (void)snprintf(whole, sizeof whole, "%s: %s", prefix, last_error.message);
    memcpy(last_error.message, whole, MESSAGE_SIZE - 1);
    last_error.message[MESSAGE_SIZE - 1] = '\0';
    return last_error.status;
}

const char *skel_error_message(void)
{
    return last_error.message;
}

void skel_error_clear(void)
{
    last_error.status = SKEL_OK;
    last_error.message[0] = '\0';
}

skel_status skel_status_of_files(skel_status former, skel_status next)
{
    return former == SKEL_OK || next == SKEL_ERR_DATA ? next : former;
}

int skel_status_exit_code(skel_status status)
{
    switch (status) {
    case SKEL_OK:
        return 0;
    case SKEL_WARNED:
        return 1;
    case SKEL_ERR_USAGE:
    case SKEL_ERR_CONFIG:
        return 64;
    case SKEL_ERR_DATA:
        return 65;
    case SKEL_ERR_MISSING:
        return 69;
    case SKEL_ERR_STOPPED:
        return 75;
    case SKEL_ERR_IO:
    case SKEL_ERR_STORAGE:
        return 74;
    case SKEL_ERR_NUMBER:
    case SKEL_ERR_INTERNAL:
    case SKEL_ERR_MEMORY:
        break;
    }
    return 70;
}

skel_status skel_status_of_errno(int error)
{
    static const int of_all_files[] = {ENOSPC, EDQUOT, EROFS, EIO, ENODEV, ENXIO, ESTALE};

    for (size_t i = 0; i < sizeof of_all_files / sizeof *of_all_files; i++) {
        if (error == of_all_files[i]) {
            return SKEL_ERR_STORAGE;
        }
    }
    return SKEL_ERR_IO;
}

void skel_assert_hook(void (*hook)(void))
{
    assert_hook = hook;
}

void skel_assert_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "skel: internal error: %s:%d: assertion failed: %s\n", file, line,
                  condition);
    if (assert_hook != NULL) {
        assert_hook();
    }
    abort();
}
