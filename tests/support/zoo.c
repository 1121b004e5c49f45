/* Small widths and images for every network of the zoo. */
#include "zoo.h"

#include "suite.h"

#include <string.h>

static bool begins(const char *name, const char *family)
{
    return strncmp(name, family, strlen(family)) == 0;
}

size_t skel_zoo_width(const char *name)
{
    if (begins(name, "lenet")) {
        return 12;
    }
    return strcmp(name, "wide-resnet-16-8") == 0 ? 8 : 4;
}

skel_tensor skel_zoo_image(const char *name)
{
    bool halves = begins(name, "mobilenet") || strstr(name, "-imagenet") != NULL;

    if (begins(name, "lenet")) {
        return (skel_tensor){1, 28, 28};
    }
    if (begins(name, "vgg")) {
        return (skel_tensor){3, 32, 32};
    }
    return halves ? (skel_tensor){3, 64, 64} : (skel_tensor){3, 16, 16};
}

skel_network *skel_zoo_network(const char *name)
{
    skel_network *network = NULL;

    ck_assert_ok(skel_model_create(name, skel_zoo_width(name), skel_zoo_image(name), 10, &network));
    return network;
}
