/* Layers with weights: from chosen primitives to calls. */
#include "layer.h"

#include "packed.h"
#include "tiles.h"

void skel_dense_layer_clear(skel_dense_layer_choice *choice)
{
    dnnl_primitive_desc_t *all[] = {&choice->forward, &choice->backward_data,
                                    &choice->backward_weights};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (*all[i] != NULL) {
            (void)dnnl_primitive_desc_destroy(*all[i]);
            *all[i] = NULL;
        }
    }
}

static const_dnnl_primitive_desc_t primitive_of(const skel_dense_layer_choice *choice,
                                                skel_dense_direction direction)
{
    switch (direction) {
    case SKEL_DENSE_FORWARD:
        return choice->forward;
    case SKEL_DENSE_BACKWARD_DATA:
        return choice->backward_data;
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        break;
    }
    return choice->backward_weights;
}

static bool is_wanted(const skel_dense_layer_choice *choice, skel_dense_direction direction)
{
    return choice->own[direction] || primitive_of(choice, direction) != NULL;
}

static void need_scratch(skel_dense *dense, const skel_dense_layer_choice *choice,
                         skel_dense_direction direction)
{
    size_t bytes = 0;

    if (choice->own[direction] && choice->grouped.images > 0) {
        bytes = skel_dense_f32_grouped_scratch(&choice->grouped, direction) * sizeof(float);
    } else if (choice->own[direction]) {
        bytes = skel_dense_tiles_scratch(&choice->tiles, choice->algorithm[direction], direction) *
                sizeof(float);
    } else if (is_wanted(choice, direction)) {
        bytes = skel_onednn_scratch(primitive_of(choice, direction));
    }
    if (bytes > dense->scratch_bytes) {
        dense->scratch_bytes = bytes;
    }
}

static void need_staging(skel_dense *dense, size_t floats)
{
    if (floats > dense->staging_floats) {
        dense->staging_floats = floats;
    }
}

/* The call of one direction: a primitive's, or the engine's own. */
static skel_status make_call(skel_dense *dense, size_t step, const skel_dense_layer_choice *choice,
                             skel_dense_direction direction, skel_dense_call *call)
{
    static const int arguments[][4] = {
        [SKEL_DENSE_FORWARD] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS},
        [SKEL_DENSE_BACKWARD_DATA] = {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC},
        [SKEL_DENSE_BACKWARD_WEIGHTS] = {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS,
                                         DNNL_ARG_DIFF_BIAS}};
    bool has_bias =
        direction != SKEL_DENSE_BACKWARD_DATA && dense->graph.step[step].op->bias != SKEL_NONE;

    call->direction = direction;
    if (choice->own[direction]) {
        call->tiles = choice->tiles;
        call->grouped = choice->grouped;
        call->algorithm = choice->algorithm[direction];
        return SKEL_OK;
    }
    if (!is_wanted(choice, direction)) {
        return SKEL_OK;
    }
    return skel_onednn_call_make(&dense->dnnl, primitive_of(choice, direction), has_bias ? 4 : 3,
                                 arguments[direction], skel_dense_name(dense, step),
                                 &call->primitive);
}

static skel_status make_calls(skel_dense *dense, size_t step, const skel_dense_layer_choice *choice,
                              skel_dense_work *work)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(make_call(dense, step, choice, SKEL_DENSE_FORWARD, &work->forward));
    SKEL_TRY(make_call(dense, step, choice, SKEL_DENSE_BACKWARD_DATA, &work->backward_data));
    SKEL_TRY(make_call(dense, step, choice, SKEL_DENSE_BACKWARD_WEIGHTS, &work->backward_weights));
done:
    return status;
}

/* A direction's layout of the weights, as a layout of the parameter's own shape: input channels
 * that a primitive was widened by are padding. */
static skel_status weights_layout(const skel_dense *dense, size_t step,
                                  const skel_dense_layer_choice *choice,
                                  skel_dense_direction direction, skel_onednn_layout *layout)
{
    const skel_onednn_layout *flat = &dense->weights[step].flat;
    dnnl_query_t what = direction == SKEL_DENSE_BACKWARD_WEIGHTS ? dnnl_query_diff_weights_md
                                                                 : dnnl_query_weights_md;
    const char *name = skel_dense_name(dense, step);

    if (choice->own[direction] && choice->grouped.images > 0) {
        return skel_onednn_check(skel_onednn_layout_copy(flat, layout), "description", name);
    }
    if (choice->own[direction]) {
        return skel_dense_tiles_layout(&choice->tiles, choice->algorithm[direction], direction,
                                       flat, layout);
    }
    return skel_onednn_check(
        skel_onednn_layout_narrow(
            dnnl_primitive_desc_query_md(primitive_of(choice, direction), what, 0), flat, layout),
        "layout of the weights", name);
}

/* Plans how the weights' gradient gets to the flat layout: at once, or through `staging`. */
static skel_status plan_unload(skel_dense *dense, size_t step,
                               const skel_dense_layer_choice *choice, skel_dense_work *work)
{
    const skel_onednn_layout *flat = &dense->weights[step].flat;
    skel_onednn_layout layout = {0};
    skel_status status = SKEL_OK;

    if (!is_wanted(choice, SKEL_DENSE_BACKWARD_WEIGHTS)) {
        return SKEL_OK;
    }
    SKEL_TRY(weights_layout(dense, step, choice, SKEL_DENSE_BACKWARD_WEIGHTS, &layout));
    work->weights_floats = skel_onednn_bytes(&layout) / sizeof(float);
    work->unloads = !skel_onednn_same(&layout, flat);
    if (work->unloads || dense->base.options.second_order) {
        need_staging(dense, work->weights_floats);
    }
    if (work->unloads) {
        status = skel_onednn_reorder_make(&dense->dnnl, &layout, flat, skel_dense_name(dense, step),
                                          &dense->scratch_bytes, &work->unload);
    }
done:
    skel_onednn_layout_clear(&layout);
    return status;
}

skel_status skel_dense_layer_compile(skel_dense *dense, size_t step,
                                     skel_dense_layer_choice *choice, skel_dense_work *work)
{
    skel_onednn_layout layout = {0};
    skel_status status = SKEL_OK;

    need_scratch(dense, choice, SKEL_DENSE_FORWARD);
    need_scratch(dense, choice, SKEL_DENSE_BACKWARD_DATA);
    need_scratch(dense, choice, SKEL_DENSE_BACKWARD_WEIGHTS);
    SKEL_TRY(weights_layout(dense, step, choice, SKEL_DENSE_FORWARD, &layout));
    SKEL_TRY(skel_dense_packed_find(dense, step, &layout, &work->forward_packed));
    if (is_wanted(choice, SKEL_DENSE_BACKWARD_DATA)) {
        skel_onednn_layout_clear(&layout);
        SKEL_TRY(weights_layout(dense, step, choice, SKEL_DENSE_BACKWARD_DATA, &layout));
        SKEL_TRY(skel_dense_packed_find(dense, step, &layout, &work->backward_packed));
    }
    SKEL_TRY(plan_unload(dense, step, choice, work));
    if (!dense->dry) {
        status = make_calls(dense, step, choice, work);
    }
done:
    skel_onednn_layout_clear(&layout);
    skel_dense_layer_clear(choice);
    return status;
}
