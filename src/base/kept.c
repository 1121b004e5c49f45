/* Counts and lists of the kept elements of a mask.
 *
 * Counts are kept in bytes, LANES of them side by side as in a vector register, and are added up
 * before one can overflow. */
#include "skel/kept.h"

#include <string.h>

enum {
    LANES = 64,
    ROWS = 255, /* the most ones that a lane can count */
    AT_ONCE = 8,
};

static size_t sum_lanes(const uint8_t lane[LANES])
{
    size_t sum = 0;

    for (size_t i = 0; i < LANES; i++) {
        sum += lane[i];
    }
    return sum;
}

static size_t count_rows_gained(size_t rows, const uint8_t with[], const uint8_t without[])
{
    uint8_t lane[LANES] = {0};

    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < LANES; i++) {
            lane[i] = (uint8_t)(lane[i] + (with[row * LANES + i] & ~without[row * LANES + i]));
        }
    }
    return sum_lanes(lane);
}

static size_t count_rows(size_t rows, const uint8_t keep[])
{
    uint8_t lane[LANES] = {0};

    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < LANES; i++) {
            lane[i] = (uint8_t)(lane[i] + keep[row * LANES + i]);
        }
    }
    return sum_lanes(lane);
}

static size_t rows_of(size_t count)
{
    return count / LANES < ROWS ? count / LANES : ROWS;
}

size_t skel_kept_count(size_t count, const uint8_t keep[])
{
    size_t kept = 0;
    size_t i = 0;

    if (keep == NULL) {
        return count;
    }
    while (count - i >= LANES) {
        size_t rows = rows_of(count - i);

        kept += count_rows(rows, keep + i);
        i += rows * LANES;
    }
    for (; i < count; i++) {
        kept += keep[i];
    }
    return kept;
}

size_t skel_kept_gained(size_t count, const uint8_t with[], const uint8_t without[])
{
    size_t gained = 0;
    size_t i = 0;

    while (count - i >= LANES) {
        size_t rows = rows_of(count - i);

        gained += count_rows_gained(rows, with + i, without + i);
        i += rows * LANES;
    }
    for (; i < count; i++) {
        gained += with[i] & ~without[i];
    }
    return gained;
}

static size_t list_all(size_t count, size_t first, uint32_t index[])
{
    for (size_t i = 0; i < count; i++) {
        index[i] = (uint32_t)(first + i);
    }
    return count;
}

/* Lists `count` elements behind the `n` indices that are there. Each index is written, and counts
 * if its element is kept: no branch has to be predicted. */
static size_t list_some(size_t count, const uint8_t keep[], size_t first, size_t n,
                        uint32_t index[])
{
    for (size_t i = 0; i < count; i++) {
        index[n] = (uint32_t)(first + i);
        n += keep[i];
    }
    return n;
}

size_t skel_kept_list(size_t count, const uint8_t keep[], size_t first, uint32_t index[])
{
    size_t n = 0;
    size_t i = 0;

    if (keep == NULL) {
        return list_all(count, first, index);
    }
    for (; i + AT_ONCE <= count; i += AT_ONCE) {
        uint64_t some = 0;

        memcpy(&some, keep + i, sizeof some);
        if (some != 0) {
            n = list_some(AT_ONCE, keep + i, first + i, n, index);
        }
    }
    return list_some(count - i, keep + i, first + i, n, index);
}
