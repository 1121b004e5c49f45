/* skel spectrum: eigenvalues and singular values of a run's skeleton. */
#include "command.h"
#include "spectra_print.h"

#include "skel/log.h"
#include "skel/overwrite.h"
#include "skel/probe.h"
#include "skel/process.h"
#include "skel/session.h"
#include "skel/stored.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

static const char details[] =
    "  mpirun -n 4 skel spectrum runs/first/force-s0.99-seed0-HEX.h5 --control shuffle,random\n\n"
    "Computes, on all ranks together, what says whether a skeleton can be trained:\n\n"
    "  ntk           eigenvalues of the neural tangent kernel: of the products of the logits'\n"
    "                gradients by the kept weights, batch norm in evaluation mode\n"
    "  jacobian      singular values of the Jacobian of the logits by the normalised image, each\n"
    "                the mean over the images\n"
    "  gauss-newton  eigenvalues, but for zeros, of the Gauss-Newton matrix of the mean loss\n"
    "  layers        singular values of each layer's weights times the mask\n"
    "  mask          singular values of each layer's mask as a bipartite graph\n\n"
    "\"condition\" is the largest value over the smallest; infinite if the matrix is singular.\n"
    "\"eff. rank\" is exp of the entropy of the values over their sum. \"gap\" is 1 less the "
    "second\n"
    "value over the largest. A mask with a larger gap than its shuffled control gathers its "
    "weights\n"
    "in few channels; one with a smaller gap falls into parts. \"aligned\" is the share of the "
    "labels\n"
    "in the span of as many leading eigenvectors as there are classes.\n\n"
    "--control computes the same for other masks with as many weights: shuffle keeps the number\n"
    "of each layer, random does not, dense (of layers alone) keeps all weights.\n\n"
    "At the initial weights, batch norm has the statistics of the images; at the trained ones,\n"
    "the run's running averages. The number of ranks changes the values by rounding alone. All\n"
    "values go to the file RUN.spectra (HDF5), which skel inspect prints. Spectra that it has "
    "from\n"
    "earlier commands stay, if they are of the same run, weights, --outputs, --samples and "
    "--seed;\n"
    "else they are replaced, and a warning says so.\n";

static const skel_option options[] = {
    {"of", 0, "WORD,...", "ntk, jacobian, gauss-newton, layers, mask (ntk)"},
    {"samples", 0, "N", "training images, chosen by the seed (100)"},
    {"at", 0, "initial|trained", "weights (initial)"},
    {"control", 0, "WORD,...", "also of other masks: shuffle, random, dense (none)"},
    {"outputs", 0, "logits|sum", "ntk of each logit, or of their sum (logits)"},
    {"seed", 0, "N", "of images and controls (the run's)"},
    {"memory", 0, "MIB", "of gradients on a rank; less takes more time (1024)"},
    {"engine", 0, "ENGINE", "of the gradients: auto, dense, sparse, reference (auto)"},
    {"threads", 0, "N", "of a rank (1)"},
    {"tsv", 0, NULL, "tab-separated columns with all digits, for other programs"},
    {NULL, 0, NULL, NULL},
};

/* Sets the flag of each word of a list with commas. */
static skel_status read_list(const char *option, const char *text, size_t count,
                             const char *const words[], bool flags[])
{
    char list[128];

    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, ",");
        size_t i = 0;

        while (i < count && (strlen(words[i]) != length || strncmp(words[i], at, length) != 0)) {
            i++;
        }
        if (i == count) {
            skel_text_list(count, words, sizeof list, list);
            return SKEL_FAIL(SKEL_ERR_USAGE, "skel spectrum: --%s %.*s: one of %s is expected",
                             option, (int)length, at, list);
        }
        flags[i] = true;
        at += length + (at[length] == ',' ? 1 : 0);
    }
    return SKEL_OK;
}

static skel_status read_lists(const skel_arguments *arguments, skel_probe_options *out)
{
    static const char *const controls[] = {"shuffle", "random", "dense"};
    const char *kinds[SKEL_PROBE_KINDS];
    const char *of = skel_arguments_get(arguments, "of");
    const char *control = skel_arguments_get(arguments, "control");
    skel_status status = SKEL_OK;

    for (size_t k = 0; k < SKEL_PROBE_KINDS; k++) {
        kinds[k] = skel_probe_kind_word((skel_probe_kind)k);
    }
    SKEL_TRY(read_list("of", of != NULL ? of : "ntk", SKEL_PROBE_KINDS, kinds, out->kind));
    SKEL_TRY(read_list("control", control != NULL ? control : "", 3, controls,
                       out->control + SKEL_PROBE_SHUFFLE));
done:
    return status;
}

static skel_status read_options(const skel_arguments *arguments, skel_probe_options *out,
                                bool *has_seed)
{
    static const char *const at[] = {"initial", "trained"};
    static const char *const outputs[] = {"logits", "sum"};
    static const char *const engines[] = {"auto", "dense", "sparse", "reference"};
    uint64_t samples = 100;
    uint64_t memory = 1024;
    uint64_t threads = 1;
    size_t engine = 0;
    size_t weights = 0;
    size_t output = 0;
    skel_status status = SKEL_OK;

    *out = (skel_probe_options){0};
    SKEL_TRY(read_lists(arguments, out));
    SKEL_TRY(skel_arguments_number(arguments, "samples", 1, 1000000, &samples));
    SKEL_TRY(skel_arguments_number(arguments, "memory", 1, UINT32_MAX, &memory));
    SKEL_TRY(skel_arguments_number(arguments, "threads", 1, SKEL_PROCESS_THREADS, &threads));
    SKEL_TRY(skel_arguments_number(arguments, "seed", 0, UINT64_MAX, &out->seed));
    SKEL_TRY(skel_arguments_choice(arguments, "at", 2, at, &weights));
    SKEL_TRY(skel_arguments_choice(arguments, "outputs", 2, outputs, &output));
    SKEL_TRY(skel_arguments_choice(arguments, "engine", 4, engines, &engine));
    *has_seed = skel_arguments_has(arguments, "seed");
    out->samples = (size_t)samples;
    out->memory = (size_t)memory << 20;
    out->threads = (int)threads;
    out->kind_of_engine = engines[engine];
    out->trained = weights == 1;
    out->sum = output == 1;
done:
    return status;
}

static skel_status read_job(const char *path, skel_job *out)
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_stored_job(reader, out));
    /* weights and mask come from the run's file */
    memset(out->model.weights, 0, sizeof out->model.weights);
    memset(out->prune.check, 0, sizeof out->prune.check);
    memcpy(out->prune.check, "none", sizeof "none");
done:
    return skel_reader_close(&reader, status);
}

/* The spectra of this command, not those that its file keeps of earlier ones. */
static void print_conditions(const skel_assignment *assignment, const skel_probe_options *how,
                             const skel_probe *probe, size_t computed, const char *file)
{
    printf("%s: %s, %s, at the %s weights, %zu image%s of seed %llu, %d x %d ranks",
           assignment->path, assignment->job->model.name, assignment->job->prune.method,
           how->trained ? "trained" : "initial", how->samples, how->samples == 1 ? "" : "s",
           (unsigned long long)how->seed, probe->grid_rows, probe->grid_columns);
    if (probe->bytes > 0) {
        char bytes[SKEL_TEXT_BYTES];

        skel_text_bytes(probe->bytes, bytes);
        printf(", %s a rank", bytes);
    }
    if (probe->passes > 1) {
        printf("; each gradient was computed %zu times to stay within --memory", probe->passes);
    }
    printf("\n\n");
    skel_spectra_print(computed, probe->result, assignment->dataset->info->classes);
    printf("\nwrote %s\n", file);
}

static skel_status probe_file(skel_session *session, const char *path, bool tsv, bool has_seed,
                              skel_probe_options *how)
{
    const skel_comm *comm = session->comm;
    skel_job job;
    skel_assignment assignment = {
        .comm = comm, .job = &job, .invocation = &session->invocation, .path = path};
    char file[SKEL_PATH];
    skel_probe probe = {0};
    size_t computed = 0;
    skel_status status = SKEL_OK;

    memset(&job, 0, sizeof job);
    SKEL_TRY(skel_comm_agree(comm, skel_comm_is_root(comm) ? read_job(path, &job) : SKEL_OK));
    skel_comm_broadcast(comm, sizeof job, &job);
    how->seed = has_seed ? how->seed : job.seed;
    (void)snprintf(file, sizeof file, "%s.spectra", path);
    if (skel_comm_is_root(comm)) {
        status = skel_overwrite_check(file, SKEL_OVERWRITE_SPECTRA, 0, NULL);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    SKEL_TRY(skel_session_dataset(session, &job, &assignment.dataset));
    if (skel_stored_check_data(comm, path, assignment.dataset) != SKEL_OK) {
        SKEL_TRY(skel_error_prefix("%s", path));
    }
    SKEL_TRY(skel_probe_make(&assignment, how, &probe));
    computed = probe.count;
    SKEL_TRY(skel_probe_keep(&assignment, how, file, &probe));
    SKEL_TRY(skel_probe_record(&assignment, how, &probe, file));
    if (skel_comm_is_root(comm) && tsv) {
        skel_spectra_print_tsv(computed, probe.result, assignment.dataset->info->classes);
    } else if (skel_comm_is_root(comm)) {
        print_conditions(&assignment, how, &probe, computed, file);
    }
done:
    skel_probe_clear(&probe);
    return status;
}

static skel_status run(const skel_arguments *arguments)
{
    int argc = arguments->argc;
    char **argv = arguments->argv;
    skel_probe_options how;
    bool has_seed = false;
    skel_comm *comm = NULL;
    skel_session *session = NULL;
    skel_status status = read_options(arguments, &how, &has_seed);

    if (status != SKEL_OK) {
        return status;
    }
    SKEL_TRY(skel_comm_start(&argc, &argv, &comm));
    skel_log_configure(SKEL_LOG_INFO, skel_comm_is_root(comm));
    SKEL_TRY(skel_session_create(comm, argc, argv, &session));
    for (size_t i = 0; i < arguments->count; i++) {
        SKEL_TRY(probe_file(session, arguments->word[i], skel_arguments_has(arguments, "tsv"),
                            has_seed, &how));
    }
done:
    skel_session_destroy(&session);
    return skel_command_leave(&comm, status);
}

SKEL_COMMAND(spectrum, "RUN... [options]", "trainability spectra of run files on all ranks", 1,
             SKEL_ANY);
