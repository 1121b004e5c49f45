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

/* One channel of one place. */
static void look(const skel_op *op, const skel_tensor *in, const double image[], size_t channel,
                 size_t row, size_t column, double out[])
{
    for (size_t i = 0; i < op->window.kernel[0]; i++) {
        for (size_t j = 0; j < op->window.kernel[0]; j++) {
            size_t y = row * op->window.stride[0] + i; /* in the padded image */
            size_t x = column * op->window.stride[0] + j;
            bool inside = y >= op->window.before[0] && y - op->window.before[0] < in->height &&
                          x >= op->window.before[0] && x - op->window.before[0] < in->width;

            *out++ = inside ? image[(channel * in->height + y - op->window.before[0]) * in->width +
                                    x - op->window.before[0]]
                            : 0;
        }
    }
}

static void list_window(const skel_network *network, const skel_op *op, const double image[],
                        size_t order, double out[])
{
    const skel_tensor *in = &network->tensor[op->input];
    const skel_tensor *shape = &network->tensor[op->output];
    size_t window = op->window.kernel[0] * op->window.kernel[0];

    for (size_t row = 0; row < shape->height; row++) {
        for (size_t column = 0; column < shape->width; column++) {
            for (size_t c = 0; c < in->channels; c++) {
                look(op, in, image, c, row, column, out + c * window);
            }
            out += order;
        }
    }
}

void skel_patches_list(const skel_network *network, const skel_op *op, size_t images,
                       const double input[], double out[])
{
    const skel_tensor *in = &network->tensor[op->input];
    size_t elements = in->channels * in->height * in->width;
    size_t order = skel_patches_order(network, op);
    size_t places = skel_patches_places(network, op);

    for (size_t n = 0; n < images; n++) {
        double *of_image = out + n * places * order;

        if (op->kind == SKEL_OP_CONV) {
            list_window(network, op, input + n * elements, order, of_image);
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
