/** The list of operations for the tests that every engine must pass: small networks, each around
 *  one operation or one pattern of operations. */
#ifndef SKEL_TESTS_SMALL_NETWORKS_H
#define SKEL_TESTS_SMALL_NETWORKS_H

#include "rig.h"

/** One small network: a 1x1 convolution, so that the gradient passes through what is behind it;
 *  the operation; a linear layer. Static, immutable. */
typedef struct skel_small {
    const char *name;
    void (*build)(skel_builder *builder, size_t x, const struct skel_small *small);
    size_t channels; /**< at the operation's input */
    size_t height;   /**< of the image */
    size_t width;
    size_t outputs; /**< channels of a convolution */
    size_t kernel;
    size_t stride;
    size_t padding;
    bool bias;
} skel_small;

/** How many there are. */
size_t skel_smalls(void);

/** One of them. Static storage. */
const skel_small *skel_small_get(size_t index);

/** Builds one. Fails the test on an error. *Owned*. */
skel_network *skel_small_network(const skel_small *small);

#endif
