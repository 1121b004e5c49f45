/** The model zoo: a table of models, each of a family. */
#ifndef SKEL_NN_ZOO_H
#define SKEL_NN_ZOO_H

#include "builder.h"

enum { SKEL_ZOO_STAGES = 5 };

typedef struct skel_zoo_model skel_zoo_model;

/** Images that models can have. Static, immutable. */
typedef struct skel_zoo_images {
    const char *takes;   /**< for messages */
    skel_tensor example; /**< one that they can have: of the data set in their paper */
    /** Whether they can have this image; no dimension is 0. Local. */
    bool (*accepts)(skel_tensor input);
} skel_zoo_images;

/** The facts that all models of a family share. Static, immutable; each is in a file zoo_*.c. */
typedef struct skel_zoo_family {
    const skel_zoo_images *images;
    size_t width_step; /**< every width is a multiple of this, so that all stages scale exactly */
    /** Adds all operations, from tensor 0 to the logits. Local. */
    void (*build)(skel_builder *builder, const skel_zoo_model *model);
} skel_zoo_family;

/** One model of the zoo. Static, immutable. */
struct skel_zoo_model {
    const char *name;
    const skel_zoo_family *family;
    size_t width;                   /**< the model's own */
    size_t blocks[SKEL_ZOO_STAGES]; /**< blocks (resnet) or convolutions (vgg) per stage; 0: none */
};

extern const skel_zoo_family skel_zoo_lenet_300_100;
extern const skel_zoo_family skel_zoo_lenet_40_20;
extern const skel_zoo_family skel_zoo_lenet_5;
extern const skel_zoo_family skel_zoo_lenet_5_caffe;
extern const skel_zoo_family skel_zoo_resnet_basic;
extern const skel_zoo_family skel_zoo_resnet_bottleneck;
extern const skel_zoo_family skel_zoo_resnet_basic_imagenet;
extern const skel_zoo_family skel_zoo_resnet_bottleneck_imagenet;
extern const skel_zoo_family skel_zoo_wide_resnet_2;
extern const skel_zoo_family skel_zoo_wide_resnet_8;
extern const skel_zoo_family skel_zoo_mobilenet_v1;
extern const skel_zoo_family skel_zoo_mobilenet_v2;
extern const skel_zoo_family skel_zoo_vgg;
extern const skel_zoo_family skel_zoo_vgg_imagenet;

#endif
