/* Exact selection in three passes over the scores: a histogram of the keys' upper 16 bits, one of
 * the lower 16 bits of those keys that share the upper ones of the k-th largest, and a pass that
 * writes. Counting is what costs, so a sample first says between which bins the k-th largest must
 * be, and only keys in that range are counted. If the sample misleads, all are: nothing but the
 * time depends on it. No data makes it more than one pass longer, and it needs no copy of the
 * scores. */
#include "skel/topk.h"

#include "skel/memory.h"

#include <string.h>

enum {
    BLOCK = 2048,     /* scores at a time: what is known of them stays in the first-level cache */
    GROUP = 8,        /* scores whose flags are looked at together */
    HALF = 16,        /* bits of a key that one histogram is over */
    BINS = 1 << HALF, /* of a histogram */
    WAYS = 4,         /* histograms side by side: equal keys do not wait for each other's count */
    SAMPLE_RUN = 16,  /* scores of one cache line, ... */
    SAMPLE_STRIDE = 256,   /* ... of so many, are the sample ... */
    SAMPLE_FROM = 1 << 18, /* ... of at least so many scores */
};

static const uint32_t magnitude_bits = 0x7fffffff;
static const uint32_t sign_bit = 0x80000000;
static const uint32_t infinite = 0x7f800000;

typedef uint32_t histogram[WAYS][BINS];

/* What to select from. */
typedef struct source {
    const float *scores;
    size_t segments;
    const skel_segment *segment;
    size_t count;
} source;

/* Keys first, ..., first + more are counted, each in the bin (key >> shift) & (BINS - 1). */
typedef struct range {
    uint32_t first;
    uint32_t more;
    unsigned shift;
} range;

static const range everything = {0, UINT32_MAX, HALF};

/* What one pass saw. */
typedef struct tally {
    size_t above;     /* scores with keys beyond the range */
    size_t positive;  /* scores above 0 */
    uint32_t largest; /* magnitude */
} tally;

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

static void count_bins(size_t count, const uint8_t inside[], const uint16_t bin[], histogram table)
{
    static const uint8_t none[GROUP];

    for (size_t i = 0; i < count; i += GROUP) {
        if (memcmp(inside + i, none, GROUP) == 0) {
            continue;
        }
        for (size_t j = i; j < i + GROUP; j++) {
            if (inside[j] != 0) {
                table[j % WAYS][bin[j]]++;
            }
        }
    }
}

static void count_block(range in, size_t count, const float scores[], histogram table, tally *seen)
{
    uint16_t bin[BLOCK] = {0};
    uint8_t inside[BLOCK + GROUP];
    uint32_t largest = seen->largest;
    uint32_t positive = 0;
    uint32_t above = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t bits = bits_of(scores[i]);
        uint32_t magnitude = bits & magnitude_bits;
        uint32_t key = key_of(bits);

        largest = magnitude > largest ? magnitude : largest;
        positive += key > sign_bit;
        above += key > in.first + in.more;
        bin[i] = (uint16_t)(key >> in.shift);
        inside[i] = key - in.first <= in.more;
    }
    memset(inside + count, 0, GROUP);
    seen->largest = largest;
    seen->positive += positive;
    seen->above += above;
    count_bins(count, inside, bin, table);
}

/* Counts runs of scores; with run == stride, all of them. Returns how many. */
static size_t count_runs(const source *from, size_t run, size_t stride, range in, histogram table,
                         tally *seen)
{
    size_t counted = 0;

    memset(table, 0, sizeof(histogram));
    memset(seen, 0, sizeof *seen);
    for (size_t s = 0; s < from->segments; s++) {
        const float *scores = from->scores + from->segment[s].offset;
        size_t count = from->segment[s].count;

        for (size_t i = 0; i < count; i += stride) {
            size_t some = count - i < run ? count - i : run;

            count_block(in, some, scores + i, table, seen);
            counted += some;
        }
    }
    return counted;
}

static size_t in_bin(histogram table, uint32_t bin)
{
    return (size_t)table[0][bin] + table[1][bin] + table[2][bin] + table[3][bin];
}

/* The bin of the k-th largest, BINS if it was not counted.
 * `above` in: scores beyond all that was counted, out: scores beyond the bin. */
static uint32_t find_bin(size_t k, histogram table, size_t *above)
{
    if (k <= *above) {
        return BINS;
    }
    for (uint32_t bin = BINS; bin-- > 0;) {
        size_t count = in_bin(table, bin);

        if (*above + count >= k) {
            return bin;
        }
        *above += count;
    }
    return BINS;
}

/* Where the k-th largest is, by all likelihood: the standard error of its rank in a sample of m is
 * at most sqrt(m) / 2, neighbours being alike makes it a few times that. */
static range guess(const source *from, size_t k, histogram table)
{
    tally seen;
    size_t above = 0;
    size_t sample = 0;
    size_t rank = 0;
    size_t margin = 0;
    uint32_t top = BINS - 1;
    uint32_t bottom = 0;

    if (from->count < SAMPLE_FROM) {
        return everything;
    }
    sample = count_runs(from, SAMPLE_RUN, SAMPLE_STRIDE, everything, table, &seen);
    rank = (size_t)((double)k / (double)from->count * (double)sample);
    margin = sample / 256 + SAMPLE_RUN;
    top = rank > margin ? find_bin(rank - margin, table, &above) : BINS - 1;
    above = 0;
    bottom = rank + margin < sample ? find_bin(rank + margin, table, &above) : 0;
    return (range){bottom << HALF, ((top - bottom + 1) << HALF) - 1, HALF};
}

/* The key of the k-th largest. `above` out: scores with a larger key. */
static uint32_t find_threshold(const source *from, size_t k, range in, histogram table, tally *seen,
                               size_t *above)
{
    tally lower;
    uint32_t upper = BINS;

    (void)count_runs(from, BLOCK, BLOCK, in, table, seen);
    *above = seen->above;
    upper = find_bin(k, table, above);
    if (upper == BINS && seen->largest < infinite) {
        (void)count_runs(from, BLOCK, BLOCK, everything, table, seen);
        *above = 0;
        upper = find_bin(k, table, above);
    }
    if (seen->largest >= infinite) {
        return 0;
    }
    in = (range){upper << HALF, BINS - 1, 0};
    (void)count_runs(from, BLOCK, BLOCK, in, table, &lower);
    SKEL_ASSERT(lower.above == *above);
    return in.first + find_bin(k, table, above);
}

static skel_status reject(const source *from)
{
    size_t flat = 0;
    bool found = false;

    for (size_t s = 0; s < from->segments && !found; s++) {
        for (size_t i = 0; i < from->segment[s].count && !found; i++) {
            flat = from->segment[s].offset + i;
            found = (bits_of(from->scores[flat]) & magnitude_bits) >= infinite;
        }
    }
    SKEL_ASSERT(found);
    return SKEL_FAIL(SKEL_ERR_NUMBER, "score at flat index %zu is %g", flat,
                     (double)from->scores[flat]);
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
static void write_keep(const source *from, uint32_t threshold, size_t ties, uint8_t keep[])
{
    for (size_t s = 0; s < from->segments; s++) {
        const float *scores = from->scores + from->segment[s].offset;
        uint8_t *out = keep + from->segment[s].offset;
        size_t count = from->segment[s].count;

        for (size_t i = 0; i < count; i += BLOCK) {
            size_t some = count - i < BLOCK ? count - i : BLOCK;
            uint32_t lowest = ties > 0 ? threshold : threshold + 1;
            size_t found = write_block(lowest, some, scores + i, out + i);

            if (ties > 0 && found > ties) {
                write_some(threshold, ties, some, scores + i, out + i);
            }
            ties -= found < ties ? found : ties;
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
    source from = {scores, segments, segment, scores_in(segments, segment)};
    uint32_t(*table)[BINS] = NULL;
    uint32_t threshold = 0;
    size_t above = 0;
    tally seen;
    skel_status status = SKEL_OK;

    if (k == 0 || k > from.count) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "cannot keep %zu of %zu weights: the number must be from 1 to %zu", k,
                         from.count, from.count);
    }
    SKEL_TRY(SKEL_ALLOC_RAW(1, sizeof(histogram), &table));
    threshold = find_threshold(&from, k, guess(&from, k, table), table, &seen, &above);
    if (seen.largest >= infinite) {
        SKEL_TRY(reject(&from));
    }
    write_keep(&from, threshold, k - above, keep);
    if (result != NULL) {
        *result = (skel_topk_result){score_of(threshold), seen.positive,
                                     in_bin(table, threshold & (BINS - 1))};
    }
done:
    SKEL_FREE(&table);
    return status;
}
