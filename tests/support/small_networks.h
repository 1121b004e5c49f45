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
    size_t outputs;     /**< channels of a convolution */
    skel_window window; /**< of a convolution or pooling */
    size_t groups;      /**< of a convolution; 0: 1 */
    bool bias;          /**< of a convolution */
} skel_small;

/** The shape of the operation's input, as an initialiser. */
#define SKEL_SMALL_ON(c, h, w) .channels = (c), .height = (h), .width = (w)

/** A square window with padding on all sides, as an initialiser. */
#define SKEL_SMALL_SQUARE(side, step, ring)                                                        \
    .window = {.kernel = {side, side},                                                             \
               .stride = {step, step},                                                             \
               .dilation = {1, 1},                                                                 \
               .before = {ring, ring},                                                             \
               .after = {ring, ring}}

/** How many there are. */
size_t skel_smalls(void);

/** One of them. Static storage. */
const skel_small *skel_small_get(size_t index);

/** The one of a name. Fails the test if there is none. Static storage. */
const skel_small *skel_small_named(const char *name);

/** Builds one. Fails the test on an error. *Owned*. */
skel_network *skel_small_network(const skel_small *small);

/** Those with any window and groups, of skel_smalls(). Static storage. */
const skel_small *skel_small_windows(size_t *count);

/** Those of activations, products, concatenations and blocks, of skel_smalls(). Static storage. */
const skel_small *skel_small_blocks(size_t *count);

/** Adds the linear layer at the end. */
void skel_small_finish(skel_builder *builder, size_t x);

#endif
