/* skel bench: times parts of skel on this machine, beside PyTorch. */
#include "command.h"

#include "skel/bench.h"
#include "skel/log.h"
#include "skel/process.h"
#include "skel/progress.h"

#include <stdint.h>

#define WORD(part) "[" #part "] "

static const char usage[] = SKEL_BENCH_PARTS(WORD) "[options]";

static const char details[] =
    "Times parts of skel on random data. If /usr/bin/python3 can import PyTorch, PyTorch does\n"
    "the same work in the same session. They take turns, and only one works at a time.\n"
    "Without a part's name, all parts are timed. Start it with mpirun to use more ranks.\n";

static const skel_option options[] = {
    {"model", 0, "MODEL", "network (resnet20; gradient, samples and flow: several, in turn)"},
    {"width", 0, "N", "channels of its first stage (the model's own)"},
    {"groups", 0, "N", "data, gradient, samples, hessian, flow, scale: groups of convolutions (1)"},
    {"batch", 0, "N", "images of one gradient or product (128)"},
    {"engine", 0, "ENGINE", "engine of gradient, samples, hessian, step and prune (auto)"},
    {"density", 0, "D",
     "share of the weights that samples, step, prune and scale keep, at most that of FILE (0.01)"},
    {"mask", 0, "uniform|blocks|FILE",
     "mask of samples and step: random weights, random blocks of 8, or masks of FILE (uniform)"},
    {"method", 0, "force|iter-snip|snip", "method of prune (force)"},
    {"iterations", 0, "N", "iterations of prune (60)"},
    {"microbatch", 0, "N", "images of one pass (the batch divided by the ranks)"},
    {"threads", 0, "N", "threads of each rank (1)"},
    {"count", 0, "N", "values of topk and reduce (23467712, resnet50's prunable weights)"},
    {"samples", 0, "N",
     "rows of linalg's matrices, inputs of elimination, vectors of qr; at most 46000 (1000)"},
    {"layers", 0, NULL, "gradient: time and arithmetic rate of every layer, too"},
    {"repeat", 0, "N", "rounds; the medians are printed (5)"},
    {"latency", 0, "US", "network latency that scale assumes, microseconds (2)"},
    {"bandwidth", 0, "GBS", "network bandwidth of a node that scale assumes, GB/s (10)"},
    {"ranks-per-node", 0, "N", "ranks of a node that scale assumes (64)"},
    {"job", 0, "FILE", "job file that startup reads (the installed jobs/quickstart.yaml)"},
    {"peer", 0, "none|SCRIPT", "program to compare with (the installed analysis/peer_torch.py)"},
    {"peer-threads", 0, "N", "threads of that program (0: its own default)"},
    {NULL, 0, NULL, NULL},
};

/* Value of an option, or its default. */
static const char *text(const skel_arguments *arguments, const char *name, const char *otherwise)
{
    const char *value = skel_arguments_get(arguments, name);

    return value != NULL ? value : otherwise;
}

static skel_status read_settings(const skel_arguments *arguments, skel_bench *out,
                                 size_t *peer_threads)
{
    const struct {
        const char *name;
        uint64_t least;
        uint64_t most;
        uint64_t otherwise;
        size_t *out;
    } numbers[] = {
        {"width", 1, INT32_MAX, 0, &out->width},
        {"groups", 1, INT32_MAX, 1, &out->groups},
        {"batch", 1, INT32_MAX, 128, &out->batch},
        {"microbatch", 1, INT32_MAX, 0, &out->microbatch},
        {"threads", 1, SKEL_PROCESS_THREADS, 1, &out->threads},
        {"count", 100, INT32_MAX, 23467712, &out->count},
        {"samples", 1, 46000, 1000, &out->samples},
        {"repeat", 1, BENCH_REPEATS, 5, &out->repeat},
        {"iterations", 1, 10000, 60, &out->iterations},
        {"ranks-per-node", 1, INT32_MAX, 64, &out->ranks_per_node},
        {"peer-threads", 0, SKEL_PROCESS_THREADS, 0, peer_threads},
    };
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint64_t value = numbers[i].otherwise;

        SKEL_TRY(skel_arguments_number(arguments, numbers[i].name, numbers[i].least,
                                       numbers[i].most, &value));
        *numbers[i].out = value;
    }
    out->density = 0.01;
    out->latency = 2;
    out->bandwidth = 10;
    SKEL_TRY(skel_arguments_real(arguments, "density", 1, &out->density));
    SKEL_TRY(skel_arguments_real(arguments, "latency", 1e6, &out->latency));
    SKEL_TRY(skel_arguments_real(arguments, "bandwidth", 1e6, &out->bandwidth));
    out->has_density = skel_arguments_has(arguments, "density");
    out->latency *= 1e-6;
    out->bandwidth *= 1e9;
    out->model = skel_arguments_get(arguments, "model");
    out->engine = text(arguments, "engine", "auto");
    out->method = text(arguments, "method", "force");
    out->mask = text(arguments, "mask", "uniform");
    out->layers = skel_arguments_has(arguments, "layers");
    out->job = skel_arguments_get(arguments, "job");
done:
    return status;
}

static skel_status run(const skel_arguments *arguments)
{
    int argc = arguments->argc;
    char **argv = arguments->argv;
    skel_bench bench = {0};
    skel_comm *comm = NULL;
    size_t peer_threads = 0;
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    status = skel_bench_check(arguments->count, arguments->word);
    if (status == SKEL_OK) {
        status = read_settings(arguments, &bench, &peer_threads);
    }
    if (status != SKEL_OK) {
        return status;
    }
    SKEL_TRY(skel_comm_start(&argc, &argv, &comm));
    bench.comm = comm;
    bench.mpi_seconds = skel_seconds() - started;
    skel_log_configure(SKEL_LOG_INFO, skel_comm_is_root(comm));
    SKEL_TRY(skel_shared_create(comm, 64, &bench.turn));
    skel_bench_peer_open(&bench, skel_arguments_get(arguments, "peer"), peer_threads);
    SKEL_TRY(skel_bench_run(&bench, arguments->count, arguments->word));
done:
    skel_bench_peer_stop(&bench.peer);
    skel_shared_destroy(&bench.turn);
    return skel_command_leave(&comm, status);
}

SKEL_COMMAND(bench, usage, "time the parts on this machine", 0, SKEL_ANY);
