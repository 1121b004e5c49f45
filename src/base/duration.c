/* Durations: a number with a unit, or the forms of Slurm. */
#include "skel/duration.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS = 3, DIGITS = 9 };

static const double day = 86400;

/* Reads digits and moves *at behind them. */
static bool read_digits(const char **at, double *number)
{
    size_t digits = strspn(*at, "0123456789");

    if (digits == 0 || digits > DIGITS) {
        return false;
    }
    *number = (double)strtol(*at, NULL, 10);
    *at += digits;
    return true;
}

static double unit_of(const char *text)
{
    return strcmp(text, "") == 0 || strcmp(text, "s") == 0 ? 1
           : strcmp(text, "m") == 0                        ? 60
           : strcmp(text, "h") == 0                        ? 3600
           : strcmp(text, "d") == 0                        ? day
                                                           : 0;
}

/* "90", "1.5h". */
static bool read_number(const char *text, double *seconds)
{
    char *end = NULL;
    double number = 0;

    if (strspn(text, "0123456789.") == 0) {
        return false; /* strtod() would take words and signs */
    }
    number = strtod(text, &end);
    *seconds = number * unit_of(end);
    return end != text;
}

bool skel_duration_slurm(const char *text, double *seconds)
{
    const char *at = text;
    bool days = strchr(text, '-') != NULL;
    double part[PARTS] = {0};
    double before = 0;
    size_t parts = 0;

    if (days && (!read_digits(&at, &before) || *at++ != '-')) {
        return false;
    }
    do {
        if (parts == PARTS || !read_digits(&at, &part[parts++])) {
            return false;
        }
    } while (*at == ':' && *++at != '\0');
    if (days || parts == PARTS) { /* the first part is hours */
        *seconds = before * day + part[0] * 3600 + part[1] * 60 + part[2];
    } else {
        *seconds = part[0] * 60 + part[1];
    }
    return *at == '\0' && at[-1] != ':';
}

skel_status skel_duration_read(const char *option, const char *text, double *seconds)
{
    double found = 0;
    bool slurm = strpbrk(text, ":-") != NULL;
    bool good = slurm ? skel_duration_slurm(text, &found) : read_number(text, &found);

    if (!good || !(found > 0 && found <= 1e9)) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "%s %s: not a duration above 0; write 90s, 15m, 2h, 1d, 2:30:00 or "
                         "1-02:00:00",
                         option, text);
    }
    *seconds = found;
    return SKEL_OK;
}
