/* VGG networks with batch norm, in a form for small images and in that for ImageNet.
 *
 * Five stages of 3x3 convolutions (each with batch norm and ReLU) of width, 2, 4, 8 and 8 width
 * channels, with max-pools of 2. The numbers in "features.N" are torchvision's of vgg*_bn, where
 * convolution, batch norm, ReLU and max-pool each count as one.
 *
 * vggN: convolutions without bias, no max-pool after the last stage; then an average pool of what
 * is left (2x2 of 32x32) and one linear layer, `classifier`.
 *
 * vggN-imagenet: torchvision's vggN_bn: convolutions with bias, a max-pool after the last stage,
 * too; then linear layers of 64 and 64 times the width, each with ReLU, and one of the classes. The
 * dropout between them is left out, and so is the pooling to 7x7 before them, which changes nothing
 * for 224x224: the first linear layer is as large as the image makes it.
 *
 * Source: Simonyan and Zisserman 2015, table 1; the form for CIFAR is that of SNIP, GraSP and
 * FORCE.
 */
#include "zoo.h"

#include <stdio.h>

static size_t next_module(char out[SKEL_NAME], size_t number)
{
    (void)snprintf(out, SKEL_NAME, "features.%zu", number);
    return number + 1;
}

/* The convolutions of one stage, from module `number` on. */
static size_t add_stage(skel_builder *builder, size_t x, size_t convolutions, size_t channels,
                        bool bias, size_t *number)
{
    char name[SKEL_NAME];

    for (size_t i = 0; i < convolutions; i++) {
        *number = next_module(name, *number);
        x = skel_builder_conv(builder, x, name, channels, 3, 1, 1, bias);
        *number = next_module(name, *number);
        x = skel_builder_norm(builder, x, name);
        x = skel_builder_relu(builder, x);
        ++*number;
    }
    return x;
}

static size_t add_features(skel_builder *builder, const skel_zoo_model *model, bool bias)
{
    static const size_t ratio[SKEL_ZOO_STAGES] = {1, 2, 4, 8, 8};
    size_t number = 0;
    size_t x = 0;

    for (size_t stage = 0; stage < SKEL_ZOO_STAGES; stage++) {
        if (stage > 0) {
            x = skel_builder_pool(builder, SKEL_OP_MAXPOOL, x, 2, 2);
            number++;
        }
        x = add_stage(builder, x, model->blocks[stage], builder->network->width * ratio[stage],
                      bias, &number);
    }
    return x;
}

static void build(skel_builder *builder, const skel_zoo_model *model)
{
    size_t x = skel_builder_pool_all(builder, add_features(builder, model, false));

    (void)skel_builder_linear(builder, x, "classifier", builder->network->classes, true);
}

static void build_imagenet(skel_builder *builder, const skel_zoo_model *model)
{
    size_t hidden = 64 * builder->network->width;
    size_t x = add_features(builder, model, true);

    x = skel_builder_pool(builder, SKEL_OP_MAXPOOL, x, 2, 2);
    x = skel_builder_relu(builder, skel_builder_linear(builder, x, "classifier.0", hidden, true));
    x = skel_builder_relu(builder, skel_builder_linear(builder, x, "classifier.3", hidden, true));
    (void)skel_builder_linear(builder, x, "classifier.6", builder->network->classes, true);
}

static bool accepts(skel_tensor input)
{
    return input.height % 32 == 0 && input.width % 32 == 0;
}

static const skel_zoo_images images = {
    "images whose sides are multiples of 32", {3, 32, 32}, accepts};
static const skel_zoo_images large = {
    "images whose sides are multiples of 32", {3, 224, 224}, accepts};

const skel_zoo_family skel_zoo_vgg = {&images, .width_step = 1, .build = build};
const skel_zoo_family skel_zoo_vgg_imagenet = {&large, .width_step = 1, .build = build_imagenet};
