/** Choosing weights of one tensor that stay and that grow, and changing the mask accordingly. */
#ifndef SKEL_PRUNE_EXCHANGE_H
#define SKEL_PRUNE_EXCHANGE_H

#include "skel/mask.h"
#include "skel/random.h"

/** Scratch for one tensor, large enough for the largest of a mask. */
typedef struct skel_exchange {
    float *score;   /**< owned */
    uint8_t *stays; /**< of the kept weights, those that stay; owned */
    uint8_t *comes; /**< of the others, those that grow; owned */
} skel_exchange;

/** Takes the scratch.
 *
 *  Local. `*out` is *owned*: skel_exchange_free() it, also after an error. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_exchange_make(const skel_mask *mask, skel_exchange *out);

/** Frees the scratch.
 *
 *  Local.
 */
void skel_exchange_free(skel_exchange *exchange);

/** Chooses the `k` largest magnitudes of the elements whose `keep` is `kept`; of equal ones the
 *  lower index.
 *
 *  Local.
 *  @param score   [count] scratch
 *  @param chosen  [count] out
 *  Errors: SKEL_ERR_NUMBER if a value is not finite; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_exchange_largest(size_t k, size_t count, uint8_t kept,
                                               const uint8_t keep[], const float values[],
                                               float score[], uint8_t chosen[]);

/** Chooses the `k` elements with the largest scores, of equal ones the lower index.
 *
 *  Local. `k` may be 0. Errors: SKEL_ERR_NUMBER, SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_exchange_best(size_t k, size_t count, const float score[],
                                            uint8_t chosen[]);

/** Chooses `n` of the `room` elements that are not kept, each choice with the same probability.
 *
 *  Local. It draws `n` random numbers.
 *  @param room    elements with `keep` 0; at least `n`
 *  @param chosen  [count] out
 *  Source: Bentley and Floyd 1987, "A sample of brilliance", algorithm F2.
 */
void skel_exchange_any(skel_stream stream, size_t n, size_t room, size_t count,
                       const uint8_t keep[], uint8_t chosen[]);

/** Keeps the weights that stay or grow; sets those that go or come to 0, and their momentum.
 *
 *  Local. Returns how many go. All are [count].
 */
size_t skel_exchange_apply(size_t count, const skel_exchange *choice, uint8_t keep[],
                           float parameters[], float velocity[]);

/** Puts the name of a tensor before the last error's message.
 *
 *  Local. @param s  number of the tensor. Errors: the last error's status, always.
 */
SKEL_CHECKED skel_status skel_exchange_blame(const skel_mask *mask, size_t s);

#endif
