/* skel export: a finished run's network for other programs. */
#include "command.h"

#include "skel/compact.h"
#include "skel/memory.h"
#include "skel/run_file.h"
#include "skel/trained.h"

#include <stdio.h>
#include <string.h>

static const char details[] =
    "  skel export runs/first/snip-s0.5-seed0-HEX.h5 --compact --out small.h5\n\n"
    "Writes the network of a run without the channels that no kept weight reads: a really smaller\n"
    "network with the same outputs, but for rounding. It is for runs with prune.unit channel; "
    "with\n"
    "other masks it leaves out what is dead. The file is a weight file: /weights, /buffers and\n"
    "/masks have PyTorch's names and the smaller shapes.\n";

static const skel_option options[] = {
    {"compact", 0, NULL, "leave out the channels that no kept weight reads"},
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

static void print(const skel_trained *trained, const small *it, const char *path)
{
    const skel_network *now = it->compact->network;
    const skel_network *whole = trained->network;

    printf("%s: %zu of %zu weights, %.4g of %.4g million multiply-adds an image; %zu channels left "
           "out\n",
           path, now->prunable_count, whole->prunable_count, skel_network_macs(now) / 1e6,
           skel_network_macs(whole) / 1e6, it->compact->removed);
}

static skel_status export_compact(const skel_comm *comm, const char *run, const char *out)
{
    char path[4096];
    small it = {NULL};
    skel_trained *trained = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s%s", out != NULL ? out : run,
                   out != NULL ? "" : ".compact");
    SKEL_TRY(skel_trained_open(run, &trained));
    SKEL_TRY(shrink(trained, &it));
    SKEL_TRY(write_file(comm, &it, run, path));
    print(trained, &it, path);
done:
    release(&it);
    skel_trained_close(&trained);
    return status;
}

static skel_status run(const skel_arguments *arguments)
{
    int argc = arguments->argc;
    char **argv = arguments->argv;
    skel_comm *comm = NULL;
    skel_status status = SKEL_OK;

    if (!skel_arguments_has(arguments, "compact")) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "skel export: say what to write: --compact is a weight file of the "
                         "smaller network");
    }
    SKEL_TRY(skel_comm_start(&argc, &argv, &comm));
    status = export_compact(comm, arguments->word[0], skel_arguments_get(arguments, "out"));
done:
    return skel_command_leave(&comm, status);
}

SKEL_COMMAND(export, "RUN --compact [--out FILE]", "write the network of a run for other programs",
             1, 1);
