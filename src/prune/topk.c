/* Exact selection by two histograms: of the keys' upper 16 bits, then of the lower 16 bits of those
 * keys that share the upper ones of the k-th largest. A third pass writes. No data makes it more
 * than these three passes, and it needs no copy of the scores. */
#include "skel/topk.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK = 2048,     /* scores at a time: their keys stay in the first-level cache */
    HALF = 16,        /* bits of a key that one histogram is over */
    BINS = 1 << HALF, /* of a histogram */
    WAYS = 4,         /* histograms side by side: equal keys do not wait for each other's count */
};

static const uint32_t magnitude_bits = 0x7fffffff;
static const uint32_t sign_bit = 0x80000000;
static const uint32_t infinite = 0x7f800000;

typedef uint32_t histogram[WAYS][BINS];

/* What is known of the scores on the way. */
typedef struct selection {
    const float *scores;
    size_t segments;
    const skel_segment *segment;
    size_t positive;
    uint32_t largest;   /* magnitude */
    uint32_t threshold; /* key of the k-th largest score; only its upper half after one pass */
    size_t above;       /* scores with a larger key, or upper half of a key */
    size_t ties;        /* scores with this key */
} selection;

static uint32_t bits_of(float score)
{
    uint32_t bits = 0;

    memcpy(&bits, &score, sizeof bits);
    return bits;
}

/* A number that is ordered as the finite scores are; the same for 0 and -0. */
static uint32_t key_of(uint32_t bits)
{
    uint32_t negative = -(bits >> 31); /* all ones, or 0 */

    return (((bits & magnitude_bits) ^ negative) - negative) ^ sign_bit;
}

static float score_of(uint32_t key)
{
    uint32_t number = key ^ sign_bit;
    uint32_t negative = -(number >> 31);
    uint32_t bits = ((number ^ negative) - negative) | (negative & sign_bit);
    float score = 0;

    memcpy(&score, &bits, sizeof score);
    return score;
}

static void count_halves(size_t count, const uint16_t half[], histogram table)
{
    size_t i = 0;

    for (; i + WAYS <= count; i += WAYS) {
        table[0][half[i]]++;
        table[1][half[i + 1]]++;
        table[2][half[i + 2]]++;
        table[3][half[i + 3]]++;
    }
    for (; i < count; i++) {
        table[0][half[i]]++;
    }
}

static void scan_upper(selection *all, size_t count, const float scores[], histogram table)
{
    uint16_t half[BLOCK];
    uint32_t largest = all->largest;
    uint32_t positive = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t bits = bits_of(scores[i]);
        uint32_t magnitude = bits & magnitude_bits;
        uint32_t key = key_of(bits);

        largest = magnitude > largest ? magnitude : largest;
        positive += key > sign_bit;
        half[i] = (uint16_t)(key >> HALF);
    }
    all->largest = largest;
    all->positive += positive;
    count_halves(count, half, table);
}

static void scan_lower(const selection *all, size_t count, const float scores[], histogram table)
{
    uint16_t half[BLOCK];
    uint32_t upper = all->threshold >> HALF;
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t key = key_of(bits_of(scores[i]));

        half[found] = (uint16_t)key;
        found += key >> HALF == upper;
    }
    count_halves(found, half, table);
}

static void scan(selection *all, bool lower, histogram table)
{
    memset(table, 0, sizeof(histogram));
    for (size_t s = 0; s < all->segments; s++) {
        const float *scores = all->scores + all->segment[s].offset;
        size_t count = all->segment[s].count;

        for (size_t i = 0; i < count; i += BLOCK) {
            size_t some = count - i < BLOCK ? count - i : BLOCK;

            if (lower) {
                scan_lower(all, some, scores + i, table);
            } else {
                scan_upper(all, some, scores + i, table);
            }
        }
    }
}

/* Goes down the bins until the k-th largest score is in one. */
static uint32_t find_bin(size_t k, selection *all, histogram table)
{
    for (uint32_t bin = BINS; bin-- > 0;) {
        all->ties = (size_t)table[0][bin] + table[1][bin] + table[2][bin] + table[3][bin];
        if (all->above + all->ties >= k) {
            return bin;
        }
        all->above += all->ties;
    }
    SKEL_ASSERT(!"fewer scores than k");
    return 0;
}

static skel_status reject(const selection *all)
{
    for (size_t s = 0; s < all->segments; s++) {
        for (size_t i = 0; i < all->segment[s].count; i++) {
            size_t flat = all->segment[s].offset + i;

            if ((bits_of(all->scores[flat]) & magnitude_bits) >= infinite) {
                return SKEL_FAIL(SKEL_ERR_NUMBER, "score at flat index %zu is %g", flat,
                                 (double)all->scores[flat]);
            }
        }
    }
    SKEL_ASSERT(!"all scores are finite");
    return SKEL_OK;
}

static size_t write_block(uint32_t threshold, size_t count, const float scores[restrict],
                          uint8_t keep[restrict])
{
    uint32_t ties = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t key = key_of(bits_of(scores[i]));

        ties += key == threshold;
        keep[i] = (uint8_t)(key >= threshold);
    }
    return ties;
}

/* A block in which only some of the ties are kept. */
static void write_some(uint32_t threshold, size_t ties, size_t count, const float scores[],
                       uint8_t keep[])
{
    for (size_t i = 0; i < count; i++) {
        uint32_t key = key_of(bits_of(scores[i]));
        bool tie = key == threshold && ties > 0;

        ties -= tie ? 1 : 0;
        keep[i] = (uint8_t)(key > threshold || tie);
    }
}

/* Keeps what is above the threshold, and the first `ties` scores that equal it. */
static void write_keep(const selection *all, size_t ties, uint8_t keep[])
{
    for (size_t s = 0; s < all->segments; s++) {
        const float *scores = all->scores + all->segment[s].offset;
        uint8_t *out = keep + all->segment[s].offset;
        size_t count = all->segment[s].count;

        for (size_t i = 0; i < count; i += BLOCK) {
            size_t some = count - i < BLOCK ? count - i : BLOCK;
            size_t found = write_block(all->threshold, some, scores + i, out + i);

            if (found > ties) {
                write_some(all->threshold, ties, some, scores + i, out + i);
                found = ties;
            }
            ties -= found;
        }
    }
}

static size_t scores_in(size_t segments, const skel_segment segment[])
{
    size_t count = 0;

    for (size_t s = 0; s < segments; s++) {
        count += segment[s].count;
    }
    SKEL_ASSERT(count <= UINT32_MAX); /* what a bin can count */
    return count;
}

skel_status skel_topk(size_t k, size_t segments, const skel_segment segment[], const float scores[],
                      uint8_t keep[], skel_topk_result *result)
{
    selection all = {.scores = scores, .segments = segments, .segment = segment};
    size_t count = scores_in(segments, segment);
    uint32_t(*table)[BINS] = NULL;
    skel_status status = SKEL_OK;

    if (k == 0 || k > count) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "cannot keep %zu of %zu weights: the number must be from 1 to %zu", k,
                         count, count);
    }
    SKEL_TRY(SKEL_ALLOC_RAW(1, sizeof(histogram), &table));
    scan(&all, false, table);
    if (all.largest >= infinite) {
        SKEL_TRY(reject(&all));
    }
    all.threshold = find_bin(k, &all, table) << HALF;
    scan(&all, true, table);
    all.threshold |= find_bin(k, &all, table);
    write_keep(&all, k - all.above, keep);
    if (result != NULL) {
        *result = (skel_topk_result){score_of(all.threshold), all.positive, all.ties};
    }
done:
    SKEL_FREE(&table);
    return status;
}
