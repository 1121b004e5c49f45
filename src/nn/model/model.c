/* The table of models, and the networks that its rows stand for. */
#include "zoo.h"

#include "skel/text.h"

#include <string.h>

enum {
    WIDTH_MAX = 4096,
    CHANNELS_MAX = 65536,
};

static const skel_zoo_model models[] = {
    {"lenet-300-100", &skel_zoo_lenet_300_100, 300, {0}},
    {"lenet-40-20", &skel_zoo_lenet_40_20, 40, {0}},
    {"lenet-5", &skel_zoo_lenet_5, 20, {0}},
    {"lenet-5-caffe", &skel_zoo_lenet_5_caffe, 20, {0}},
    {"resnet20", &skel_zoo_resnet_basic, 16, {3, 3, 3}},
    {"resnet32", &skel_zoo_resnet_basic, 16, {5, 5, 5}},
    {"resnet44", &skel_zoo_resnet_basic, 16, {7, 7, 7}},
    {"resnet56", &skel_zoo_resnet_basic, 16, {9, 9, 9}},
    {"resnet110", &skel_zoo_resnet_basic, 16, {18, 18, 18}},
    {"resnet18", &skel_zoo_resnet_basic, 64, {2, 2, 2, 2}},
    {"resnet34", &skel_zoo_resnet_basic, 64, {3, 4, 6, 3}},
    {"resnet50", &skel_zoo_resnet_bottleneck, 64, {3, 4, 6, 3}},
    {"resnet101", &skel_zoo_resnet_bottleneck, 64, {3, 4, 23, 3}},
    {"resnet152", &skel_zoo_resnet_bottleneck, 64, {3, 8, 36, 3}},
    {"resnet18-imagenet", &skel_zoo_resnet_basic_imagenet, 64, {2, 2, 2, 2}},
    {"resnet34-imagenet", &skel_zoo_resnet_basic_imagenet, 64, {3, 4, 6, 3}},
    {"resnet50-imagenet", &skel_zoo_resnet_bottleneck_imagenet, 64, {3, 4, 6, 3}},
    {"resnet101-imagenet", &skel_zoo_resnet_bottleneck_imagenet, 64, {3, 4, 23, 3}},
    {"resnet152-imagenet", &skel_zoo_resnet_bottleneck_imagenet, 64, {3, 8, 36, 3}},
    {"wide-resnet-22-2", &skel_zoo_wide_resnet_2, 32, {3, 3, 3}},
    {"wide-resnet-28-2", &skel_zoo_wide_resnet_2, 32, {4, 4, 4}},
    {"wide-resnet-16-8", &skel_zoo_wide_resnet_8, 128, {2, 2, 2}},
    {"mobilenet-v1", &skel_zoo_mobilenet_v1, 32, {0}},
    {"mobilenet-v2", &skel_zoo_mobilenet_v2, 32, {0}},
    {"vgg11", &skel_zoo_vgg, 64, {1, 1, 2, 2, 2}},
    {"vgg13", &skel_zoo_vgg, 64, {2, 2, 2, 2, 2}},
    {"vgg16", &skel_zoo_vgg, 64, {2, 2, 3, 3, 3}},
    {"vgg19", &skel_zoo_vgg, 64, {2, 2, 4, 4, 4}},
    {"vgg11-imagenet", &skel_zoo_vgg_imagenet, 64, {1, 1, 2, 2, 2}},
    {"vgg13-imagenet", &skel_zoo_vgg_imagenet, 64, {2, 2, 2, 2, 2}},
    {"vgg16-imagenet", &skel_zoo_vgg_imagenet, 64, {2, 2, 3, 3, 3}},
    {"vgg19-imagenet", &skel_zoo_vgg_imagenet, 64, {2, 2, 4, 4, 4}},
};

enum { MODELS = sizeof models / sizeof *models };

const char *const *skel_model_names(size_t *count)
{
    static const char *names[MODELS];

    for (size_t i = 0; i < MODELS; i++) {
        names[i] = models[i].name;
    }
    *count = MODELS;
    return names;
}

static skel_status find_model(const char *name, const skel_zoo_model **out)
{
    size_t count = 0;
    size_t index = 0;
    const char *const *names = skel_model_names(&count);
    skel_status status = skel_text_find("model", name, count, names, &index);

    if (status == SKEL_OK) {
        *out = &models[index];
    }
    return status;
}

skel_tensor skel_model_image(const char *name)
{
    for (size_t i = 0; i < MODELS; i++) {
        if (strcmp(models[i].name, name) == 0) {
            return models[i].family->images->example;
        }
    }
    return (skel_tensor){0};
}

size_t skel_model_width(const char *name)
{
    for (size_t i = 0; i < MODELS; i++) {
        if (strcmp(models[i].name, name) == 0) {
            return models[i].width;
        }
    }
    return 0;
}

static skel_status check(const skel_zoo_model *model, size_t width, skel_tensor input,
                         size_t classes)
{
    if (width == 0 || width > WIDTH_MAX || width % model->family->width_step != 0) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "%s cannot have width %zu: it must be a multiple of %zu, at most %d "
                         "(the model's own is %zu)",
                         model->name, width, model->family->width_step, WIDTH_MAX, model->width);
    }
    if (classes < 2 || classes > SKEL_CLASSES_MAX) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "%s cannot have %zu classes: 2 to %d are possible",
                         model->name, classes, SKEL_CLASSES_MAX);
    }
    if (input.channels == 0 || input.channels > CHANNELS_MAX || input.height == 0 ||
        input.width == 0 || !model->family->images->accepts(input)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "%s takes %s; an image here has %zu channel%s of %zux%zu pixels",
                         model->name, model->family->images->takes, input.channels,
                         input.channels == 1 ? "" : "s", input.height, input.width);
    }
    return SKEL_OK;
}

skel_status skel_model_create(const char *name, size_t width, skel_tensor input, size_t classes,
                              skel_network **out)
{
    const skel_zoo_model *model = NULL;
    skel_builder builder;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(find_model(name, &model));
    width = width > 0 ? width : model->width;
    SKEL_TRY(check(model, width, input, classes));
    skel_builder_start(&builder, name, width, input, classes);
    if (builder.status == SKEL_OK) {
        model->family->build(&builder, model);
    }
    SKEL_TRY(skel_builder_finish(&builder, out));
done:
    return status;
}
