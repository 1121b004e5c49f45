/* Words, durations and sizes for people. */
#include "skel/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_WORD = 63, LIST = 2048 };

bool skel_text_ends_in(const char *text, const char *ending)
{
    size_t length = strlen(text);
    size_t tail = strlen(ending);

    return length > tail && strcmp(text + length - tail, ending) == 0;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* Capital letters are not another spelling. */
static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* A word and its number of characters. */
typedef struct text_word {
    const char *text;
    size_t length;
} text_word;

/* Optimal string alignment: insert, delete, replace, or swap two neighbours, each costs 1. For
 * a distance above `bound` it returns some number above it: cells further from the diagonal than
 * `bound` cost more than it, and after two rows of such costs (a swap reaches back two) no cell
 * costs less.
 */
static size_t distance(text_word a, text_word b, size_t bound)
{
    size_t cost[LONGEST_WORD + 1][LONGEST_WORD + 1];
    size_t least[LONGEST_WORD + 1]; /* of each row */

    if (a.length > LONGEST_WORD || b.length > LONGEST_WORD || a.length > b.length + bound ||
        b.length > a.length + bound) {
        return bound + 1;
    }
    for (size_t i = 0; i <= a.length; i++) {
        size_t from = i > bound ? i - bound : 0;
        size_t to = i + bound < b.length ? i + bound : b.length;

        least[i] = bound + 1;
        for (size_t j = from; j <= to; j++) {
            size_t *cell = &cost[i][j];

            if (i == 0 || j == 0) {
                *cell = i + j;
            } else {
                *cell = cost[i - 1][j - 1] + !same(a.text[i - 1], b.text[j - 1]);
                *cell = smallest(*cell, j < i + bound ? cost[i - 1][j] + 1 : *cell,
                                 j > from ? cost[i][j - 1] + 1 : *cell);
                if (i > 1 && j > 1 && same(a.text[i - 1], b.text[j - 2]) &&
                    same(a.text[i - 2], b.text[j - 1]) && cost[i - 2][j - 2] + 1 < *cell) {
                    *cell = cost[i - 2][j - 2] + 1;
                }
            }
            least[i] = *cell < least[i] ? *cell : least[i];
        }
        if (least[i] > bound && i > 0 && least[i - 1] > bound) {
            return bound + 1;
        }
    }
    return cost[a.length][b.length];
}

const char *skel_text_nearest(const char *word, size_t count, const char *const words[])
{
    const text_word given = {word, strlen(word)};
    const char *nearest = NULL;
    size_t bound = given.length > 3 ? given.length / 3 : 1;

    for (size_t i = 0; i < count; i++) {
        size_t found = distance(given, (text_word){words[i], strlen(words[i])}, bound);

        if (found <= bound) {
            nearest = words[i];
            if (found == 0) {
                break;
            }
            bound = found - 1;
        }
    }
    return nearest;
}

void skel_text_wrap(FILE *stream, const char *text, size_t indent, size_t column)
{
    bool first = true;

    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        if (!first && column + 1 + length > SKEL_TEXT_PAGE) {
            (void)fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        column += length + (first ? 0 : 1);
        (void)fprintf(stream, "%s%.*s", first ? "" : " ", (int)length, text);
        first = false;
        text += length;
        text += strspn(text, " ");
    }
    (void)fputc('\n', stream);
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

void skel_text_real(double value, char out[SKEL_TEXT_REAL])
{
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(out, SKEL_TEXT_REAL, "%.*g", digits, value);
        if (strtod(out, NULL) == value) {
            break;
        }
    }
}
