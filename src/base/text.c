/* Words, durations and sizes for people. */
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_WORD = 63, LIST = 2048 };

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* Optimal string alignment: insert, delete, replace, or swap two neighbours, each costs 1. */
static size_t distance(const char *a, const char *b)
{
    size_t rows = strlen(a);
    size_t columns = strlen(b);
    size_t cost[LONGEST_WORD + 1][LONGEST_WORD + 1];

    if (rows > LONGEST_WORD || columns > LONGEST_WORD) {
        return LONGEST_WORD;
    }
    for (size_t i = 0; i <= rows; i++) {
        for (size_t j = 0; j <= columns; j++) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            cost[i][j] = smallest(cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                                  cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                cost[i - 2][j - 2] + 1 < cost[i][j]) {
                cost[i][j] = cost[i - 2][j - 2] + 1;
            }
        }
    }
    return cost[rows][columns];
}

const char *skel_text_nearest(const char *word, size_t count, const char *const words[])
{
    const char *nearest = NULL;
    size_t limit = strlen(word) / 3;
    size_t best = 0;

    limit = limit > 1 ? limit : 1;
    for (size_t i = 0; i < count; i++) {
        size_t candidate = distance(word, words[i]);

        if (candidate <= limit && (nearest == NULL || candidate < best)) {
            nearest = words[i];
            best = candidate;
        }
    }
    return nearest;
}

void skel_text_list(size_t count, const char *const words[], size_t size, char out[])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", words[i]);
        SKEL_ASSERT(used < size);
    }
}

skel_status skel_text_find(const char *noun, const char *word, size_t count,
                           const char *const words[], size_t *index)
{
    const char *nearest = NULL;
    char list[LIST];

    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            *index = i;
            return SKEL_OK;
        }
    }
    nearest = skel_text_nearest(word, count, words);
    if (nearest != NULL) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "unknown %s '%s'; did you mean '%s'?", noun, word,
                         nearest);
    }
    skel_text_list(count, words, sizeof list, list);
    return SKEL_FAIL(SKEL_ERR_CONFIG, "unknown %s '%s'; there are %s", noun, word, list);
}

void skel_text_duration(double seconds, char out[SKEL_TEXT_DURATION])
{
    unsigned whole = seconds > 0 && seconds < 1e9 ? (unsigned)(seconds + 0.5) : 0;

    if (seconds < 9.995) {
        (void)snprintf(out, SKEL_TEXT_DURATION, "%.2f s", seconds > 0 ? seconds : 0.0);
    } else if (whole < 120) {
        (void)snprintf(out, SKEL_TEXT_DURATION, "%u s", whole);
    } else if (whole < 7200) {
        (void)snprintf(out, SKEL_TEXT_DURATION, "%u min %02u s", whole / 60, whole % 60);
    } else {
        (void)snprintf(out, SKEL_TEXT_DURATION, "%u h %02u min", whole / 3600, whole % 3600 / 60);
    }
}

void skel_text_bytes(double bytes, char out[SKEL_TEXT_BYTES])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;

    while (bytes >= 1024.0 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024.0;
        unit++;
    }
    (void)snprintf(out, SKEL_TEXT_BYTES, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}
