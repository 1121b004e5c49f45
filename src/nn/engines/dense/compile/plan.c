/* Plans: the buffers and the compiled primitives of one batch size. */
#include "plan.h"

#include "convolution.h"
#include "linear.h"
#include "storage.h"

#include "skel/memory.h"

static void work_clear(skel_dense_work *work)
{
    skel_onednn_call_clear(&work->forward.primitive);
    skel_onednn_call_clear(&work->backward_data.primitive);
    skel_onednn_call_clear(&work->backward_weights.primitive);
    skel_onednn_call_clear(&work->unload);
}

static void plan_destroy(const skel_dense *dense, skel_dense_plan **plan)
{
    if (*plan == NULL) {
        return;
    }
    for (size_t i = 0; (*plan)->work != NULL && i < dense->graph.steps; i++) {
        work_clear(&(*plan)->work[i]);
    }
    SKEL_FREE(&(*plan)->work);
    skel_placement_clear(&(*plan)->placement);
    SKEL_FREE(plan);
}

void skel_dense_plan_clear(skel_dense *dense)
{
    while (dense->plan != NULL) {
        skel_dense_plan *next = dense->plan->next;

        plan_destroy(dense, &dense->plan);
        dense->plan = next;
    }
}

static skel_status compile_layout(skel_dense *dense, size_t images, size_t i, skel_dense_work *work)
{
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_graph_tensor *input = &dense->graph.tensor[step->operand[SKEL_STEP_INPUT]];
    const char *name = skel_dense_name(dense, i);
    skel_onednn_layout from = {0};
    skel_onednn_layout to = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onednn_tensor(input, images, &from));
    SKEL_TRY(skel_onednn_tensor(&dense->graph.tensor[step->output], images, &to));
    SKEL_TRY(skel_onednn_reorder_make(&dense->dnnl, &from, &to, name, &dense->scratch_bytes,
                                      &work->forward.primitive));
    if (input->differentiable && !dense->base.options.inference) {
        SKEL_TRY(skel_onednn_reorder_make(&dense->dnnl, &to, &from, name, &dense->scratch_bytes,
                                          &work->backward_data.primitive));
    }
done:
    skel_onednn_layout_clear(&from);
    skel_onednn_layout_clear(&to);
    return status;
}

static skel_status compile(skel_dense *dense, skel_dense_plan *plan)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < dense->graph.steps; i++) {
        switch (dense->graph.step[i].kind) {
        case SKEL_STEP_CONV:
            status = skel_dense_convolution_compile(dense, plan, i, &plan->work[i]);
            break;
        case SKEL_STEP_LINEAR:
            status = skel_dense_linear_compile(dense, plan->images, i, &plan->work[i]);
            break;
        case SKEL_STEP_LAYOUT:
            status = compile_layout(dense, plan->images, i, &plan->work[i]);
            break;
        case SKEL_STEP_NORM:
        case SKEL_STEP_RELU:
        case SKEL_STEP_ACTIVATION:
        case SKEL_STEP_ADD:
        case SKEL_STEP_MUL:
        case SKEL_STEP_CONCAT:
        case SKEL_STEP_MAXPOOL:
        case SKEL_STEP_AVGPOOL:
            break;
        }
    }
    return status;
}

static skel_status plan_create(skel_dense *dense, size_t images, bool direct, skel_dense_plan **out)
{
    skel_dense_plan *plan = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *plan, &plan));
    plan->images = images;
    plan->direct = direct;
    SKEL_TRY(SKEL_ALLOC(dense->graph.steps, sizeof *plan->work, &plan->work));
    SKEL_TRY(skel_placement_plan(&dense->graph, images, dense->base.options.inference, NULL,
                                 &plan->placement));
    SKEL_TRY(compile(dense, plan));
    SKEL_TRY(skel_dense_storage_fit(dense, plan));
    *out = plan;
    plan = NULL;
done:
    plan_destroy(dense, &plan);
    return status;
}

skel_status skel_dense_plan_find(skel_dense *dense, size_t images, bool direct,
                                 skel_dense_plan **out)
{
    skel_dense_plan **end = &dense->plan;
    skel_status status = SKEL_OK;

    /* Winograd's layouts of the weights differ from size to size */
    direct = direct || images < dense->base.options.microbatch;

    for (; *end != NULL; end = &(*end)->next) {
        if ((*end)->images == images && (*end)->direct == direct) {
            *out = *end;
            return SKEL_OK;
        }
    }
    status = plan_create(dense, images, direct, out);
    if (status == SKEL_OK) {
        *end = *out;
    }
    return status;
}
