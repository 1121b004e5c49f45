/** Activation functions that are linear piece by piece, and sigmoid. */
#ifndef SKEL_SPARSE_ACTIVATION_H
#define SKEL_SPARSE_ACTIVATION_H

typedef enum skel_sparse_activation_kind {
    SKEL_SPARSE_IDENTITY,
    SKEL_SPARSE_RELU,
    SKEL_SPARSE_LEAKY_RELU, /**< x above 0, else `slope` times x */
    SKEL_SPARSE_CLIP,       /**< x, at least `low` and at most `high` */
    SKEL_SPARSE_SIGMOID,
} skel_sparse_activation_kind;

/** An activation function. NaN stays NaN. Its derivative follows from its value. Plain data. */
typedef struct skel_sparse_activation {
    skel_sparse_activation_kind kind;
    float slope;
    float low;
    float high;
} skel_sparse_activation;

#endif
