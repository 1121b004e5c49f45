/* Products and concatenations of two tensors. */
#include "pair.h"

#include "../compile/shape.h"
#include "slot.h"

/* A step on two tensors in one slot. */
typedef struct pair {
    const skel_dense_context *context;
    const skel_dense *dense;
    const skel_graph_step *step;
    size_t number;
    size_t slot;
    size_t images;
} pair;

static pair pair_of(const skel_dense_context *context, size_t number, size_t slot)
{
    return (pair){.context = context,
                  .dense = context->dense,
                  .step = &context->dense->graph.step[number],
                  .number = number,
                  .slot = slot,
                  .images = context->dense->arena[slot].plan->images};
}

static const float *value_of(const pair *p, size_t operand)
{
    return skel_dense_slot_value(p->dense, p->slot, p->step->operand[operand],
                                 p->context->batch[p->slot].images);
}

static const float *tangent_of(const pair *p, size_t operand)
{
    return skel_dense_slot_tangent(p->dense, p->slot, p->step->operand[operand]);
}

/* Copies an operand, or zeros for NULL, into its channels of the output. */
static void join(const pair *p, size_t operand, float factor, const float *from, float *to)
{
    const skel_graph_tensor *in = &p->dense->graph.tensor[p->step->operand[operand]];

    skel_dense_f32_channels_copy(p->images, in->height * in->width, in->block, in->channels, factor,
                                 (skel_dense_channels){.blocks = in->padded / in->block}, from,
                                 skel_dense_shape_channels(p->dense, p->step, operand), to);
}

static void clear_padding(const pair *p, size_t tensor, float *x)
{
    const skel_graph_tensor *t = &p->dense->graph.tensor[tensor];

    skel_dense_f32_channels_clear(p->images, t->channels, t->height * t->width, t->block, x);
}

void skel_dense_pair_forward(const skel_dense_context *context, size_t number, size_t slot,
                             const float factor[SKEL_STEP_OPERANDS])
{
    pair p = pair_of(context, number, slot);
    const skel_placement *placement = &p.dense->arena[slot].plan->placement;
    float *y = skel_dense_slot_buffer(p.dense, slot, placement->value[p.step->output]);

    if (p.step->kind == SKEL_STEP_MUL) {
        skel_dense_f32_product_multiply(skel_dense_shape_product(p.dense, p.step, p.images),
                                        value_of(&p, SKEL_STEP_INPUT),
                                        value_of(&p, SKEL_STEP_OTHER), y);
        return;
    }
    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        join(&p, k, factor[k], value_of(&p, k), y);
    }
    clear_padding(&p, p.step->output, y);
}

/* R (a b) = Ra b + a Rb, where one of the tangents may be 0. */
static void product_tangent(const pair *p, float *ry)
{
    skel_dense_f32_product product = skel_dense_shape_product(p->dense, p->step, p->images);
    const float *ra = tangent_of(p, SKEL_STEP_INPUT);
    const float *rb = tangent_of(p, SKEL_STEP_OTHER);

    if (ra != NULL) {
        skel_dense_f32_product_multiply(product, ra, value_of(p, SKEL_STEP_OTHER), ry);
        product.adds = true;
    }
    if (rb != NULL) {
        skel_dense_f32_product_multiply(product, value_of(p, SKEL_STEP_INPUT), rb, ry);
    }
}

void skel_dense_pair_tangent(const skel_dense_context *context, size_t number, size_t slot)
{
    pair p = pair_of(context, number, slot);
    float *ry = skel_dense_slot_tangent(p.dense, slot, p.step->output);

    if (p.step->kind == SKEL_STEP_MUL) {
        product_tangent(&p, ry);
        return;
    }
    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        join(&p, k, 1, tangent_of(&p, k), ry);
    }
    clear_padding(&p, p.step->output, ry);
}

/* dx = dy times the other factor, summed over the pixels that an operand of one pixel multiplies.
 */
static void multiply_into(const pair *p, size_t operand, bool adds, const float *dy,
                          const float *factor, float *dx)
{
    skel_dense_f32_product product = skel_dense_shape_product(p->dense, p->step, p->images);

    product.squares = p->context->squares != NULL;
    product.adds = adds;
    if (operand == SKEL_STEP_OTHER && product.one_pixel) {
        skel_dense_f32_product_sum(product, dy, factor, dx);
        return;
    }
    product.one_pixel = operand == SKEL_STEP_INPUT && product.one_pixel;
    skel_dense_f32_product_multiply(product, dy, factor, dx);
}

/* R (dy f) = Rdy f + dy Rf. */
static void product_backward(const pair *p, size_t operand, const float *dy, float *dx)
{
    size_t factor = operand == SKEL_STEP_INPUT ? SKEL_STEP_OTHER : SKEL_STEP_INPUT;

    multiply_into(p, operand, false, dy, value_of(p, factor), dx);
    if (p->context->side == SKEL_DENSE_TANGENT && tangent_of(p, factor) != NULL) {
        size_t gathered = skel_placement_gradient_part(
            &p->dense->graph, &p->dense->arena[p->slot].plan->placement, p->step->output, 0);

        multiply_into(p, operand, true, skel_dense_slot_buffer(p->dense, p->slot, gathered),
                      tangent_of(p, factor), dx);
    }
}

/* An operand's channels of the output's gradient. */
static void part(const pair *p, size_t operand, const float *dy, float *dx)
{
    const skel_graph_tensor *in = &p->dense->graph.tensor[p->step->operand[operand]];

    skel_dense_f32_channels_copy(p->images, in->height * in->width, in->block, in->channels, 1,
                                 skel_dense_shape_channels(p->dense, p->step, operand), dy,
                                 (skel_dense_channels){.blocks = in->padded / in->block}, dx);
    clear_padding(p, p->step->operand[operand], dx);
}

void skel_dense_pair_backward(const skel_dense_context *context, size_t number, size_t slot,
                              const float *dy)
{
    pair p = pair_of(context, number, slot);
    const size_t *left = p.dense->arena[slot].plan->placement.gradient[number];

    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        float *dx = skel_dense_slot_side_buffer(p.dense, context->side, slot, left[k]);

        if (dx != NULL && p.step->kind == SKEL_STEP_MUL) {
            product_backward(&p, k, dy, dx);
        } else if (dx != NULL) {
            part(&p, k, dy, dx);
        }
    }
}
