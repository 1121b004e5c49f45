/* The formulas of analysis/scaling.md. */
#include "scale_model.h"

#include <math.h>

/* Rounds of a tree or of a recursive halving over `count` members. */
static double rounds(size_t count)
{
    return ceil(log2((double)count));
}

/* An allreduce of `bytes` over m members. */
static double allreduce(double bytes, double members, double latency, double bandwidth)
{
    return 2 * ceil(log2(members)) * latency + 2 * (members - 1) / members * bytes / bandwidth;
}

skel_scale_step skel_scale_predict(const skel_scale_machine *machine, const skel_scale_work *work,
                                   size_t ranks)
{
    size_t near = ranks < machine->ranks_per_node ? ranks : machine->ranks_per_node;
    size_t nodes = (ranks + machine->ranks_per_node - 1) / machine->ranks_per_node;
    double chunks = ceil(work->summed / machine->chunk);
    double a_message = rounds(near) * machine->node_latency + rounds(nodes) * machine->latency;
    skel_scale_step step = {.compute = work->compute, .node = work->node};

    if (nodes > 1) {
        double m = (double)nodes;

        step.network =
            chunks * allreduce(work->summed / chunks, m, machine->latency, machine->bandwidth);
        step.network += work->broadcast > 0
                            ? allreduce(work->broadcast, m, machine->latency, machine->bandwidth)
                            : 0;
        step.small =
            allreduce(work->per_rank * (double)ranks, m, machine->latency, machine->bandwidth);
    }
    step.small += (double)work->small * a_message;
    return step;
}

double skel_scale_total(const skel_scale_step *step)
{
    return step->compute + step->node + step->network + step->small;
}

double skel_scale_share(const skel_scale_step *step)
{
    return 1 - step->compute / skel_scale_total(step);
}
