/* Linear layers as oneDNN's inner products, plain rows in and out. */
#include "linear.h"

#include "layer.h"

static skel_status layer_of(const skel_dense *dense, size_t images, size_t step_number,
                            skel_onednn_layer *out)
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

    *out = (skel_onednn_layer){
        .linear = true, .has_bias = step->op->bias != SKEL_NONE, .name = step->op->name};
    SKEL_ONEDNN_TRY(skel_onednn_layout_make(2, source, dnnl_ab, &out->source), what, out->name);
    SKEL_ONEDNN_TRY(skel_onednn_layout_make(2, weights, dnnl_format_tag_any, &out->weights), what,
                    out->name);
    SKEL_ONEDNN_TRY(skel_onednn_layout_make(1, weights, dnnl_x, &out->bias), what, out->name);
    SKEL_ONEDNN_TRY(skel_onednn_layout_make(2, destination, dnnl_ab, &out->destination), what,
                    out->name);
done:
    return status;
}

/* The primitive of one direction. */
static skel_status choose(const skel_dense *dense, const skel_onednn_layer *layer,
                          skel_dense_direction direction, const_dnnl_primitive_desc_t forward,
                          dnnl_primitive_desc_t *out)
{
    return skel_onednn_ask(&dense->dnnl, layer, dnnl_alg_kind_undef, direction, forward, NULL, out);
}

skel_status skel_dense_linear_compile(skel_dense *dense, size_t images, size_t step_number,
                                      skel_dense_work *work)
{
    const skel_graph_step *step = &dense->graph.step[step_number];
    skel_dense_layer_choice choice = {.forward = NULL};
    skel_onednn_layer layer = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(layer_of(dense, images, step_number, &layer));
    SKEL_TRY(choose(dense, &layer, SKEL_DENSE_FORWARD, NULL, &choice.forward));
    if (!dense->base.options.inference) {
        if (dense->graph.tensor[step->operand[SKEL_STEP_INPUT]].differentiable) {
            SKEL_TRY(choose(dense, &layer, SKEL_DENSE_BACKWARD_DATA, choice.forward,
                            &choice.backward_data));
        }
        SKEL_TRY(choose(dense, &layer, SKEL_DENSE_BACKWARD_WEIGHTS, choice.forward,
                        &choice.backward_weights));
    }
    status = skel_dense_layer_compile(dense, step_number, &choice, work);
done:
    skel_dense_layer_clear(&choice);
    skel_onednn_layer_clear(&layer);
    return status;
}
