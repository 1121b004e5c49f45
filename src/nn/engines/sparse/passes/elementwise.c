/* Activations, products and concatenations, channel by channel. A block holds all pixels of its
 * images: so a factor that was computed from all pixels of an image is there when a window comes to
 * the product. */
#include "elementwise.h"

#include "../compile/tensors.h"

skel_sparse_activation skel_sparse_elementwise_function(const skel_graph_step *step)
{
    const skel_op *op = step->kind == SKEL_STEP_ACTIVATION ? step->op : step->activation;
    skel_sparse_activation_kind kind = SKEL_SPARSE_IDENTITY;

    if (step->relu || step->kind == SKEL_STEP_RELU) {
        kind = SKEL_SPARSE_RELU;
    }
    if (op == NULL) {
        return (skel_sparse_activation){.kind = kind};
    }
    kind = op->kind == SKEL_OP_LEAKY_RELU ? SKEL_SPARSE_LEAKY_RELU
           : op->kind == SKEL_OP_CLIP     ? SKEL_SPARSE_CLIP
                                          : SKEL_SPARSE_SIGMOID;
    return (skel_sparse_activation){
        .kind = kind, .slope = (float)op->slope, .low = (float)op->low, .high = (float)op->high};
}

/* A channel's values. */
static skel_sparse_source value_of(const skel_sparse *sparse, size_t slot, size_t tensor,
                                   size_t block, size_t channel)
{
    const skel_sparse_planes *planes = &sparse->planes[tensor];

    return (skel_sparse_source){.first = skel_sparse_value(sparse, slot, tensor, block) +
                                         skel_sparse_planes_origin(planes, channel),
                                .row = planes->row};
}

/* A channel of a tensor's gradient, in a buffer. */
static skel_sparse_target gradient_of(const skel_sparse *sparse, size_t slot, size_t buffer,
                                      size_t tensor, size_t block, size_t channel)
{
    const skel_sparse_planes *planes = &sparse->back[tensor];

    return (skel_sparse_target){
        .first = skel_sparse_block(sparse, slot, buffer, block, skel_sparse_planes_floats(planes)) +
                 skel_sparse_planes_origin(planes, channel),
        .row = planes->row};
}

static skel_sparse_source to_read(skel_sparse_target target)
{
    return (skel_sparse_source){.first = target.first, .row = target.row};
}

/* Whether the second operand of a product has one pixel for all of the first. */
static bool is_spread(const skel_sparse *sparse, const skel_graph_step *step)
{
    const skel_sparse_planes *input = &sparse->planes[step->operand[SKEL_STEP_INPUT]];
    const skel_sparse_planes *other = &sparse->planes[step->operand[SKEL_STEP_OTHER]];

    return other->height != input->height || other->width != input->width;
}

/* The operand that a concatenation has a channel of its output from. `channel` in and out: that of
 * the operand. */
static size_t operand_of(const skel_sparse *sparse, const skel_graph_step *step, size_t *channel)
{
    size_t channels = sparse->planes[step->operand[SKEL_STEP_INPUT]].channels;

    if (*channel < channels) {
        return SKEL_STEP_INPUT;
    }
    *channel -= channels;
    return SKEL_STEP_OTHER;
}

void skel_sparse_elementwise_forward(const skel_sparse *sparse, size_t number, size_t slot,
                                     size_t block, size_t channel)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_elementwise_kernels *kernels = sparse->kernels->elementwise;
    const skel_sparse_planes *planes = &sparse->planes[step->output];
    size_t from = step->kind == SKEL_STEP_CONCAT ? operand_of(sparse, step, &channel)
                                                 : (size_t)SKEL_STEP_INPUT;
    size_t first = from == SKEL_STEP_OTHER ? sparse->planes[step->operand[0]].channels : 0;
    skel_sparse_source x = value_of(sparse, slot, step->operand[from], block, channel);
    skel_sparse_target y = {.first = skel_sparse_value(sparse, slot, step->output, block) +
                                     skel_sparse_planes_origin(planes, first + channel),
                            .row = planes->row};
    skel_sparse_lane_mask lanes =
        skel_sparse_lane_mask_of(sparse->kernels->lanes, sparse->slot[slot].images, block);

    if (step->kind == SKEL_STEP_CONCAT) {
        kernels->copy(planes->height, planes->width, x, y);
    } else if (step->kind != SKEL_STEP_MUL) {
        kernels->activate(planes->height, planes->width, skel_sparse_elementwise_function(step), x,
                          &lanes, y);
    } else {
        skel_sparse_source other =
            value_of(sparse, slot, step->operand[SKEL_STEP_OTHER], block, channel);

        if (is_spread(sparse, step)) {
            kernels->scale(planes->height, planes->width, x, other.first, y);
        } else {
            kernels->multiply(planes->height, planes->width, x, other, y);
        }
    }
}

/* Both parts of a product's gradient: each operand's is the output's times the other operand. */
static void product_backward(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                             size_t channel, skel_sparse_source dy)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_elementwise_kernels *kernels = sparse->kernels->elementwise;
    const skel_sparse_planes *planes = &sparse->planes[step->output];
    bool spread = is_spread(sparse, step);

    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        size_t buffer = sparse->placement.gradient[number][k];
        size_t factor = step->operand[SKEL_STEP_OPERANDS - 1 - k];
        skel_sparse_source by = value_of(sparse, slot, factor, block, channel);
        skel_sparse_target dx;

        if (buffer == SKEL_NONE) {
            continue;
        }
        dx = gradient_of(sparse, slot, buffer, step->operand[k], block, channel);
        if (!spread) {
            kernels->multiply(planes->height, planes->width, dy, by, dx);
        } else if (k == SKEL_STEP_INPUT) {
            kernels->scale(planes->height, planes->width, dy, by.first, dx);
        } else {
            kernels->dot(planes->height, planes->width, dy, by, dx.first);
        }
    }
}

void skel_sparse_elementwise_backward(const skel_sparse *sparse, size_t number, size_t slot,
                                      size_t block, size_t channel, size_t dy)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_elementwise_kernels *kernels = sparse->kernels->elementwise;
    const skel_sparse_planes *planes = &sparse->planes[step->output];
    const size_t *buffer = sparse->placement.gradient[number];
    skel_sparse_source from = to_read(gradient_of(sparse, slot, dy, step->output, block, channel));

    if (step->kind == SKEL_STEP_MUL) {
        product_backward(sparse, number, slot, block, channel, from);
    } else if (step->kind == SKEL_STEP_CONCAT) {
        size_t k = operand_of(sparse, step, &channel);

        if (buffer[k] != SKEL_NONE) {
            kernels->copy(planes->height, planes->width, from,
                          gradient_of(sparse, slot, buffer[k], step->operand[k], block, channel));
        }
    } else {
        kernels->activate_backward(planes->height, planes->width,
                                   skel_sparse_elementwise_function(step),
                                   value_of(sparse, slot, step->output, block, channel), from,
                                   gradient_of(sparse, slot, buffer[SKEL_STEP_INPUT],
                                               step->operand[SKEL_STEP_INPUT], block, channel));
    }
}
