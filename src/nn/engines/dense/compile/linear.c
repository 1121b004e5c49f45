/* Linear layers as oneDNN's inner products, plain rows in and out. */
#include "linear.h"

#include "layer.h"

typedef struct shape {
    dnnl_memory_desc_t source;
    dnnl_memory_desc_t weights;
    dnnl_memory_desc_t bias;
    dnnl_memory_desc_t destination;
    bool has_bias;
    const char *name;
} shape;

static skel_status shape_of(const skel_dense *dense, size_t images, size_t step_number, shape *out)
{
    const skel_graph_step *step = &dense->graph.step[step_number];
    const skel_graph_tensor *input = &dense->graph.tensor[step->operand[SKEL_STEP_INPUT]];
    dnnl_dim_t inputs = (dnnl_dim_t)(input->channels * input->height * input->width);
    dnnl_dim_t outputs = (dnnl_dim_t)dense->graph.tensor[step->output].channels;
    const dnnl_dims_t source = {(dnnl_dim_t)images, inputs};
    const dnnl_dims_t weights = {outputs, inputs};
    const dnnl_dims_t destination = {(dnnl_dim_t)images, outputs};
    static const char what[] = "description";
    skel_status status = SKEL_OK;

    out->has_bias = step->op->bias != SKEL_NONE;
    out->name = step->op->name;
    SKEL_ONEDNN_TRY(dnnl_memory_desc_init_by_tag(&out->source, 2, source, dnnl_f32, dnnl_ab), what,
                    out->name);
    SKEL_ONEDNN_TRY(
        dnnl_memory_desc_init_by_tag(&out->weights, 2, weights, dnnl_f32, dnnl_format_tag_any),
        what, out->name);
    SKEL_ONEDNN_TRY(dnnl_memory_desc_init_by_tag(&out->bias, 1, weights, dnnl_f32, dnnl_x), what,
                    out->name);
    SKEL_ONEDNN_TRY(
        dnnl_memory_desc_init_by_tag(&out->destination, 2, destination, dnnl_f32, dnnl_ab), what,
        out->name);
done:
    return status;
}

/* Also for an inference: as with convolutions, its bits are those of a training. */
static skel_status choose_forward(const skel_dense *dense, const shape *s,
                                  dnnl_primitive_desc_t *out)
{
    static const char what[] = "linear forward";
    dnnl_inner_product_desc_t description;
    skel_status status = SKEL_OK;

    SKEL_ONEDNN_TRY(dnnl_inner_product_forward_desc_init(
                        &description, dnnl_forward_training, &s->source, &s->weights,
                        s->has_bias ? &s->bias : NULL, &s->destination),
                    what, s->name);
    status = skel_onednn_ask(&dense->dnnl, &description, NULL, what, s->name, NULL, out);
done:
    return status;
}

static dnnl_status_t describe_backward_data(dnnl_inner_product_desc_t *out, const shape *s)
{
    return dnnl_inner_product_backward_data_desc_init(out, &s->source, &s->weights,
                                                      &s->destination);
}

static dnnl_status_t describe_backward_weights(dnnl_inner_product_desc_t *out, const shape *s)
{
    return dnnl_inner_product_backward_weights_desc_init(
        out, &s->source, &s->weights, s->has_bias ? &s->bias : NULL, &s->destination);
}

typedef dnnl_status_t description_of(dnnl_inner_product_desc_t *out, const shape *s);

/* The primitive of one backward pass; `what` names the pass in messages. */
static skel_status choose_backward(const skel_dense *dense, const shape *s,
                                   description_of *describe, const char *what,
                                   const_dnnl_primitive_desc_t forward, dnnl_primitive_desc_t *out)
{
    dnnl_inner_product_desc_t description;
    skel_status status = SKEL_OK;

    SKEL_ONEDNN_TRY(describe(&description, s), what, s->name);
    status = skel_onednn_ask(&dense->dnnl, &description, forward, what, s->name, NULL, out);
done:
    return status;
}

skel_status skel_dense_linear_compile(skel_dense *dense, size_t images, size_t step_number,
                                      skel_dense_work *work)
{
    const skel_graph_step *step = &dense->graph.step[step_number];
    skel_dense_layer_choice choice = {.forward = NULL};
    shape s;
    skel_status status = SKEL_OK;

    SKEL_TRY(shape_of(dense, images, step_number, &s));
    SKEL_TRY(choose_forward(dense, &s, &choice.forward));
    if (!dense->base.options.inference) {
        if (dense->graph.tensor[step->operand[SKEL_STEP_INPUT]].differentiable) {
            SKEL_TRY(choose_backward(dense, &s, describe_backward_data, "linear backward data",
                                     choice.forward, &choice.backward_data));
        }
        SKEL_TRY(choose_backward(dense, &s, describe_backward_weights, "linear backward weights",
                                 choice.forward, &choice.backward_weights));
    }
    status = skel_dense_layer_compile(dense, step_number, &choice, work);
done:
    skel_dense_layer_clear(&choice);
    return status;
}
