/* Memory of batch norm steps, and which convolution feeds which batch norm. */
#include "norms.h"

#include "skel/memory.h"

/* Whether a batch norm reads a layer's part of the gradient of the layer's input: a batch norm
 * reads up to two parts where they lie, and leaves out those that are 0 in a channel. */
static bool spares_input(const skel_sparse *sparse, size_t step)
{
    const skel_graph *graph = &sparse->graph;
    size_t input = graph->step[step].operand[SKEL_STEP_INPUT];
    size_t producer = graph->tensor[input].producer;

    return skel_graph_has_weights(&graph->step[step]) && producer != SKEL_NONE &&
           graph->step[producer].kind == SKEL_STEP_NORM && sparse->work[step].backward.grids == 1 &&
           skel_placement_gradient_part(graph, &sparse->placement, input, 2) == SKEL_NONE;
}

skel_status skel_sparse_norms_create(skel_sparse *sparse)
{
    const skel_graph *graph = &sparse->graph;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < graph->steps; i++) {
        sparse->work[i].feeds = SKEL_NONE;
        sparse->work[i].feeder = SKEL_NONE;
        sparse->work[i].spares_input = spares_input(sparse, i);
    }
    for (size_t i = 0; i < graph->steps; i++) {
        const skel_graph_tensor *input = &graph->tensor[graph->step[i].operand[SKEL_STEP_INPUT]];
        skel_sparse_work *work = &sparse->work[i];
        size_t channels = input->channels;

        if (graph->step[i].kind != SKEL_STEP_NORM) {
            continue;
        }
        if (input->uses == 1 && input->producer != SKEL_NONE &&
            skel_graph_has_weights(&graph->step[input->producer])) {
            sparse->work[input->producer].feeds = i;
            sparse->work[input->producer].spares_output =
                sparse->work[input->producer].bias == NULL;
            work->feeder = input->producer;
        }
        SKEL_TRY(SKEL_ALLOC(channels, sizeof *work->channel, &work->channel));
        SKEL_TRY(SKEL_ALLOC(channels, sizeof *work->scale, &work->scale));
        SKEL_TRY(SKEL_ALLOC(channels, sizeof *work->inverse, &work->inverse));
        SKEL_TRY(skel_sparse_take(sparse, sparse->slots * sparse->blocks * channels,
                                  2 * sizeof(double), &work->partials));
    }
done:
    return status;
}

double *skel_sparse_partial(const skel_sparse *sparse, size_t step, size_t slot, size_t block,
                            size_t channel)
{
    size_t channels = sparse->planes[sparse->graph.step[step].operand[SKEL_STEP_INPUT]].channels;

    return sparse->work[step].partials + 2 * ((slot * sparse->blocks + block) * channels + channel);
}
