/* When each buffer is in use. Time: forward step i is at i, the loss at `steps`, backward step i at
 * 2 * steps - i. */
#include "placement.h"

#include "skel/memory.h"

typedef struct planner {
    const skel_graph *graph;
    skel_placement *out;
    size_t units;
    bool inference;
} planner;

static size_t backward_time(const planner *p, size_t step)
{
    return 2 * p->graph->steps - step;
}

static size_t add_buffer(planner *p, size_t floats, size_t birth)
{
    p->out->buffer[p->out->count] =
        (skel_arena_buffer){.floats = floats, .birth = birth, .death = birth};
    return p->out->count++;
}

static void keep_until(planner *p, size_t buffer, size_t time)
{
    if (buffer != SKEL_NONE && p->out->buffer[buffer].death < time) {
        p->out->buffer[buffer].death = time;
    }
}

static size_t tensor_floats(const planner *p, size_t tensor)
{
    return p->units * p->graph->tensor[tensor].floats;
}

size_t skel_placement_gradient_part(const skel_graph *graph, const skel_placement *placement,
                                    size_t tensor, size_t n)
{
    const skel_graph_tensor *t = &graph->tensor[tensor];

    if (tensor == graph->logits) {
        if (n == 0) {
            return placement->loss;
        }
        n--;
    }
    for (size_t u = 0; u < t->uses; u++) {
        const skel_graph_use *use = &graph->use[t->first_use + u];

        if (placement->gradient[use->step][use->operand] != SKEL_NONE && n-- == 0) {
            return placement->gradient[use->step][use->operand];
        }
    }
    return SKEL_NONE;
}

/* Whether the backward pass of a step reads its input's values. */
static bool needs_input(skel_step_kind kind)
{
    return kind == SKEL_STEP_CONV || kind == SKEL_STEP_LINEAR || kind == SKEL_STEP_NORM;
}

static void plan_forward(planner *p)
{
    const skel_graph *graph = p->graph;

    for (size_t i = 0; i < graph->steps; i++) {
        const skel_graph_step *step = &graph->step[i];
        bool backward = !p->inference && graph->tensor[step->output].differentiable;

        p->out->value[step->output] = add_buffer(p, tensor_floats(p, step->output), i);
        if (backward && skel_graph_keeps_output(step)) {
            keep_until(p, p->out->value[step->output], backward_time(p, i));
        }
        for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
            if (step->operand[k] != SKEL_NONE) {
                bool late = backward && k == SKEL_STEP_INPUT && needs_input(step->kind);
                keep_until(p, p->out->value[step->operand[k]], late ? backward_time(p, i) : i);
            }
        }
        if ((step->kind == SKEL_STEP_MAXPOOL || step->pool != NULL) && backward) {
            /* two 16-bit numbers a float */
            p->out->choice[i] = add_buffer(p, (tensor_floats(p, step->output) + 1) / 2, i);
            keep_until(p, p->out->choice[i], backward_time(p, i));
        }
    }
    keep_until(p, p->out->value[graph->logits], graph->steps);
}

/* The buffers for the gradients of a step's operands; `part` has the parts of its output's
 * gradient. */
static void plan_operands(planner *p, size_t step_number, const size_t part[2])
{
    const skel_graph_step *step = &p->graph->step[step_number];
    size_t *left = p->out->gradient[step_number];
    size_t spare = SKEL_NONE;
    size_t birth = backward_time(p, step_number);
    bool wanted[SKEL_STEP_OPERANDS];

    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        wanted[k] =
            step->operand[k] != SKEL_NONE && p->graph->tensor[step->operand[k]].differentiable;
    }
    if (step->kind == SKEL_STEP_NORM || step->kind == SKEL_STEP_ADD) {
        /* in place; the addition's other operand comes first: its gradient is the output's */
        spare = step->kind == SKEL_STEP_NORM ? part[1] : SKEL_NONE;
        left[SKEL_STEP_OTHER] = wanted[SKEL_STEP_OTHER] ? part[0] : SKEL_NONE;
        if (wanted[SKEL_STEP_INPUT] && step->pool == NULL) {
            left[SKEL_STEP_INPUT] = wanted[SKEL_STEP_OTHER] ? spare : part[0];
        }
    } else if (step->kind == SKEL_STEP_RELU && wanted[SKEL_STEP_INPUT]) {
        left[SKEL_STEP_INPUT] = part[0];
    }
    if (wanted[SKEL_STEP_INPUT] && left[SKEL_STEP_INPUT] == SKEL_NONE) {
        left[SKEL_STEP_INPUT] =
            add_buffer(p, tensor_floats(p, step->operand[SKEL_STEP_INPUT]), birth);
    }
}

static void plan_backward(planner *p)
{
    const skel_graph *graph = p->graph;

    p->out->loss = add_buffer(p, tensor_floats(p, graph->logits), graph->steps);
    for (size_t i = graph->steps; i-- > 0;) {
        size_t output = graph->step[i].output;
        size_t part[2] = {SKEL_NONE, SKEL_NONE};
        size_t buffer = SKEL_NONE;

        if (!graph->tensor[output].differentiable) {
            continue;
        }
        for (size_t n = 0;
             (buffer = skel_placement_gradient_part(graph, p->out, output, n)) != SKEL_NONE; n++) {
            if (n < 2) {
                part[n] = buffer;
            }
            keep_until(p, buffer, backward_time(p, i));
        }
        plan_operands(p, i, part);
    }
}

skel_status skel_placement_plan(const skel_graph *graph, size_t units, bool inference,
                                skel_placement *placement)
{
    planner p = {.graph = graph, .out = placement, .units = units, .inference = inference};
    size_t most = graph->tensors + 3 * graph->steps + 1;
    skel_status status = SKEL_OK;

    *placement = (skel_placement){.loss = SKEL_NONE};
    SKEL_TRY(SKEL_ALLOC(most, sizeof *placement->buffer, &placement->buffer));
    SKEL_TRY(SKEL_ALLOC(graph->tensors, sizeof *placement->value, &placement->value));
    SKEL_TRY(SKEL_ALLOC(graph->steps, sizeof *placement->choice, &placement->choice));
    SKEL_TRY(SKEL_ALLOC(graph->steps, sizeof *placement->gradient, &placement->gradient));
    for (size_t t = 0; t < graph->tensors; t++) {
        placement->value[t] = SKEL_NONE;
    }
    for (size_t i = 0; i < graph->steps; i++) {
        placement->choice[i] = SKEL_NONE;
        placement->gradient[i][SKEL_STEP_INPUT] = SKEL_NONE;
        placement->gradient[i][SKEL_STEP_OTHER] = SKEL_NONE;
    }
    plan_forward(&p);
    if (!inference) {
        plan_backward(&p);
    }
    SKEL_TRY(skel_arena_plan(placement->count, placement->buffer, &placement->floats));
done:
    return status;
}

void skel_placement_clear(skel_placement *placement)
{
    SKEL_FREE(&placement->buffer);
    SKEL_FREE(&placement->value);
    SKEL_FREE(&placement->choice);
    SKEL_FREE(&placement->gradient);
}
