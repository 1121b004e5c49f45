/* A window of few blocks is still in the processor's last cache when the next step reads it. */
#include "segments.h"

#include "skel/memory.h"

/* Pixels of a layer's output in a window of the backward pass: with fewer, it would take more time
 * to move sums in float to those in double. */
enum { WINDOW_PIXELS = 256 };

static bool is_backward(const skel_graph *graph, size_t time)
{
    return time > skel_placement_loss_time(graph) + 1;
}

size_t skel_sparse_step_at(const skel_graph *graph, size_t time)
{
    return is_backward(graph, time) ? 2 * graph->steps - time / 2 : time / 2;
}

/* Whether a step works on the weights' gradients at a time. */
static bool gives_gradients(const skel_graph *graph, size_t time)
{
    return is_backward(graph, time) && time % 2 == 1 &&
           skel_graph_has_weights(&graph->step[skel_sparse_step_at(graph, time)]);
}

/* Whether the pass needs all images before a time. Inference reads running averages. */
static bool needs_all(const skel_sparse *sparse, size_t time)
{
    const skel_graph *graph = &sparse->graph;
    size_t loss = skel_placement_loss_time(graph);

    if (time == 0 || time == loss || time == loss + 2) {
        return true;
    }
    return time != loss + 1 && time % 2 == 1 && !sparse->base.options.inference &&
           graph->step[skel_sparse_step_at(graph, time)].kind == SKEL_STEP_NORM;
}

static size_t blocks_of(const skel_sparse *sparse, size_t time)
{
    const skel_graph *graph = &sparse->graph;
    const skel_graph_tensor *out =
        &graph->tensor[graph->step[skel_sparse_step_at(graph, time)].output];
    size_t blocks = (WINDOW_PIXELS - 1) / (out->height * out->width) + 1;

    return blocks < sparse->blocks ? blocks : sparse->blocks;
}

skel_status skel_sparse_segments_create(skel_sparse *sparse)
{
    const skel_graph *graph = &sparse->graph;
    skel_placement_segments *out = &sparse->segments;
    size_t times = skel_placement_times(graph);
    bool layer = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(times, sizeof *out->segment, &out->segment));
    SKEL_TRY(SKEL_ALLOC(times, sizeof *out->of, &out->of));
    for (size_t time = 0; time < times; time++) {
        if (needs_all(sparse, time) || (layer && gives_gradients(graph, time))) {
            out->segment[out->count++] = (skel_placement_segment){.first = time, .units = 1};
            layer = false;
        }
        if (gives_gradients(graph, time)) {
            out->segment[out->count - 1].units = blocks_of(sparse, time);
            layer = true;
        }
        out->of[time] = out->count - 1;
        out->segment[out->count - 1].last = time + 1;
    }
done:
    return status;
}
