/* What a microbatch adds to the sums: gradient and statistics, or the kept ones of them. */
#include "worker_impl.h"

skel_worker_terms skel_worker_terms_at(const skel_network *network, float *values)
{
    return (skel_worker_terms){
        .length = network->parameter_count + network->buffer_count,
        .gradient = values,
        .statistics = values != NULL ? values + network->parameter_count : NULL,
    };
}

/* Adds a tensor to what is summed: all of it, or its elements that the mask keeps. */
static void add_segment(skel_worker *worker, const char *name, size_t offset, size_t count,
                        const uint8_t keep[])
{
    size_t first = worker->values;

    for (size_t i = 0; i < count; i++) {
        if (keep == NULL || keep[i] != 0) {
            if (worker->place != NULL) {
                worker->place[worker->values] = (uint32_t)(offset + i);
            }
            worker->values++;
        }
    }
    if (worker->values > first) {
        worker->segment[worker->segments] = (skel_segment){first, worker->values - first};
        worker->segment_name[worker->segments++] = name;
    }
}

void skel_worker_terms_list(skel_worker *worker)
{
    const skel_network *network = worker->network;
    const uint8_t *keep = worker->place != NULL ? worker->options.keep : NULL;

    worker->values = 0;
    worker->segments = 0;
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *parameter = &network->parameter[i];

        add_segment(worker, parameter->name, parameter->offset, parameter->count,
                    keep != NULL ? keep + parameter->offset : NULL);
    }
    for (size_t i = 0; i < network->buffers; i++) {
        add_segment(worker, network->buffer[i].name,
                    network->parameter_count + network->buffer[i].offset, network->buffer[i].count,
                    NULL);
    }
}

void skel_worker_terms_take(const skel_worker *worker, const skel_worker_terms *terms,
                            float values[])
{
    for (size_t i = 0; worker->place != NULL && i < worker->values; i++) {
        values[i] = terms->gradient[worker->place[i]]; /* gradient or, behind it, statistics */
    }
}

void skel_worker_terms_add(const skel_worker *worker, float share, float gradient[],
                           float statistics[])
{
    size_t parameters = worker->network->parameter_count;

    for (size_t i = 0; i < worker->values; i++) {
        size_t at = worker->place == NULL ? i : worker->place[i];

        if (at < parameters) {
            gradient[at] += worker->sum[i];
        } else if (statistics != NULL) {
            statistics[at - parameters] += share * worker->sum[i];
        }
    }
}
