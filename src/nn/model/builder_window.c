/* The output shape of a sliding window. */
#include "builder_window.h"

/* Positions of a window along one dimension of an input; 0 if it does not fit. */
static size_t positions(const skel_window *w, size_t dimension, size_t in)
{
    size_t padded = in + w->before[dimension] + w->after[dimension];
    size_t reach = (w->kernel[dimension] - 1) * w->dilation[dimension] + 1;

    SKEL_ASSERT(w->kernel[dimension] > 0 && w->stride[dimension] > 0 && w->dilation[dimension] > 0);
    return padded < reach ? 0 : (padded - reach) / w->stride[dimension] + 1;
}

skel_tensor skel_builder_slide(skel_builder *builder, const skel_op *op, size_t channels)
{
    skel_tensor in = skel_builder_shape(builder, op->input);
    size_t height = positions(&op->window, 0, in.height);
    size_t width = positions(&op->window, 1, in.width);

    SKEL_ASSERT(channels > 0);
    if (height == 0 || width == 0) {
        builder->status =
            SKEL_FAIL(SKEL_ERR_CONFIG, "%s%s%s: a window of %zux%zu does not fit in %zux%zu",
                      builder->network->name, op->name[0] != '\0' ? ", " : "", op->name,
                      op->window.kernel[0], op->window.kernel[1], in.height, in.width);
        return in;
    }
    return (skel_tensor){channels, height, width};
}
