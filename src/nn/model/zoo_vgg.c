/* VGG networks with batch norm, for images of 32x32 or 64x64.
 *
 * Five stages of 3x3 convolutions (each with batch norm and ReLU, without bias) of width, 2, 4, 8
 * and 8 width channels, a max-pool of 2 between them but not after the last; then an average pool
 * of 2 (4 for 64x64) and one linear layer, `classifier`. The numbers in "features.N" are
 * torchvision's of vgg*_bn, where convolution, batch norm, ReLU and max-pool each count as one.
 * Source: Simonyan and Zisserman 2015, in the form for CIFAR of SNIP, GraSP and FORCE. */
#include "zoo.h"

#include <stdio.h>

static size_t next_module(char out[SKEL_NAME], size_t number)
{
    (void)snprintf(out, SKEL_NAME, "features.%zu", number);
    return number + 1;
}

static void build(skel_builder *builder, const skel_zoo_model *model)
{
    static const size_t ratio[SKEL_ZOO_STAGES] = {1, 2, 4, 8, 8};
    char name[SKEL_NAME];
    size_t number = 0;
    size_t x = 0;

    for (size_t stage = 0; stage < SKEL_ZOO_STAGES; stage++) {
        if (stage > 0) {
            x = skel_builder_pool(builder, SKEL_OP_MAXPOOL, x, 2, 2);
            number++;
        }
        for (size_t i = 0; i < model->blocks[stage]; i++) {
            number = next_module(name, number);
            x = skel_builder_conv(builder, x, name, builder->network->width * ratio[stage], 3, 1, 1,
                                  false);
            number = next_module(name, number);
            x = skel_builder_norm(builder, x, name);
            x = skel_builder_relu(builder, x);
            number++;
        }
    }
    if (builder->status == SKEL_OK) {
        size_t side = builder->network->tensor[x].height;

        x = skel_builder_pool(builder, SKEL_OP_AVGPOOL, x, side, side);
    }
    (void)skel_builder_linear(builder, x, "classifier", builder->network->classes, true);
}

static bool accepts(skel_tensor input)
{
    return input.height == input.width && (input.height == 32 || input.height == 64);
}

static const skel_zoo_images images = {"images of 32x32 or 64x64 pixels", {3, 32, 32}, accepts};

const skel_zoo_family skel_zoo_vgg = {&images, .width_step = 1, .build = build};
