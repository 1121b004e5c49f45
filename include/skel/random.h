/** Counter-based random numbers: a stream depends on its four coordinates alone. */
#ifndef SKEL_RANDOM_H
#define SKEL_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** Purposes of random numbers. The values are part of the meaning of a seed: never change them. */
typedef enum skel_purpose {
    SKEL_PURPOSE_INITIALISE = 1, /**< index: parameter tensor */
    SKEL_PURPOSE_SHUFFLE = 2,    /**< epoch: training epoch */
    SKEL_PURPOSE_AUGMENT = 3,    /**< epoch: training epoch, index: sample */
    SKEL_PURPOSE_PRUNE = 4,      /**< the order in which pruning visits the samples */
    SKEL_PURPOSE_SCORE = 5,      /**< random pruning; index: prunable tensor */
    SKEL_PURPOSE_SPLIT = 6,      /**< validation split */
    SKEL_PURPOSE_BENCH = 7,      /**< data of benchmarks */
    SKEL_PURPOSE_TEST = 8,       /**< data of tests */
    SKEL_PURPOSE_CHECK = 9,      /**< sanity check by shuffled masks; index: prunable tensor */
    SKEL_PURPOSE_REDRAW = 10,    /**< seed of the sanity check with other initial weights */
    SKEL_PURPOSE_EVOLVE = 11,    /**< weights that come back; epoch: update, index: tensor */
    SKEL_PURPOSE_CONTROL = 12,   /**< random masks that spectra are compared with */
    SKEL_PURPOSE_WALK = 13,      /**< random walks through a network */
    SKEL_PURPOSE_DISTURB = 14,   /**< seeds of draws (index 0), noise; index: 1 + parameter */
    SKEL_PURPOSE_NOISE = 15,     /**< images of noise; index: sample */
    SKEL_PURPOSE_REFRESH = 21,   /**< whether a mask is refreshed; epoch: step, index: tensor */
    SKEL_PURPOSE_GATE = 22,      /**< gates, and their first values; epoch: step, index: tensor */
    SKEL_PURPOSE_REWIRE = 23,    /**< noise and weights that come; epoch: step, index: tensor */
    SKEL_PURPOSE_RESAMPLE = 24,  /**< samples of a bootstrap */
} skel_purpose;

/** A stream of random numbers: plain data, copied freely. */
typedef struct skel_stream {
    uint32_t key[2];
    uint32_t counter[4];
    uint32_t block[4];
    unsigned used; /* words of `block` that were returned */
} skel_stream;

/** Opens the stream at the given coordinates.
 *
 *  Local. Equal coordinates give equal streams, on any machine and rank.
 *  Source: Salmon et al. 2011, Philox4x32-10 as in Random123.
 */
skel_stream skel_stream_open(uint64_t seed, skel_purpose purpose, uint32_t epoch, uint32_t index);

/** 32 random bits.
 *
 *  Local.
 */
uint32_t skel_stream_bits(skel_stream *stream);

/** Uniform in [0, 1), a multiple of 2^-53.
 *
 *  Local.
 */
double skel_stream_uniform(skel_stream *stream);

/** Standard normal, by Box and Muller's transform of two uniforms.
 *
 *  Local.
 */
double skel_stream_normal(skel_stream *stream);

/** Uniform in {0, ..., limit-1}, without bias.
 *
 *  Local. `limit` at least 1. Source: Lemire 2019.
 */
uint32_t skel_stream_below(skel_stream *stream, uint32_t limit);

/** Puts the items into a uniformly random order (Fisher and Yates).
 *
 *  Local.
 */
void skel_stream_shuffle(skel_stream *stream, size_t count, uint32_t items[]);

#endif
