/** A vector of integers that exists in pieces alone, for skel_comm_sum_pieces(). */
#ifndef SKEL_COMM_PIECES_H
#define SKEL_COMM_PIECES_H

#include <stddef.h>
#include <stdint.h>

/** Who makes a rank's integers, and who takes the sums. Borrowed. Both are local, and are called
 *  for one piece after the other, from the first integer to the last. */
typedef struct skel_pieces {
    void *context;
    /** Writes this rank's integers `first` to `first` + `count` - 1. */
    void (*make)(void *context, size_t first, size_t count, int64_t values[]);
    /** Reads the sums over the ranks of the same ones. */
    void (*take)(void *context, size_t first, size_t count, const int64_t sums[]);
} skel_pieces;

#endif
