/* Patches: inputs of convolutions and linear layers as vectors. */
#include "patches.h"

size_t skel_patches_order(const skel_network *network, const skel_op *op)
{
    const skel_parameter *weight = &network->parameter[op->weight];

    return weight->count / weight->shape[0] + (op->bias != SKEL_NONE ? 1 : 0);
}

size_t skel_patches_places(const skel_network *network, const skel_op *op)
{
    const skel_tensor *out = &network->tensor[op->output];

    return op->kind == SKEL_OP_CONV ? out->height * out->width : 1;
}

size_t skel_patches_groups(const skel_op *op)
{
    return op->kind == SKEL_OP_CONV ? op->groups : 1;
}

/* One channel of one place. */
static void look(const skel_window *w, const skel_tensor *in, const double channel[], size_t row,
                 size_t column, double out[])
{
    for (size_t i = 0; i < w->kernel[0]; i++) {
        for (size_t j = 0; j < w->kernel[1]; j++) {
            size_t y = row * w->stride[0] + i * w->dilation[0]; /* in the padded image */
            size_t x = column * w->stride[1] + j * w->dilation[1];
            bool inside = y >= w->before[0] && y - w->before[0] < in->height && x >= w->before[1] &&
                          x - w->before[1] < in->width;

            *out++ = inside ? channel[(y - w->before[0]) * in->width + x - w->before[1]] : 0;
        }
    }
}

static void list_window(const skel_network *network, const skel_op *op, size_t group,
                        const double image[], double out[])
{
    const skel_tensor *in = &network->tensor[op->input];
    const skel_tensor *shape = &network->tensor[op->output];
    size_t taps = op->window.kernel[0] * op->window.kernel[1];
    size_t channels = in->channels / op->groups;
    const double *first = image + group * channels * in->height * in->width;

    for (size_t place = 0; place < shape->height * shape->width; place++) {
        for (size_t c = 0; c < channels; c++) {
            look(&op->window, in, first + c * in->height * in->width, place / shape->width,
                 place % shape->width, out + c * taps);
        }
        out += skel_patches_order(network, op);
    }
}

void skel_patches_list(const skel_network *network, const skel_op *op, size_t group, size_t images,
                       const double input[], double out[])
{
    const skel_tensor *in = &network->tensor[op->input];
    size_t elements = in->channels * in->height * in->width;
    size_t order = skel_patches_order(network, op);
    size_t places = skel_patches_places(network, op);

    for (size_t n = 0; n < images; n++) {
        double *of_image = out + n * places * order;

        if (op->kind == SKEL_OP_CONV) {
            list_window(network, op, group, input + n * elements, of_image);
        } else {
            for (size_t i = 0; i < elements; i++) {
                of_image[i] = input[n * elements + i];
            }
        }
        for (size_t p = 0; op->bias != SKEL_NONE && p < places; p++) {
            of_image[p * order + order - 1] = 1;
        }
    }
}
