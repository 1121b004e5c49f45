/* The gradient's time layer by layer. */
#include "bench_layers.h"

#include "peak.h"

#include <stdio.h>

enum { DIRECTIONS = 3, SLOW = 4 /* a layer is slow below this part of the peak */ };

void skel_layers_start(skel_engine_layer_profile profiles[], const skel_engine *engine,
                       const skel_network *network)
{
    for (size_t i = 0; i < network->ops; i++) {
        (void)skel_engine_profile_layer(engine, i, &profiles[i]);
    }
}

/* One layer: seconds of all measured steps, floating-point operations of each direction. */
typedef struct skel_layer {
    double seconds[DIRECTIONS];
    double operations;
} skel_layer;

static bool is_slow(const skel_layer *layer, double peak)
{
    for (size_t i = 0; i < DIRECTIONS; i++) {
        if (layer->operations < layer->seconds[i] * peak / SLOW) {
            return true;
        }
    }
    return false;
}

static void print_layer(const skel_op *op, const skel_layer *layer, double steps, double peak)
{
    (void)printf("  %-36s", op->name);
    for (size_t i = 0; i < DIRECTIONS; i++) {
        if (layer->seconds[i] > 0) {
            (void)printf(" %10.3f %7.1f", 1e3 * layer->seconds[i] / steps,
                         1e-9 * layer->operations / layer->seconds[i]);
        } else {
            (void)printf(" %10s %7s", "-", "-");
        }
    }
    (void)printf("%s\n", is_slow(layer, peak) ? "  slow" : "");
}

static void print_header(bool all, double peak)
{
    (void)printf(
        "  %s of rank 0; slow: below a quarter of %.1f GFLOP/s, the peak of its threads\n"
        "  GFLOP/s count the operations of a direct convolution: Winograd's algorithm does "
        "fewer, and may be above the peak\n",
        all ? "layers" : "slow layers", 1e-9 * peak);
    (void)printf("  %-36s %18s %18s %18s\n", "", "forward", "backward, data", "backward, weights");
    (void)printf("  %-36s", "");
    for (size_t i = 0; i < DIRECTIONS; i++) {
        (void)printf(" %10s %7s", "ms a step", "GFLOP/s");
    }
    (void)printf("\n");
}

/* What the root measured of one operation since skel_layers_start(). */
static skel_layer layer_of(const skel_gradient *gradient, size_t op)
{
    const skel_workload *work = &gradient->work;
    const skel_engine_layer_profile *before = &gradient->layers[op];
    size_t images = work->mine * work->microbatch;
    size_t rest = work->bench->batch - work->first * work->microbatch;
    double steps = (double)work->bench->repeat;
    skel_engine_layer_profile now;

    images = images < rest ? images : rest; /* the last microbatch may be smaller */
    (void)skel_engine_profile_layer(work->engine, op, &now);
    return (skel_layer){
        .seconds = {now.forward - before->forward, now.backward_data - before->backward_data,
                    now.backward_weights - before->backward_weights},
        .operations = 2 * skel_network_op_macs(work->model.network, op) * (double)images * steps};
}

void skel_layers_print(const skel_gradient *gradient)
{
    const skel_workload *work = &gradient->work;
    const skel_network *network = work->model.network;
    bool all = work->bench->layers;
    bool header = false;
    double peak = 0;
    skel_engine_layer_profile profile;

    if (!skel_engine_profile_layer(work->engine, 0, &profile)) {
        return;
    }
    peak = skel_peak_measure() * (double)work->bench->threads;
    for (size_t i = 0; i < network->ops; i++) {
        skel_layer layer = layer_of(gradient, i);

        if (layer.operations > 0 && (all || is_slow(&layer, peak))) {
            if (!header) {
                print_header(all, peak);
                header = true;
            }
            print_layer(&network->op[i], &layer, (double)work->bench->repeat, peak);
        }
    }
    (void)fflush(stdout);
}
