/* Everything for one batch size: buffers and compiled primitives. */
#include "../compile/dense.h"

#include "hessian.h"

#include "skel/memory.h"

#include <stdint.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 1 << 21 };

/* Asks for huge pages: passes stream through gigabytes, and 4 KiB pages cost a tenth of the time.
 * Only advice: where there are none, nothing changes. */
static void advise_huge_pages(void *block, size_t bytes)
{
    uintptr_t begin = ((uintptr_t)block + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    uintptr_t end = ((uintptr_t)block + bytes) / HUGE_PAGE * HUGE_PAGE;

    if (begin < end) {
        (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
    }
}

skel_status skel_dense_take(skel_dense *dense, size_t count, size_t size, void *out)
{
    void **block = out;
    skel_status status = SKEL_OK;

    dense->bytes += count * size;
    if (dense->dry) {
        return SKEL_OK;
    }
    SKEL_FREE(block);
    status = SKEL_ALLOC_RAW(count, size, block);
    if (status == SKEL_OK) {
        advise_huge_pages(*block, count * size);
    }
    return status;
}

static void work_clear(skel_dense_work *work)
{
    skel_dnnl_call_clear(&work->forward);
    skel_dnnl_call_clear(&work->backward_data);
    skel_dnnl_call_clear(&work->backward_weights);
    skel_dnnl_call_clear(&work->unload);
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
    skel_buffers_clear(&(*plan)->buffers);
    SKEL_FREE(plan);
}

void skel_dense_plans_clear(skel_dense *dense)
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
    dnnl_memory_desc_t from;
    dnnl_memory_desc_t to;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dnnl_tensor(input, images, &from));
    SKEL_TRY(skel_dnnl_tensor(&dense->graph.tensor[step->output], images, &to));
    SKEL_TRY(skel_dnnl_reorder_make(&dense->dnnl, &from, &to, name, &dense->scratch_bytes,
                                    &work->forward));
    if (input->differentiable && !dense->base.options.inference) {
        SKEL_TRY(skel_dnnl_reorder_make(&dense->dnnl, &to, &from, name, &dense->scratch_bytes,
                                        &work->backward_data));
    }
done:
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
        case SKEL_STEP_ADD:
        case SKEL_STEP_MAXPOOL:
        case SKEL_STEP_AVGPOOL:
            break;
        }
    }
    return status;
}

/* Grows a block to what a plan needs; its content is lost. */
static skel_status hold(skel_dense *dense, size_t needed, size_t size, size_t *held, void *block)
{
    skel_status status = SKEL_OK;

    if (needed <= *held) {
        return SKEL_OK;
    }
    dense->bytes -= *held * size;
    status = skel_dense_take(dense, needed, size, block);
    *held = status == SKEL_OK ? needed : 0;
    return status;
}

/* What tangents need beside a second arena. */
static skel_status take_tangents(skel_dense *dense, const skel_dense_plan *plan)
{
    skel_status status = SKEL_OK;

    for (size_t slot = 0; slot < dense->slots; slot++) {
        skel_dense_arena *arena = &dense->arena[slot];

        SKEL_TRY(hold(dense, plan->buffers.floats, sizeof(float), &arena->held[SKEL_DENSE_TANGENT],
                      &arena->data[SKEL_DENSE_TANGENT]));
    }
    SKEL_TRY(
        hold(dense, dense->staging_floats, sizeof(float), &dense->second_held, &dense->second));
    SKEL_TRY(hold(dense, plan->images * skel_dense_widest_layer(dense), sizeof(float),
                  &dense->part_held, &dense->part));
done:
    return status;
}

/* The memory that all plans share. A smaller batch may need more of it than the largest: other
 * algorithms, and buffers that pack less well. */
static skel_status take_shared(skel_dense *dense, const skel_dense_plan *plan)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(hold(dense, dense->scratch_bytes, 1, &dense->scratch_held, &dense->scratch));
    SKEL_TRY(
        hold(dense, dense->staging_floats, sizeof(float), &dense->staging_held, &dense->staging));
    for (size_t slot = 0; slot < dense->slots; slot++) {
        skel_dense_arena *arena = &dense->arena[slot];

        SKEL_TRY(hold(dense, plan->buffers.floats, sizeof(float), &arena->held[SKEL_DENSE_VALUE],
                      &arena->data[SKEL_DENSE_VALUE]));
    }
    if (dense->base.options.second_order) {
        SKEL_TRY(take_tangents(dense, plan));
    }
done:
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
    SKEL_TRY(
        skel_buffers_plan(&dense->graph, images, dense->base.options.inference, &plan->buffers));
    SKEL_TRY(compile(dense, plan));
    SKEL_TRY(take_shared(dense, plan));
    *out = plan;
    plan = NULL;
done:
    plan_destroy(dense, &plan);
    return status;
}

skel_status skel_dense_plan_for(skel_dense *dense, size_t images, bool direct,
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
