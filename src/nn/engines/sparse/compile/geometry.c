/* Kernel sizes, and how many pixels of 0 each tensor has around it. */
#include "geometry.h"

#include "tap.h"

#include "skel/memory.h"

enum { DIMENSIONS = 2 };

/* Ring of the output's gradient that the transposed map reads, in one dimension. */
static size_t ring_back(const skel_window *window, size_t d, size_t in, size_t out)
{
    ptrdiff_t ring = 0;

    for (size_t k = 0; k < window->kernel[d]; k++) {
        skel_sparse_tap t = skel_sparse_tap_of(window, d, k);
        ptrdiff_t last =
            (ptrdiff_t)skel_sparse_tap_pixels(in, t.residue, window->stride[d]) - 1 + t.shift;
        ptrdiff_t beyond = last - ((ptrdiff_t)out - 1);

        ring = -t.shift > ring ? -t.shift : ring;
        ring = beyond > ring ? beyond : ring;
    }
    return (size_t)ring;
}

/* Ring of the input that the map reads, in one dimension. */
static size_t ring_forward(const skel_window *window, size_t d, size_t in, size_t out)
{
    size_t end = (out - 1) * window->stride[d] + (window->kernel[d] - 1) * window->dilation[d] + 1;
    size_t after = end > in + window->before[d] ? end - in - window->before[d] : 0;

    return after > window->before[d] ? after : window->before[d];
}

static void describe(skel_sparse *sparse, size_t step)
{
    const skel_graph_step *s = &sparse->graph.step[step];
    const skel_graph_tensor *in = &sparse->graph.tensor[s->operand[SKEL_STEP_INPUT]];
    skel_sparse_work *work = &sparse->work[step];

    if (s->kind == SKEL_STEP_LINEAR) {
        work->groups = 1;
        work->window = (skel_window){.kernel = {in->height, in->width},
                                     .stride = {in->height, in->width},
                                     .dilation = {1, 1}};
    } else {
        work->groups = s->op->groups;
        work->window = s->op->window;
    }
}

static void widen(size_t *ring, size_t needed)
{
    *ring = needed > *ring ? needed : *ring;
}

/* Widens the rings of a layer's input and of its output. */
static void choose_ring(skel_sparse *sparse, size_t number, size_t ring[])
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_graph_tensor *in = &sparse->graph.tensor[step->operand[SKEL_STEP_INPUT]];
    const skel_graph_tensor *out = &sparse->graph.tensor[step->output];
    size_t from[DIMENSIONS] = {in->height, in->width};
    size_t to[DIMENSIONS] = {out->height, out->width};
    skel_sparse_work *work = &sparse->work[number];

    for (size_t d = 0; d < DIMENSIONS; d++) {
        size_t needed = ring_forward(&work->window, d, from[d], to[d]);

        work->reads_ring = work->reads_ring || needed > 0;
        widen(&ring[step->operand[SKEL_STEP_INPUT]], needed);
        if (skel_sparse_goes_back(sparse, step)) {
            widen(&ring[step->output], ring_back(&work->window, d, from[d], to[d]));
        }
    }
}

/* Whether a batch norm alone reads a layer's output and nothing works on it in place: then the ring
 * that the layer's backward pass reads is needed around the gradient alone, in one window. */
static bool stands_alone(const skel_sparse *sparse, size_t tensor)
{
    const skel_graph *graph = &sparse->graph;
    const skel_graph_tensor *t = &graph->tensor[tensor];
    size_t reader = t->uses == 1 ? graph->use[t->first_use].step : SKEL_NONE;

    return reader != SKEL_NONE && graph->step[reader].kind == SKEL_STEP_NORM &&
           graph->use[t->first_use].operand == SKEL_STEP_INPUT &&
           skel_placement_fits_window(graph, &sparse->segments, reader);
}

/* Steps that work in place have the same planes for all that they read and write. Returns whether
 * a ring had to change. */
static bool even_out(const skel_sparse *sparse, const skel_graph_step *step, size_t ring[])
{
    size_t tensor[] = {step->operand[SKEL_STEP_INPUT], step->operand[SKEL_STEP_OTHER],
                       step->output};
    size_t widest = 0;
    bool changed = false;

    if (step->pool != NULL) {
        return false;
    }
    if (step->kind != SKEL_STEP_NORM && step->kind != SKEL_STEP_RELU &&
        step->kind != SKEL_STEP_ACTIVATION && step->kind != SKEL_STEP_ADD) {
        return false;
    }
    if (stands_alone(sparse, tensor[0])) {
        tensor[0] = SKEL_NONE;
    }
    for (size_t k = 0; k < 3; k++) {
        if (tensor[k] != SKEL_NONE) {
            widen(&widest, ring[tensor[k]]);
        }
    }
    for (size_t k = 0; k < 3; k++) {
        if (tensor[k] != SKEL_NONE && ring[tensor[k]] != widest) {
            ring[tensor[k]] = widest;
            changed = true;
        }
    }
    return changed;
}

/* The planes of a tensor and of its gradient. */
static skel_status set_planes(skel_sparse *sparse, size_t t, size_t ring)
{
    skel_graph_tensor *tensor = &sparse->graph.tensor[t];
    size_t lanes = sparse->kernels->lanes;

    sparse->back[t] =
        skel_sparse_planes_make(lanes, tensor->channels, tensor->height, tensor->width, ring);
    sparse->planes[t] = skel_sparse_planes_make(lanes, tensor->channels, tensor->height,
                                                tensor->width, stands_alone(sparse, t) ? 0 : ring);
    tensor->floats = skel_sparse_planes_floats(&sparse->planes[t]);
    tensor->gradient_floats = skel_sparse_planes_floats(&sparse->back[t]);
    if (tensor->gradient_floats > UINT32_MAX) {
        return SKEL_FAIL(
            SKEL_ERR_CONFIG, "%s: %zu images of %zux%zux%zu are too large for the sparse engine",
            sparse->graph.network->name, lanes, tensor->channels, tensor->height, tensor->width);
    }
    return SKEL_OK;
}

skel_status skel_sparse_geometry_plan(skel_sparse *sparse)
{
    skel_graph *graph = &sparse->graph;
    size_t *ring = NULL;
    bool changed = true;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(graph->tensors, sizeof *sparse->planes, &sparse->planes));
    SKEL_TRY(SKEL_ALLOC(graph->tensors, sizeof *sparse->back, &sparse->back));
    SKEL_TRY(SKEL_ALLOC(graph->tensors, sizeof *ring, &ring));
    for (size_t i = 0; i < graph->steps; i++) {
        if (skel_graph_has_weights(&graph->step[i])) {
            describe(sparse, i);
            choose_ring(sparse, i, ring);
        }
    }
    while (changed) {
        changed = false;
        for (size_t i = 0; i < graph->steps; i++) {
            changed = even_out(sparse, &graph->step[i], ring) || changed;
        }
    }
    for (size_t t = 0; t < graph->tensors; t++) {
        SKEL_TRY(set_planes(sparse, t, ring[t]));
    }
done:
    SKEL_FREE(&ring);
    return status;
}
