/** The model zoo's table, and the families of models that it is made of. */
#ifndef SKEL_NN_ZOO_H
#define SKEL_NN_ZOO_H

#include "builder.h"

enum { SKEL_ZOO_STAGES = 5 };

typedef struct skel_zoo_model skel_zoo_model;

/** What the models of one family have in common. Static, immutable; each lives in zoo_*.c. */
typedef struct skel_zoo_family {
    const char *takes; /**< which inputs it can have, for messages */
    /** Whether it can have this input; no dimension is 0. Local. */
    bool (*accepts)(skel_tensor input);
    size_t width_step; /**< a width must be a multiple of it, so that all stages scale exactly */
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
extern const skel_zoo_family skel_zoo_lenet_5;
extern const skel_zoo_family skel_zoo_resnet_basic;
extern const skel_zoo_family skel_zoo_resnet_bottleneck;
extern const skel_zoo_family skel_zoo_vgg;

#endif
