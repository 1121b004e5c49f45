/** Turning a square of values: lane l of vector i becomes lane i of vector l. */
#ifndef SKEL_SPARSE_TURN_H
#define SKEL_SPARSE_TURN_H

#include "lanes.h"

/* The numbers macro(0, d) to macro(LANES - 1, d). */
#define FIRST_LANES(macro, d) macro(0, d), macro(1, d), macro(2, d), macro(3, d)
#if SKEL_ISA_LANES == 16
#define ALL_LANES(macro, d)                                                                        \
    FIRST_LANES(macro, d), macro(4, d), macro(5, d), macro(6, d), macro(7, d), macro(8, d),        \
        macro(9, d), macro(10, d), macro(11, d), macro(12, d), macro(13, d), macro(14, d),         \
        macro(15, d)
#elif SKEL_ISA_LANES == 8
#define ALL_LANES(macro, d)                                                                        \
    FIRST_LANES(macro, d), macro(4, d), macro(5, d), macro(6, d), macro(7, d)
#else
#define ALL_LANES(macro, d) FIRST_LANES(macro, d)
#endif

/* Of two vectors a and b, whose lanes are numbered from 0 and from LANES on: in lanes without the
 * bit `d` a's, in the others b's lane without it; and a's lane with it, and b's. */
#define LANES_WITHOUT(l, d) (((l) & (d)) != 0 ? LANES + (l) - (d) : (l))
#define LANES_WITH(l, d) (((l) & (d)) != 0 ? LANES + (l) : (l) + (d))

/* Exchanges the lanes with the bit `d` of vectors without it and those without it of vectors with
 * it. */
#define EXCHANGE(v, d)                                                                             \
    do {                                                                                           \
        for (size_t i = 0; i < LANES; i++) {                                                       \
            if ((i & (d)) == 0) {                                                                  \
                vector a = (v)[i];                                                                 \
                vector b = (v)[i + (d)];                                                           \
                                                                                                   \
                (v)[i] = __builtin_shufflevector(a, b, ALL_LANES(LANES_WITHOUT, d));               \
                (v)[i + (d)] = __builtin_shufflevector(a, b, ALL_LANES(LANES_WITH, d));            \
            }                                                                                      \
        }                                                                                          \
    } while (0)

/* Adds up what differs by the bit `d` alone: in lanes without it of vectors without it, in the
 * others of vectors with it. Leaves `d` vectors. */
#define HALVE(v, d)                                                                                \
    do {                                                                                           \
        for (size_t i = 0; i < (d); i++) {                                                         \
            vector a = (v)[i];                                                                     \
            vector b = (v)[i + (d)];                                                               \
                                                                                                   \
            (v)[i] = __builtin_shufflevector(a, b, ALL_LANES(LANES_WITHOUT, d)) +                  \
                     __builtin_shufflevector(a, b, ALL_LANES(LANES_WITH, d));                      \
        }                                                                                          \
    } while (0)

#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define TURNS_IN_REGISTERS 1
#endif
#endif

INLINE void turn(vector v[LANES])
{
#if defined(TURNS_IN_REGISTERS)
    EXCHANGE(v, 1);
    EXCHANGE(v, 2);
#if SKEL_ISA_LANES >= 8
    EXCHANGE(v, 4);
#endif
#if SKEL_ISA_LANES >= 16
    EXCHANGE(v, 8);
#endif
#else /* gcc before version 12 */
    float from[LANES][LANES];
    float to[LANES][LANES];

    memcpy(from, v, sizeof from);
    for (size_t i = 0; i < LANES; i++) {
        for (size_t l = 0; l < LANES; l++) {
            to[l][i] = from[i][l];
        }
    }
    memcpy(v, to, sizeof to);
#endif
}

/* The sums over the lanes of vectors: lane i is of vector i. Halves of a vector are added first. */
INLINE vector fold_lanes(vector v[LANES])
{
#if defined(TURNS_IN_REGISTERS)
#if SKEL_ISA_LANES >= 16
    HALVE(v, 8);
#endif
#if SKEL_ISA_LANES >= 8
    HALVE(v, 4);
#endif
    HALVE(v, 2);
    HALVE(v, 1);
#else
    turn(v);
    for (size_t d = LANES / 2; d > 0; d /= 2) {
        for (size_t i = 0; i < d; i++) {
            v[i] += v[i + d];
        }
    }
#endif
    return v[0];
}

#endif
