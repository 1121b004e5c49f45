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

#include "topk_kernels.h"

#include "skel/memory.h"

#include <string.h>

enum {
    HALF = 16,        /* bits of a key that one histogram covers */
    BINS = 1 << HALF, /* of a histogram */
    WAYS = 4,         /* histograms side by side: equal keys do not wait for each other's count */
    SAMPLE_RUN = 16,  /* the sample: so many scores, a cache line, ... */
    SAMPLE_STRIDE = 256,   /* ... of every so many scores, ... */
    SAMPLE_FROM = 1 << 18, /* ... if there are at least so many */
    GATHER_SHARE = 16,     /* at most one score in so many is gathered */
};

static const uint8_t none[SKEL_TOPK_GROUP];

typedef uint32_t histogram[WAYS][BINS];

/* The scores to select from. */
typedef struct source {
    const float *scores;
    size_t segments;
    const skel_segment *segment;
    size_t count;
    const skel_topk_kernels *kernels;
} source;

static const skel_topk_range everything = {0, UINT32_MAX, HALF};

/* The k-th largest score. */
typedef struct place {
    uint32_t key;
    size_t above; /* scores with a larger key */
    size_t ties;  /* scores with this key */
} place;

const skel_topk_kernels *skel_topk_kernels_of(skel_isa isa)
{
    static const skel_topk_kernels *const tables[SKEL_ISAS] = SKEL_ISA_TABLES(skel_topk_kernels);

    return tables[isa];
}

static float score_of(uint32_t key)
{
    uint32_t number = key ^ SKEL_TOPK_SIGN;
    uint32_t negative = -(number >> 31);
    uint32_t bits = ((number ^ negative) - negative) | (negative & SKEL_TOPK_SIGN);
    float score = 0;

    memcpy(&score, &bits, sizeof score);
    return score;
}

static void count_bins(size_t count, const skel_topk_block *keys, histogram table)
{
    for (size_t i = 0; i < count; i += SKEL_TOPK_GROUP) {
        if (memcmp(keys->inside + i, none, SKEL_TOPK_GROUP) == 0) {
            continue;
        }
        for (size_t j = i; j < i + SKEL_TOPK_GROUP; j++) {
            if (keys->inside[j] != 0) {
                table[j % WAYS][keys->bin[j]]++;
            }
        }
    }
}

/* Copies the scores that are inside to the end of `gathered`; returns the new end. */
static size_t gather_block(size_t count, const float scores[], const skel_topk_block *keys,
                           size_t end, float gathered[])
{
    for (size_t i = 0; i < count; i += SKEL_TOPK_GROUP) {
        if (memcmp(keys->inside + i, none, SKEL_TOPK_GROUP) == 0) {
            continue;
        }
        for (size_t j = i; j < i + SKEL_TOPK_GROUP && j < count; j++) {
            gathered[end] = scores[j];
            end += keys->inside[j];
        }
    }
    return end;
}

/* Counts runs of scores; with run == stride, all of them. Returns how many. */
static size_t count_runs(const source *from, size_t run, size_t stride, skel_topk_range in,
                         histogram table, skel_topk_tally *seen)
{
    skel_topk_block keys = {0};
    size_t counted = 0;

    memset(table, 0, sizeof(histogram));
    memset(seen, 0, sizeof *seen);
    for (size_t s = 0; s < from->segments; s++) {
        const float *scores = from->scores + from->segment[s].offset;
        size_t count = from->segment[s].count;

        for (size_t i = 0; i < count; i += stride) {
            size_t some = count - i < run ? count - i : run;

            from->kernels->take_apart(in, some, scores + i, &keys, seen);
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
static skel_topk_range guess(const source *from, size_t k, histogram table)
{
    skel_topk_tally seen;
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
    return (skel_topk_range){bottom << HALF, ((top - bottom + 1) << HALF) - 1, HALF};
}

/* The k-th largest by counting every score; meaningless if a score is not finite. */
static place find_by_counting(const source *from, size_t k, histogram table, skel_topk_tally *seen)
{
    place found = {0};
    skel_topk_tally lower;
    skel_topk_range in = everything;

    (void)count_runs(from, SKEL_TOPK_BLOCK, SKEL_TOPK_BLOCK, everything, table, seen);
    in = (skel_topk_range){find_bin(k, table, &found.above) << HALF, BINS - 1, 0};
    (void)count_runs(from, SKEL_TOPK_BLOCK, SKEL_TOPK_BLOCK, in, table, &lower);
    SKEL_ASSERT(lower.above == found.above);
    found.key = in.first + find_bin(k, table, &found.above);
    found.ties = in_bin(table, found.key & (BINS - 1));
    return found;
}

/* Copies the scores in a range, until there are more than `most`; returns how many.
 * `gathered` has room for one block more. */
static size_t gather(const source *from, skel_topk_range in, size_t most, float gathered[],
                     skel_topk_tally *seen)
{
    skel_topk_block keys = {0};
    size_t end = 0;

    memset(seen, 0, sizeof *seen);
    for (size_t s = 0; s < from->segments; s++) {
        const float *scores = from->scores + from->segment[s].offset;
        size_t count = from->segment[s].count;

        for (size_t i = 0; i < count && end <= most; i += SKEL_TOPK_BLOCK) {
            size_t some = count - i < SKEL_TOPK_BLOCK ? count - i : SKEL_TOPK_BLOCK;

            from->kernels->take_apart(in, some, scores + i, &keys, seen);
            end = gather_block(some, scores + i, &keys, end, gathered);
        }
    }
    return end;
}

/* The k-th largest; meaningless if a score is not finite.
 * `gathered` is scratch for count / GATHER_SHARE scores and a block. */
static place find(const source *from, size_t k, histogram table, float gathered[],
                  skel_topk_tally *seen)
{
    skel_topk_range likely = guess(from, k, table);
    size_t most = from->count / GATHER_SHARE;
    size_t count = likely.more == UINT32_MAX ? 0 : gather(from, likely, most, gathered, seen);

    if (count > 0 && count <= most && k > seen->above && k - seen->above <= count) {
        skel_segment whole = {0, count};
        source few = {gathered, 1, &whole, count, from->kernels};
        skel_topk_tally unused;
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
            found = skel_topk_magnitude(skel_topk_bits(from->scores[flat])) >= SKEL_TOPK_INFINITE;
        }
    }
    SKEL_ASSERT(found);
    return SKEL_FAIL(SKEL_ERR_NUMBER, "score at flat index %zu is %g", flat,
                     (double)from->scores[flat]);
}

/* A block in which only some of the ties are kept. */
static void write_some(uint32_t threshold, size_t ties, size_t count, const float scores[],
                       uint8_t keep[])
{
    for (size_t i = 0; i < count; i++) {
        uint32_t key = skel_topk_key(skel_topk_bits(scores[i]));
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

        for (size_t i = 0; i < count; i += SKEL_TOPK_BLOCK) {
            size_t some = count - i < SKEL_TOPK_BLOCK ? count - i : SKEL_TOPK_BLOCK;
            uint32_t lowest = ties > 0 ? threshold : threshold + 1;
            size_t found = from->kernels->write(lowest, some, scores + i, out + i);

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
    source from = {scores, segments, segment, scores_in(segments, segment),
                   skel_topk_kernels_of(skel_isa_best())};
    uint32_t(*table)[BINS] = NULL;
    float *gathered = NULL;
    place found;
    skel_topk_tally seen;
    skel_status status = SKEL_OK;

    if (k == 0 || k > from.count) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "cannot keep %zu of %zu weights: the number must be from 1 to %zu", k,
                         from.count, from.count);
    }
    SKEL_TRY(SKEL_ALLOC_RAW(1, sizeof(histogram), &table));
    SKEL_TRY(
        SKEL_ALLOC_RAW(from.count / GATHER_SHARE + SKEL_TOPK_BLOCK, sizeof *gathered, &gathered));
    found = find(&from, k, table, gathered, &seen);
    if (seen.largest >= SKEL_TOPK_INFINITE) {
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
