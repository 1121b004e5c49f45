/* The gradient's time by kind of work, and its memory. */
#include "bench_gradient.h"

#include "skel/input.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <stdio.h>
#include <unistd.h>

size_t skel_gradient_reset_resident(void)
{
    FILE *stream = fopen("/proc/self/clear_refs", "w");
    char line[128];
    unsigned long size = 0;
    unsigned long resident = 0;

    if (stream != NULL) {
        (void)fputs("5\n", stream); /* resets the peak; proc(5) */
        (void)fclose(stream);
    }
    skel_input_line("/proc/self/statm", sizeof line, line);
    if (sscanf(line, "%lu %lu", &size, &resident) != 2) {
        resident = 0;
    }
    return (size_t)resident * (size_t)sysconf(_SC_PAGESIZE);
}

/* Multiply-adds of an image's convolutions; of the first one's backward pass none for the data. */
static double convolution_macs(const skel_network *network, double *first)
{
    double macs = 0;

    *first = 0;
    for (size_t i = 0; i < network->ops; i++) {
        if (network->op[i].kind == SKEL_OP_CONV) {
            macs += skel_network_op_macs(network, i);
            *first += network->op[i].input == 0 ? skel_network_op_macs(network, i) : 0.0;
        }
    }
    return macs;
}

typedef struct skel_line {
    const char *name;
    double seconds; /* of all measured steps of this rank */
    double macs;    /* of one image; 0 if it is not arithmetic that counts */
} skel_line;

static void print_line(const skel_gradient *gradient, const skel_line *line, double images)
{
    double steps = (double)gradient->work.bench->repeat;

    (void)printf("  %-36s %11.4f %10.1f %%", line->name, line->seconds / steps,
                 100 * line->seconds / gradient->seconds);
    if (line->macs > 0 && line->seconds > 0) {
        (void)printf(" %11.1f", 2e-9 * line->macs * images * steps / line->seconds);
    }
    (void)printf("\n");
}

static void print_profile(const skel_gradient *gradient)
{
    const skel_engine_profile *warm = &gradient->warm;
    skel_engine_profile all = skel_engine_profile_get(gradient->work.engine);
    double first = 0;
    double macs = convolution_macs(gradient->work.model.network, &first);
    size_t rest = gradient->work.bench->batch - gradient->work.first * gradient->work.microbatch;
    size_t images = gradient->work.mine * gradient->work.microbatch;
    const skel_line lines[] = {
        {"convolution forward", all.convolution_forward - warm->convolution_forward, macs},
        {"convolution backward, data",
         all.convolution_backward_data - warm->convolution_backward_data, macs - first},
        {"convolution backward, weights",
         all.convolution_backward_weights - warm->convolution_backward_weights, macs},
        {"linear", all.linear - warm->linear, 0},
        {"batch norm, ReLU, addition", all.elementwise - warm->elementwise, 0},
        {"pooling", all.pooling - warm->pooling, 0},
        {"changes of layout", all.reorder - warm->reorder, 0},
        {"other in the engine", all.other - warm->other, 0},
        {"outside the engine: the sum", gradient->seconds - gradient->engine_seconds, 0},
    };
    double convolutions = lines[0].seconds + lines[1].seconds + lines[2].seconds;

    images = images < rest ? images : rest; /* the last microbatch may be smaller */
    (void)printf("  %-36s %11s %12s %11s\n", "rank 0", "s a step", "share", "GFLOP/s");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        print_line(gradient, &lines[i], (double)images);
    }
    (void)printf("  convolutions' own time: %.1f %% of the step\n",
                 100 * convolutions / gradient->seconds);
}

void skel_gradient_print_profile(const skel_gradient *gradient, double median)
{
    const skel_bench *bench = gradient->work.bench;
    double peak[1] = {(double)(skel_memory_peak_resident() - gradient->resident_before)};
    char measured[SKEL_TEXT_BYTES];
    char estimated[SKEL_TEXT_BYTES];
    char engine[SKEL_TEXT_BYTES];

    skel_comm_max_f64(bench->comm, 1, peak);
    if (!skel_comm_is_root(bench->comm)) {
        return;
    }
    (void)printf("  arithmetic: %.1f GFLOP/s in all (6 x %.4g GMAC an image)\n",
                 6e-9 * skel_network_macs(gradient->work.model.network) * (double)bench->batch /
                     median,
                 1e-9 * skel_network_macs(gradient->work.model.network));
    print_profile(gradient);
    skel_text_bytes(peak[0], measured);
    skel_text_bytes((double)gradient->estimate, estimated);
    skel_text_bytes((double)gradient->work.engine_bytes, engine);
    (void)printf("  memory a rank: %s at most, estimated %s (engine %s): %+.1f %%\n", measured,
                 estimated, engine, 100 * ((double)gradient->estimate / peak[0] - 1));
    (void)fflush(stdout);
}
