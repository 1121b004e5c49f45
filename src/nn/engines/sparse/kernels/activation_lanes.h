/** Activation functions of vectors. The kind is a constant where they are called. */
#ifndef SKEL_SPARSE_ACTIVATION_LANES_H
#define SKEL_SPARSE_ACTIVATION_LANES_H

#include "activation.h"

#include "lanes.h"

/* Calls `verb` with the kind of an activation as a constant. */
#define FOR_ACTIVATION(verb, activation, ...)                                                      \
    do {                                                                                           \
        switch ((activation).kind) {                                                               \
        case SKEL_SPARSE_IDENTITY:                                                                 \
            verb(SKEL_SPARSE_IDENTITY, activation, __VA_ARGS__);                                   \
            break;                                                                                 \
        case SKEL_SPARSE_RELU:                                                                     \
            verb(SKEL_SPARSE_RELU, activation, __VA_ARGS__);                                       \
            break;                                                                                 \
        case SKEL_SPARSE_LEAKY_RELU:                                                               \
            verb(SKEL_SPARSE_LEAKY_RELU, activation, __VA_ARGS__);                                 \
            break;                                                                                 \
        case SKEL_SPARSE_CLIP:                                                                     \
            verb(SKEL_SPARSE_CLIP, activation, __VA_ARGS__);                                       \
            break;                                                                                 \
        case SKEL_SPARSE_SIGMOID:                                                                  \
            verb(SKEL_SPARSE_SIGMOID, activation, __VA_ARGS__);                                    \
            break;                                                                                 \
        }                                                                                          \
    } while (0)

/* `a` where all bits of `which` are set, `b` where none is. */
INLINE vector blend(bits which, vector a, vector b)
{
    return (vector)(((bits)a & which) | ((bits)b & ~which));
}

/* exp(x) for x from -87 to 88: 2^n times the series of exp at what is left, at most ln(2) / 2 from
 * 0, whose terms from the eighth on are below half a rounding. */
INLINE vector exponential(vector x)
{
    static const float series[] = {1.0F / 5040, 1.0F / 720, 1.0F / 120, 1.0F / 24,
                                   1.0F / 6,    0.5F,       1.0F,       1.0F};
    const float whole = 12582912.0F; /* 1.5 * 2^23: adding it rounds to a whole number */
    vector shifted = x * 1.44269504F + whole;
    vector n = shifted - whole;
    vector left = (x - n * 0.693359375F) + n * 2.12194440e-4F; /* ln(2) in two parts */
    bits power = ((bits)shifted - bits_of(0x4b400000) + 127) << 23;
    vector sum = (vector){0} + series[0];

    for (size_t k = 1; k < sizeof series / sizeof *series; k++) {
        sum = sum * left + series[k];
    }
    return sum * (vector)power;
}

INLINE vector sigmoid(vector x)
{
    vector minus = -x;

    minus = blend((bits)(minus > 88.0F), (vector){0} + 88.0F, minus);
    minus = blend((bits)(minus < -87.0F), (vector){0} - 87.0F, minus);
    return 1.0F / (1.0F + exponential(minus));
}

/* The activation of a vector. */
INLINE vector activated(skel_sparse_activation_kind kind, skel_sparse_activation a, vector x)
{
    const vector zero = {0};

    switch (kind) {
    case SKEL_SPARSE_IDENTITY:
        return x;
    case SKEL_SPARSE_RELU:
        return (vector)((bits)x & ~(bits)(x < zero));
    case SKEL_SPARSE_LEAKY_RELU:
        return blend((bits)(x > zero), x, x * a.slope);
    case SKEL_SPARSE_CLIP:
        x = blend((bits)(x < a.low), zero + a.low, x);
        return blend((bits)(x > a.high), zero + a.high, x);
    case SKEL_SPARSE_SIGMOID:
        break;
    }
    return sigmoid(x);
}

/* The gradient with respect to x, from the one with respect to the activation y. For all kinds but
 * sigmoid, x may stand for y. */
INLINE vector passed(skel_sparse_activation_kind kind, skel_sparse_activation a, vector y,
                     vector dy)
{
    const vector zero = {0};

    switch (kind) {
    case SKEL_SPARSE_IDENTITY:
        return dy;
    case SKEL_SPARSE_RELU:
        return (vector)((bits)dy & (bits)(y > zero));
    case SKEL_SPARSE_LEAKY_RELU:
        return blend((bits)(y > zero), dy, dy * a.slope);
    case SKEL_SPARSE_CLIP:
        return (vector)((bits)dy & (bits)(y > a.low) & (bits)(y < a.high));
    case SKEL_SPARSE_SIGMOID:
        break;
    }
    return dy * y * (1.0F - y);
}

#endif
