/* Exact selection: find the key of the k-th largest score, then keep all scores with larger keys,
 * and as many with this key as are needed.
 *
 * The key is found by two histograms: one of the upper 16 bits of all keys, and one of the lower 16
 * bits of the keys whose upper bits are those of the k-th largest. Counting costs most of the time.
 * So a sample first estimates a range of keys around the k-th largest, one pass gathers the few
 * scores in this range, and only these are counted. If the estimate is wrong, or the range holds
 * too many scores, all scores are counted: the result is the same, and only the time is longer, at
 * most that of four passes. */
#include "skel/topk.h"

#include "skel/memory.h"

#include <string.h>

enum {
    BLOCK = 2048,     /* scores at a time: their keys and flags stay in the first-level cache */
    GROUP = 8,        /* scores whose flags are tested together */
    HALF = 16,        /* bits of a key that one histogram covers */
    BINS = 1 << HALF, /* of a histogram */
    WAYS = 4,         /* histograms side by side: equal keys do not wait for each other's count */
    SAMPLE_RUN = 16,  /* the sample: so many scores, a cache line, ... */
    SAMPLE_STRIDE = 256,   /* ... of every so many scores, ... */
    SAMPLE_FROM = 1 << 18, /* ... if there are at least so many */
    GATHER_SHARE = 16,     /* at most one score in so many is gathered */
};

static const uint32_t magnitude_bits = 0x7fffffff;
static const uint32_t sign_bit = 0x80000000;
static const uint32_t infinite = 0x7f800000;

typedef uint32_t histogram[WAYS][BINS];

/* The scores to select from. */
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

/* Counts of one pass over all scores. */
typedef struct tally {
    size_t above;     /* scores with keys beyond the range */
    size_t positive;  /* scores above 0 */
    uint32_t largest; /* magnitude */
} tally;

/* The k-th largest score. */
typedef struct place {
    uint32_t key;
    size_t above; /* scores with a larger key */
    size_t ties;  /* scores with this key */
} place;

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

/* Scores of one block, taken apart. */
typedef struct block {
    uint16_t bin[BLOCK];
    uint8_t inside[BLOCK]; /* whether the key is in the range */
} block;

static const uint8_t none[GROUP];

/* Fills a block; the last group's flags are complete. */
static void take_apart(range in, size_t count, const float scores[restrict], block *restrict keys,
                       tally *seen)
{
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
        keys->bin[i] = (uint16_t)(key >> in.shift);
        keys->inside[i] = key - in.first <= in.more;
    }
    seen->largest = largest;
    seen->positive += positive;
    seen->above += above;
    while (count % GROUP != 0) {
        keys->inside[count++] = 0;
    }
}

static void count_bins(size_t count, const block *keys, histogram table)
{
    for (size_t i = 0; i < count; i += GROUP) {
        if (memcmp(keys->inside + i, none, GROUP) == 0) {
            continue;
        }
        for (size_t j = i; j < i + GROUP; j++) {
            if (keys->inside[j] != 0) {
                table[j % WAYS][keys->bin[j]]++;
            }
        }
    }
}

/* Copies the scores that are inside to the end of `gathered`; returns the new end. */
static size_t gather_block(size_t count, const float scores[], const block *keys, size_t end,
                           float gathered[])
{
    for (size_t i = 0; i < count; i += GROUP) {
        if (memcmp(keys->inside + i, none, GROUP) == 0) {
            continue;
        }
        for (size_t j = i; j < i + GROUP && j < count; j++) {
            gathered[end] = scores[j];
            end += keys->inside[j];
        }
    }
    return end;
}

/* Counts runs of scores; with run == stride, all of them. Returns how many. */
static size_t count_runs(const source *from, size_t run, size_t stride, range in, histogram table,
                         tally *seen)
{
    block keys = {0};
    size_t counted = 0;

    memset(table, 0, sizeof(histogram));
    memset(seen, 0, sizeof *seen);
    for (size_t s = 0; s < from->segments; s++) {
        const float *scores = from->scores + from->segment[s].offset;
        size_t count = from->segment[s].count;

        for (size_t i = 0; i < count; i += stride) {
            size_t some = count - i < run ? count - i : run;

            take_apart(in, some, scores + i, &keys, seen);
            count_bins(some, &keys, table);
            counted += some;
        }
    }
    return counted;
}

static size_t in_bin(histogram table, uint32_t bin)
{
    return (size_t)table[0][bin] + table[1][bin] + table[2][bin] + table[3][bin];
}

/* The bin of the k-th largest.
 * `above` in: scores beyond all that was counted, out: scores beyond the bin. */
static uint32_t find_bin(size_t k, histogram table, size_t *above)
{
    uint32_t bin = BINS - 1;

    for (; bin > 0 && *above + in_bin(table, bin) < k; bin--) {
        *above += in_bin(table, bin);
    }
    return bin;
}

/* A range of keys that very likely holds the k-th largest. In a random sample of m scores the
 * standard error of its rank is at most sqrt(m) / 2; here it is a few times larger, because
 * neighbouring scores are similar. */
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

/* The k-th largest by counting every score; meaningless if a score is not finite. */
static place find_by_counting(const source *from, size_t k, histogram table, tally *seen)
{
    place found = {0};
    tally lower;
    range in = everything;

    (void)count_runs(from, BLOCK, BLOCK, everything, table, seen);
    in = (range){find_bin(k, table, &found.above) << HALF, BINS - 1, 0};
    (void)count_runs(from, BLOCK, BLOCK, in, table, &lower);
    SKEL_ASSERT(lower.above == found.above);
    found.key = in.first + find_bin(k, table, &found.above);
    found.ties = in_bin(table, found.key & (BINS - 1));
    return found;
}

/* Copies the scores in a range, until there are more than `most`; returns how many.
 * `gathered` has room for one block more. */
static size_t gather(const source *from, range in, size_t most, float gathered[], tally *seen)
{
    block keys = {0};
    size_t end = 0;

    memset(seen, 0, sizeof *seen);
    for (size_t s = 0; s < from->segments; s++) {
        const float *scores = from->scores + from->segment[s].offset;
        size_t count = from->segment[s].count;

        for (size_t i = 0; i < count && end <= most; i += BLOCK) {
            size_t some = count - i < BLOCK ? count - i : BLOCK;

            take_apart(in, some, scores + i, &keys, seen);
            end = gather_block(some, scores + i, &keys, end, gathered);
        }
    }
    return end;
}

/* The k-th largest; meaningless if a score is not finite.
 * `gathered` is scratch for count / GATHER_SHARE scores and a block. */
static place find(const source *from, size_t k, histogram table, float gathered[], tally *seen)
{
    range likely = guess(from, k, table);
    size_t most = from->count / GATHER_SHARE;
    size_t count = likely.more == UINT32_MAX ? 0 : gather(from, likely, most, gathered, seen);

    if (count > 0 && count <= most && k > seen->above && k - seen->above <= count) {
        skel_segment whole = {0, count};
        source few = {gathered, 1, &whole, count};
        tally unused;
        place found = find_by_counting(&few, k - seen->above, table, &unused);

        found.above += seen->above;
        return found;
    }
    return find_by_counting(from, k, table, seen);
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

/* Keeps the scores above the threshold, and the first `ties` scores equal to it. */
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
    SKEL_ASSERT(count <= UINT32_MAX); /* the largest number in a bin */
    return count;
}

skel_status skel_topk(size_t k, size_t segments, const skel_segment segment[], const float scores[],
                      uint8_t keep[], skel_topk_result *result)
{
    source from = {scores, segments, segment, scores_in(segments, segment)};
    uint32_t(*table)[BINS] = NULL;
    float *gathered = NULL;
    place found;
    tally seen;
    skel_status status = SKEL_OK;

    if (k == 0 || k > from.count) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "cannot keep %zu of %zu weights: the number must be from 1 to %zu", k,
                         from.count, from.count);
    }
    SKEL_TRY(SKEL_ALLOC_RAW(1, sizeof(histogram), &table));
    SKEL_TRY(SKEL_ALLOC_RAW(from.count / GATHER_SHARE + BLOCK, sizeof *gathered, &gathered));
    found = find(&from, k, table, gathered, &seen);
    if (seen.largest >= infinite) {
        SKEL_TRY(reject(&from));
    }
    write_keep(&from, found.key, k - found.above, keep);
    if (result != NULL) {
        *result = (skel_topk_result){score_of(found.key), seen.positive, found.ties};
    }
done:
    SKEL_FREE(&gathered);
    SKEL_FREE(&table);
    return status;
}
