/* When each buffer is in use, and where it lies. */
#include "placement.h"

#include "skel/memory.h"

typedef struct planner {
    const skel_graph *graph;
    skel_placement *out;
    size_t units;
    bool inference;
    const skel_placement_segments *segments; /* NULL: none */
} planner;

static size_t backward_time(const planner *p, size_t step)
{
    return skel_placement_backward_time(p->graph, step);
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

static size_t gradient_floats(const planner *p, size_t tensor)
{
    return p->units * p->graph->tensor[tensor].gradient_floats;
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

/* Whether the backward pass of a step reads the values of an operand. A flow needs the input of a
 * sigmoid: where its output is rounded to 1, the slope does not follow from the output. */
static bool needs_operand(const skel_graph_step *step, size_t operand)
{
    return step->kind == SKEL_STEP_MUL ||
           (operand == SKEL_STEP_INPUT &&
            (skel_graph_has_weights(step) || step->kind == SKEL_STEP_NORM ||
             (step->kind == SKEL_STEP_ACTIVATION && step->op->kind == SKEL_OP_SIGMOID)));
}

/* Whether the backward pass computes a tensor again rather than keep it: only layers read the
 * tensor, and one pass over the input of a batch norm, which is kept, makes it. */
static bool comes_again(const planner *p, size_t tensor)
{
    const skel_graph *graph = p->graph;
    const skel_graph_tensor *t = &graph->tensor[tensor];
    const skel_graph_step *producer = t->producer == SKEL_NONE ? NULL : &graph->step[t->producer];
    bool again = p->segments != NULL && producer != NULL && producer->kind == SKEL_STEP_NORM &&
                 producer->operand[SKEL_STEP_OTHER] == SKEL_NONE && producer->pool == NULL;

    for (size_t u = 0; again && u < t->uses; u++) {
        again = skel_graph_has_weights(&graph->step[graph->use[t->first_use + u].step]);
    }
    return again;
}

/* Plans the values of a tensor that come again, in use from the last step that reads the tensor,
 * which is the first one of the backward pass, to the first. */
static void plan_again(planner *p, size_t tensor)
{
    const skel_graph_tensor *t = &p->graph->tensor[tensor];
    const skel_graph_use *use = &p->graph->use[t->first_use];

    p->out->again[tensor] = add_buffer(p, tensor_floats(p, tensor), backward_time(p, use[0].step));
    keep_until(p, p->out->again[tensor], backward_time(p, use[t->uses - 1].step));
}

/* How long a step needs the values of one operand. */
static void plan_reading(planner *p, size_t number, size_t k)
{
    const skel_graph_step *step = &p->graph->step[number];
    size_t tensor = step->operand[k];
    bool backward = !p->inference && p->graph->tensor[step->output].differentiable;
    bool late = backward && needs_operand(step, k);

    if (late && comes_again(p, tensor)) {
        if (p->out->again[tensor] == p->out->value[tensor]) {
            plan_again(p, tensor);
        }
        late = false;
    }
    keep_until(p, p->out->value[tensor],
               late ? backward_time(p, number) : skel_placement_forward_time(number));
}

static void plan_forward(planner *p)
{
    const skel_graph *graph = p->graph;

    for (size_t i = 0; i < graph->steps; i++) {
        const skel_graph_step *step = &graph->step[i];
        size_t now = skel_placement_forward_time(i);
        bool backward = !p->inference && graph->tensor[step->output].differentiable;

        p->out->value[step->output] = add_buffer(p, tensor_floats(p, step->output), now);
        p->out->again[step->output] = p->out->value[step->output];
        if (backward && (skel_graph_keeps_output(step) || graph->tensor[step->output].kept)) {
            keep_until(p, p->out->value[step->output], backward_time(p, i));
        }
        for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
            if (step->operand[k] != SKEL_NONE) {
                plan_reading(p, i, k);
            }
        }
        if ((step->kind == SKEL_STEP_MAXPOOL || step->pool != NULL) && backward) {
            /* two 16-bit numbers a float */
            p->out->choice[i] = add_buffer(p, (tensor_floats(p, step->output) + 1) / 2, now);
            keep_until(p, p->out->choice[i], backward_time(p, i));
        }
    }
    keep_until(p, p->out->value[graph->logits], skel_placement_loss_time(graph));
}

bool skel_placement_fits_window(const skel_graph *graph, const skel_placement_segments *segments,
                                size_t norm)
{
    const skel_graph_tensor *input = &graph->tensor[graph->step[norm].operand[SKEL_STEP_INPUT]];

    return segments != NULL && input->uses == 1 && input->producer != SKEL_NONE &&
           skel_graph_has_weights(&graph->step[input->producer]) &&
           segments->of[skel_placement_backward_time(graph, norm)] ==
               segments->of[skel_placement_backward_time(graph, input->producer)];
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
        if (wanted[SKEL_STEP_INPUT] && step->pool == NULL &&
            !(step->kind == SKEL_STEP_NORM &&
              skel_placement_fits_window(p->graph, p->segments, step_number))) {
            left[SKEL_STEP_INPUT] = wanted[SKEL_STEP_OTHER] ? spare : part[0];
        }
    } else if ((step->kind == SKEL_STEP_RELU || step->kind == SKEL_STEP_ACTIVATION) &&
               wanted[SKEL_STEP_INPUT]) {
        left[SKEL_STEP_INPUT] = part[0];
    }
    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        if (wanted[k] && left[k] == SKEL_NONE) {
            left[k] = add_buffer(p, gradient_floats(p, step->operand[k]), birth);
        }
    }
}

/* When a step last reads the n-th part of its output's gradient. A batch norm adds the parts when
 * it sums its statistics: all of them into the first one for the addition's other operand, else all
 * but the second one. */
static size_t last_reading(const planner *p, size_t number, size_t n)
{
    const skel_graph_step *step = &p->graph->step[number];
    size_t left = step->operand[SKEL_STEP_OTHER] == SKEL_NONE ? 2 : 1;
    bool early = p->segments != NULL && step->kind == SKEL_STEP_NORM && n >= left;

    return backward_time(p, number) - (early ? 1 : 0);
}

static void plan_backward(planner *p)
{
    const skel_graph *graph = p->graph;

    p->out->loss =
        add_buffer(p, gradient_floats(p, graph->logits), skel_placement_loss_time(graph));
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
            keep_until(p, buffer, last_reading(p, i, n));
        }
        plan_operands(p, i, part);
    }
}

/* Units of a window if a buffer is in use within one segment alone, else 0. */
static size_t window_of(const planner *p, const skel_arena_buffer *buffer)
{
    const skel_placement_segments *segments = p->segments;
    size_t segment = segments == NULL ? 0 : segments->of[buffer->birth];

    return segments == NULL || segment != segments->of[buffer->death]
               ? 0
               : segments->segment[segment].units;
}

/* Gives offsets to the buffers with windows, or to those without. The latter are in use during
 * whole segments: windows that come later in a segment still read them. */
static skel_status plan_memory(const planner *p, bool windows, size_t *floats)
{
    const skel_placement *out = p->out;
    skel_arena_buffer *chosen = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(out->count, sizeof *chosen, &chosen));
    for (size_t i = 0; i < out->count; i++) {
        if ((out->window[i] > 0) == windows) {
            chosen[count] = out->buffer[i];
            if (windows) {
                chosen[count].floats = chosen[count].floats / p->units * out->window[i];
            } else if (p->segments != NULL) {
                chosen[count].birth = p->segments->of[chosen[count].birth];
                chosen[count].death = p->segments->of[chosen[count].death];
            }
            count++;
        }
    }
    SKEL_TRY(skel_arena_plan(count, chosen, floats));
    for (size_t i = out->count; i-- > 0;) {
        if ((out->window[i] > 0) == windows) {
            out->buffer[i] = chosen[--count];
        }
    }
done:
    SKEL_FREE(&chosen);
    return status;
}

static skel_status take_tables(const skel_graph *graph, skel_placement *placement)
{
    size_t most = 2 * graph->tensors + 3 * graph->steps + 1;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(most, sizeof *placement->buffer, &placement->buffer));
    SKEL_TRY(SKEL_ALLOC(most, sizeof *placement->window, &placement->window));
    SKEL_TRY(SKEL_ALLOC(graph->tensors, sizeof *placement->value, &placement->value));
    SKEL_TRY(SKEL_ALLOC(graph->tensors, sizeof *placement->again, &placement->again));
    SKEL_TRY(SKEL_ALLOC(graph->steps, sizeof *placement->choice, &placement->choice));
    SKEL_TRY(SKEL_ALLOC(graph->steps, sizeof *placement->gradient, &placement->gradient));
    for (size_t t = 0; t < graph->tensors; t++) {
        placement->value[t] = SKEL_NONE;
        placement->again[t] = SKEL_NONE;
    }
    for (size_t i = 0; i < graph->steps; i++) {
        placement->choice[i] = SKEL_NONE;
        placement->gradient[i][SKEL_STEP_INPUT] = SKEL_NONE;
        placement->gradient[i][SKEL_STEP_OTHER] = SKEL_NONE;
    }
done:
    return status;
}

skel_status skel_placement_plan(const skel_graph *graph, size_t units, bool inference,
                                const skel_placement_segments *segments, skel_placement *placement)
{
    planner p = {.graph = graph,
                 .out = placement,
                 .units = units,
                 .inference = inference,
                 .segments = segments};
    skel_status status = SKEL_OK;

    *placement = (skel_placement){.loss = SKEL_NONE};
    SKEL_TRY(take_tables(graph, placement));
    plan_forward(&p);
    if (!inference) {
        plan_backward(&p);
    }
    for (size_t i = 0; i < placement->count; i++) {
        placement->window[i] = window_of(&p, &placement->buffer[i]);
    }
    SKEL_TRY(plan_memory(&p, false, &placement->floats));
    SKEL_TRY(plan_memory(&p, true, &placement->window_floats));
done:
    return status;
}

void skel_placement_clear(skel_placement *placement)
{
    SKEL_FREE(&placement->buffer);
    SKEL_FREE(&placement->window);
    SKEL_FREE(&placement->value);
    SKEL_FREE(&placement->again);
    SKEL_FREE(&placement->choice);
    SKEL_FREE(&placement->gradient);
}
