/* What a microbatch adds to the sums: gradient and statistics. */
#include "worker_impl.h"

#include <string.h>

/* Adds a tensor to what is summed, unless nothing of it is kept. */
static void add_segment(skel_worker *worker, const char *name, size_t count)
{
    if (count > 0) {
        worker->segment[worker->segments] = (skel_segment){worker->values, count};
        worker->segment_name[worker->segments++] = name;
        worker->values += count;
    }
}

void skel_worker_terms_list(skel_worker *worker)
{
    const skel_network *network = worker->network;
    const size_t *offset = worker->packing->offset;

    worker->values = 0;
    worker->segments = 0;
    for (size_t i = 0; i < network->parameters; i++) {
        add_segment(worker, network->parameter[i].name, offset[i + 1] - offset[i]);
    }
    for (size_t i = 0; i < network->buffers; i++) {
        add_segment(worker, network->buffer[i].name, network->buffer[i].count);
    }
}

static void add(size_t count, const float terms[restrict], float sum[restrict])
{
    for (size_t i = 0; i < count; i++) {
        sum[i] += terms[i];
    }
}

void skel_worker_terms_add(const skel_worker *worker, bool first, float share, float gradient[],
                           float statistics[])
{
    size_t parameters = worker->packing->count;

    if (first) {
        memcpy(gradient, worker->sum, parameters * sizeof *gradient);
    } else {
        add(parameters, worker->sum, gradient);
    }
    for (size_t i = 0; statistics != NULL && i < worker->network->buffer_count; i++) {
        statistics[i] += share * worker->sum[parameters + i];
    }
}
