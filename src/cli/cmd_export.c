/* skel export: a finished run's network for other programs. */
#include "command.h"
#include "export_files.h"

#include "skel/compact.h"
#include "skel/kept.h"
#include "skel/memory.h"
#include "skel/output.h"
#include "skel/overwrite.h"
#include "skel/run_file.h"
#include "skel/trained.h"

#include <stdio.h>

static const char details[] =
    "  skel export runs/first/snip-s0.5-seed0-HEX.h5 --compact --out small.h5\n\n"
    "Writes the network of a run without the channels that no kept weight reads: a really smaller\n"
    "network with the same outputs, but for rounding. It is for runs with prune.unit channel; "
    "with\n"
    "other masks it leaves out what is dead. The file is a weight file: /weights, /buffers and\n"
    "/masks have PyTorch's names and the smaller shapes. A model of PyTorch whose layers have "
    "these\n"
    "shapes takes it as a state_dict: {name: torch.from_numpy(values[:]) for name, values in\n"
    "h5py.File(\"small.h5\")[\"weights\"].items()}, and the same of /buffers. Of skel's commands\n"
    "inspect, verify and compare read it; the others need the run file.\n"
    "\n"
    "The other options write the trained network whole, pruned weights as zeros, under the names "
    "of\n"
    "PyTorch's state_dict().\n"
    "--onnx writes an ONNX model (operators of version 13): the input \"input\" is [batch,\n"
    "channels, height, width], the output \"logits\" is [batch, classes], in testing mode. With\n"
    "--sparse the weights of convolutions and linear layers are sparse initializers (values and\n"
    "flat indices of the kept ones), which few programs read yet.\n"
    "--numpy writes an archive of arrays. PyTorch takes it with\n"
    "    model.load_state_dict({name: torch.from_numpy(values)\n"
    "                           for name, values in numpy.load(\"FILE.npz\").items()})\n"
    "The input is normalised as in the run: (pixel / 255 - mean) / deviation for each channel; "
    "the\n"
    "command prints them. Needs neither MPI nor the ONNX file and the data of the run.\n";

static const skel_option options[] = {
    {"compact", 0, NULL, "leave out the channels that no kept weight reads"},
    {"onnx", 0, "FILE.onnx", "write an ONNX model"},
    {"numpy", 0, "FILE.npz", "write an archive of NumPy's arrays"},
    {"sparse", 0, NULL, "with --onnx: kept weights alone, as sparse initializers"},
    {"out", 0, "FILE", "the file to write (RUN.compact)"},
    {NULL, 0, NULL, NULL},
};

/* The smaller network with its values. */
typedef struct small {
    skel_compact *compact;
    float *parameters;
    float *buffers;
    uint8_t *keep;
} small;

static skel_status shrink(const skel_trained *trained, small *out)
{
    const skel_network *network = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_compact_create(trained->network, trained->keep, &out->compact));
    network = out->compact->network;
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &out->parameters));
    SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof(float), &out->buffers));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, 1, &out->keep));
    skel_compact_values(out->compact, trained->parameters, out->parameters);
    skel_compact_buffers(out->compact, trained->buffers, out->buffers);
    skel_compact_mask(out->compact, trained->keep, out->keep);
done:
    return status;
}

static void release(small *it)
{
    SKEL_FREE(&it->keep);
    SKEL_FREE(&it->buffers);
    SKEL_FREE(&it->parameters);
    skel_compact_destroy(&it->compact);
}

static skel_status write_file(const skel_comm *comm, const small *it, const char *run,
                              const char *path)
{
    const skel_network *network = it->compact->network;
    skel_file *file = NULL;
    skel_status status = skel_file_create(comm, path, &file);

    SKEL_TRY(status);
    SKEL_TRY(skel_file_set_text(file, "/", "network", network->name));
    SKEL_TRY(skel_file_set_text(file, "/", "source", run));
    SKEL_TRY(skel_run_file_parameters(file, "/weights", network, it->parameters));
    SKEL_TRY(skel_run_file_buffers(file, network, it->buffers));
    SKEL_TRY(skel_run_file_masks(file, network, it->keep, true));
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    return status;
}

static size_t count_kept(const skel_network *network, const uint8_t keep[])
{
    size_t kept = 0;

    for (size_t p = skel_network_prunable(network, 0); p < network->parameters;
         p = skel_network_prunable(network, p + 1)) {
        kept += skel_kept_count(network->parameter[p].count, keep + network->parameter[p].offset);
    }
    return kept;
}

static void print(const skel_trained *trained, const small *it, const char *path)
{
    const skel_network *now = it->compact->network;
    const skel_network *whole = trained->network;

    printf("%s: %zu of %zu places for weights, %zu weights kept; %.4g of %.4g million "
           "multiply-adds an image; %zu channel%s left out\n",
           path, now->prunable_count, whole->prunable_count, count_kept(now, it->keep),
           skel_network_macs(now) / 1e6, skel_network_macs(whole) / 1e6, it->compact->removed,
           it->compact->removed == 1 ? "" : "s");
}

static skel_status export_compact(const skel_comm *comm, const char *run, const char *out)
{
    char path[4096];
    small it = {.compact = NULL};
    skel_trained *trained = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s%s", out != NULL ? out : run,
                   out != NULL ? "" : ".compact");
    SKEL_TRY(skel_overwrite_check(path, SKEL_OVERWRITE_WEIGHTS, 1, &run));
    SKEL_TRY(skel_trained_open(run, &trained));
    SKEL_TRY(shrink(trained, &it));
    SKEL_TRY(write_file(comm, &it, run, path));
    print(trained, &it, path);
done:
    release(&it);
    skel_trained_close(&trained);
    return status;
}

/* Which of the kinds of files is asked for. */
static skel_status check_options(const skel_arguments *arguments, bool compact, bool files)
{
    const char *onnx = skel_arguments_get(arguments, "onnx");
    const char *numpy = skel_arguments_get(arguments, "numpy");
    const char *wrong = NULL;

    if (compact && files) {
        wrong = "--compact writes a weight file; give --onnx and --numpy in a command of their own";
    } else if (skel_arguments_has(arguments, "sparse") && onnx == NULL) {
        wrong = "--sparse is for --onnx FILE.onnx";
    } else if (skel_arguments_has(arguments, "out") && !compact) {
        wrong = "--out is for --compact";
    } else if (!compact && !files) {
        wrong = "say what to write: --onnx FILE.onnx, --numpy FILE.npz, or --compact, a weight "
                "file of the smaller network";
    } else if (onnx != NULL && numpy != NULL && skel_output_is_same(onnx, numpy)) {
        wrong = "--onnx and --numpy name one file; give each a file of its own";
    }
    return wrong == NULL ? SKEL_OK : SKEL_FAIL(SKEL_ERR_USAGE, "skel export: %s", wrong);
}

static skel_status run(const skel_arguments *arguments)
{
    int argc = arguments->argc;
    char **argv = arguments->argv;
    const char *onnx = skel_arguments_get(arguments, "onnx");
    const char *numpy = skel_arguments_get(arguments, "numpy");
    bool compact = skel_arguments_has(arguments, "compact");
    bool files = onnx != NULL || numpy != NULL;
    skel_comm *comm = NULL;
    skel_status status = check_options(arguments, compact, files);

    if (status != SKEL_OK) {
        return status;
    }
    if (files) {
        return skel_export_files(arguments->word[0], onnx, skel_arguments_has(arguments, "sparse"),
                                 numpy);
    }
    SKEL_TRY(skel_comm_start(&argc, &argv, &comm));
    status = export_compact(comm, arguments->word[0], skel_arguments_get(arguments, "out"));
done:
    return skel_command_leave(&comm, status);
}

SKEL_COMMAND(export,
             "RUN [--onnx FILE.onnx] [--sparse] [--numpy FILE.npz] [--compact] [--out FILE]",
             "write the network of a run for other programs", 1, 1);
