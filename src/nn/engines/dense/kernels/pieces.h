/** Pieces of a row of vectors, as many as the registers of a tile have room for. */
#ifndef SKEL_NN_DENSE_PIECES_H
#define SKEL_NN_DENSE_PIECES_H

#include "parts.h"

enum { VECTORS = 3 /* most of a piece */ };

/* Vectors are taken 3 at a time. Where 1 is left over, 2 and 2 are: a single one is slow. */
static inline size_t first_of(size_t vectors, size_t piece)
{
    size_t first = VECTORS * piece;

    return vectors % VECTORS == 1 && vectors > 1 && first + 1 == vectors ? first - 1 : first;
}

static inline size_t vectors_of(size_t vectors, size_t piece)
{
    return skel_lesser(first_of(vectors, piece + 1), vectors) - first_of(vectors, piece);
}

#endif
