/** A network of the zoo with drawn weights, as the parts measure it. */
#ifndef SKEL_BENCH_NETWORK_H
#define SKEL_BENCH_NETWORK_H

#include "skel/bench.h"

#include "skel/network.h"

enum { BENCH_CLASSES = 10 };

/** A network, its weights and its running averages. */
typedef struct skel_bench_network {
    skel_network *network;
    float *parameters; /* [parameter_count] */
    float *buffers;    /* [buffer_count] */
} skel_bench_network;

/** Describes a network of BENCH_CLASSES classes and draws its weights.
 *
 *  Local. The images are those of skel_model_image().
 *  @param width   of its first stage, 0 for the model's own
 *  @param groups  of its convolutions with a window of more than one tap, where they divide the
 *                 channels; 1: as they are
 *  @param out    in: all zero; out: *owned*, skel_bench_network_destroy() it, also after an error
 *  Errors: as skel_model_create(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_bench_network_create(const char *model, size_t width, size_t groups,
                                                   skel_bench_network *out);

/** Draws the weights of a network that is described already.
 *
 *  Local.
 *  @param out  in: `network` set, all else zero; out: *owned* as above
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_bench_network_draw(skel_bench_network *out);

/** Frees the network and its vectors.
 *
 *  Local.
 */
void skel_bench_network_destroy(skel_bench_network *network);

/** Draws images with standard normal pixels, which normalised images roughly have, and labels.
 *
 *  Local.
 *  @param stream  number of the random stream
 *  @param images  out: [count][channels][height][width], *owned*, SKEL_FREE() it
 *  @param labels  out: [count], *owned* likewise
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_bench_images_draw(const skel_network *network, size_t count,
                                                uint32_t stream, float **images, uint16_t **labels);

/** Draws a mask: a prunable weight is kept with probability `density`, any other always.
 *
 *  Local.
 *  @param number  of the random stream
 *  @param mask    out: [parameter_count], *owned*, SKEL_FREE() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_bench_mask_draw(const skel_network *network, uint32_t number,
                                              double density, uint8_t **mask);

/** Floats of one image of the network.
 *
 *  Local.
 */
size_t skel_bench_image_floats(const skel_network *network);

#endif
