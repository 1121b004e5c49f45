/* A network behind a convolution that makes its image. */
#include "builder.h"

#include "skel/imaged.h"
#include "skel/memory.h"

#include <string.h>

skel_status skel_imaged_create(const skel_network *network, skel_network **out)
{
    skel_tensor image = network->tensor[0];
    skel_tensor input = {1, 2 * image.height - 1, 2 * image.width - 1};
    const skel_window window = {
        .kernel = {image.height, image.width}, .stride = {1, 1}, .dilation = {1, 1}};
    skel_builder builder;
    size_t *tensor = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(network->tensors, sizeof *tensor, &tensor));
    skel_builder_start(&builder, network->name, network->width, input, network->classes);
    /* The names of a user's layers do not begin with a dot. */
    tensor[0] = skel_builder_grouped_conv(&builder, 0, ".image", image.channels, &window, 1, false);
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        SKEL_ASSERT(op->kind != SKEL_OP_BATCHNORM); /* folded */
        tensor[op->output] = skel_builder_like(
            &builder, network, op, tensor[op->input],
            op->other != SKEL_NONE ? tensor[op->other] : SKEL_NONE, op->bias != SKEL_NONE);
    }
    SKEL_TRY(skel_builder_finish(&builder, out));
    SKEL_ASSERT((*out)->parameter_count ==
                network->parameter_count + image.channels * image.height * image.width);
done:
    SKEL_FREE(&tensor);
    return status;
}

size_t skel_imaged_input(const skel_network *imaged)
{
    return imaged->tensor[0].height * imaged->tensor[0].width;
}

void skel_imaged_fill(const skel_network *imaged, float out[])
{
    size_t count = skel_imaged_input(imaged);

    memset(out, 0, count * sizeof *out);
    out[count / 2] = 1;
}

void skel_imaged_turn(size_t channels, size_t pixels, const float in[], float out[])
{
    for (size_t c = 0; c < channels; c++) {
        for (size_t i = 0; i < pixels; i++) {
            out[c * pixels + i] = in[c * pixels + pixels - 1 - i];
        }
    }
}
