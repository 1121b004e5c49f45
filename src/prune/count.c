/* Counts are kept in bytes, LANES of them side by side as in a vector register, and are added up
 * before one can overflow. */
#include "count.h"

enum {
    LANES = 64,
    ROWS = 255, /* the most ones that a lane can count */
};

static size_t sum_lanes(const uint8_t lane[LANES])
{
    size_t sum = 0;

    for (size_t i = 0; i < LANES; i++) {
        sum += lane[i];
    }
    return sum;
}

static size_t count_rows(size_t rows, const uint8_t with[], const uint8_t without[])
{
    uint8_t lane[LANES] = {0};

    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < LANES; i++) {
            lane[i] = (uint8_t)(lane[i] + (with[row * LANES + i] & ~without[row * LANES + i]));
        }
    }
    return sum_lanes(lane);
}

static size_t count_rows_alone(size_t rows, const uint8_t with[])
{
    uint8_t lane[LANES] = {0};

    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < LANES; i++) {
            lane[i] = (uint8_t)(lane[i] + with[row * LANES + i]);
        }
    }
    return sum_lanes(lane);
}

size_t skel_count_ones(size_t count, const uint8_t with[], const uint8_t without[])
{
    size_t ones = 0;
    size_t i = 0;

    while (count - i >= LANES) {
        size_t rows = (count - i) / LANES < ROWS ? (count - i) / LANES : ROWS;

        ones += without == NULL ? count_rows_alone(rows, with + i)
                                : count_rows(rows, with + i, without + i);
        i += rows * LANES;
    }
    for (; i < count; i++) {
        ones += with[i] != 0 && (without == NULL || without[i] == 0);
    }
    return ones;
}
