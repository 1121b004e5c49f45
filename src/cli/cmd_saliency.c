/* skel saliency: the masks of run files on one scale. */
#include "watch.h"

#include "skel/appraisal.h"
#include "skel/log.h"
#include "skel/memory.h"

#include <math.h>
#include <stdio.h>

static const char details[] =
    "  mpirun -n 4 skel saliency runs/first/*.h5 --batches 10 --method snip\n\n"
    "Computes for each run file the gradient g of the loss at weights * mask, with the same\n"
    "images for all files. It prints the loss (batch norm on batch statistics), FORCE's\n"
    "objective (the sum over kept weights of |weight * g|), and the l2 norm of g over the kept\n"
    "weights and over all prunable weights. \"effective\" counts the kept weights that are on a\n"
    "path from image to output and have a gradient. \"collapsed\" counts the layers without a\n"
    "weight on a path.\n\n"
    "--method METHOD also computes the scores of this method at this mask, for methods whose\n"
    "scores need weights and gradient alone. It prints their sum over the kept weights, and the\n"
    "ratio of this sum to the largest sum of equally many scores.\n\n"
    "Network, microbatch and engine come from the job of each file. The loss comes from the job\n"
    "of the first file, and so do the images where no option sets them. The number of ranks\n"
    "does not change the results.\n";

static const skel_option options[] = {
    {"method", 0, "METHOD", "also sum the scores of this method, and compare with the largest sum"},
    {"batches", 0, "N", "batches of images (default: as in the first file's job)"},
    {"batch-size", 0, "N", "images of a batch (default: as above)"},
    {"sampling", 0, "shuffled|balanced|sequential", "choice of the images (default: as above)"},
    {"seed", 0, "N", "seed for the choice of images (default: as above)"},
    {"weights", 0, "initial|trained", "weights for the gradient (default: initial)"},
    SKEL_WATCH_OPTIONS,
    {"tsv", 0, NULL, "tab-separated columns with all digits, for other programs"},
    {NULL, 0, NULL, NULL},
};

static skel_status read_options(const skel_arguments *arguments, skel_appraisal_options *out)
{
    static const char *const samplings[] = {"shuffled", "balanced", "sequential"};
    static const char *const weights[] = {"initial", "trained"};
    const char *method = skel_arguments_get(arguments, "method");
    size_t sampling = 0;
    size_t which = 0;
    skel_status status = SKEL_OK;

    *out = (skel_appraisal_options){.has_seed = skel_arguments_has(arguments, "seed")};
    SKEL_TRY(skel_arguments_number(arguments, "batches", 1, 1000000, &out->batches));
    SKEL_TRY(skel_arguments_number(arguments, "batch-size", 1, 65536, &out->batch_size));
    SKEL_TRY(skel_arguments_number(arguments, "seed", 0, UINT64_MAX, &out->seed));
    SKEL_TRY(skel_arguments_choice(arguments, "sampling", 3, samplings, &sampling));
    SKEL_TRY(skel_arguments_choice(arguments, "weights", 2, weights, &which));
    out->sampling = skel_arguments_has(arguments, "sampling") ? samplings[sampling] : NULL;
    out->trained = which == 1;
    if (method != NULL && skel_method_find(method, &out->method) != SKEL_OK) {
        status = skel_error_prefix("skel saliency: --method");
    }
done:
    return status;
}

static double removed(const skel_appraisal *found)
{
    return 1 - (double)found->found.kept / (double)found->found.prunable;
}

static void print_conditions(const skel_appraisal *first, const skel_appraisal_options *how)
{
    const skel_job *job = &first->job;
    uint64_t images = job->prune.batches * job->prune.batch_size;

    printf("at the %s weights times the mask, on %llu image%s of %s (%llu x %llu, %s, seed %llu), "
           "loss %s\n\n",
           how->trained ? "trained" : "initial", (unsigned long long)images, images == 1 ? "" : "s",
           job->data.set, (unsigned long long)job->prune.batches,
           (unsigned long long)job->prune.batch_size, job->prune.sampling,
           (unsigned long long)job->seed, job->prune.loss);
    printf("%-18s %9s %10s %10s %9s %9s %12s %12s %12s", "method", "removed %", "kept", "effective",
           "collapsed", "loss", "objective", "|g| kept", "|g| all");
    if (how->method != NULL) {
        printf(" %12s %8s", how->method->name, "of best");
    }
    printf("  file\n");
}

static void print_row(const skel_appraisal *found, const skel_appraisal_options *how,
                      const char *path)
{
    printf("%-18s %9.6g %10zu %10zu %9zu %9.4f %12.6g %12.6g %12.6g", found->job.prune.method,
           100 * removed(found), found->found.kept, found->found.effective, found->found.collapsed,
           found->found.result.loss, found->found.figures.objective,
           found->found.figures.gradient_norm, found->found.figures.gradient_norm_all);
    if (how->method != NULL && found->found.best > 0) {
        printf(" %12.6g %8.4f", found->found.scores, found->found.scores / found->found.best);
    } else if (how->method != NULL) {
        printf(" %12.6g %8s", found->found.scores, "-"); /* nothing to be a share of */
    }
    printf("  %s\n", path);
}

static void print_tsv(size_t count, const skel_appraisal found[], const char *const paths[],
                      const skel_appraisal_options *how)
{
    printf(
        "file\tmodel\tdata\tmethod\tsparsity\tprunable\tkept\teffective\tcollapsed_layers\tloss\t"
        "objective\tgradient_norm\tgradient_norm_all%s\n",
        how->method != NULL ? "\tscores\tscores_best\tratio" : "");
    for (size_t i = 0; i < count; i++) {
        const skel_appraisal *it = &found[i];

        printf("%s\t%s\t%s\t%s\t%.17g\t%zu\t%zu\t%zu\t%zu\t%.17g\t%.17g\t%.17g\t%.17g", paths[i],
               it->job.model.name, it->job.data.set, it->job.prune.method, removed(it),
               it->found.prunable, it->found.kept, it->found.effective, it->found.collapsed,
               it->found.result.loss, it->found.figures.objective, it->found.figures.gradient_norm,
               it->found.figures.gradient_norm_all);
        if (how->method != NULL) {
            printf("\t%.17g\t%.17g\t%.17g", it->found.scores, it->found.best,
                   it->found.best > 0 ? it->found.scores / it->found.best : (double)NAN);
        }
        printf("\n");
    }
}

static void print_table(size_t count, const skel_appraisal found[], const char *const paths[],
                        const skel_appraisal_options *how)
{
    print_conditions(&found[0], how);
    for (size_t i = 0; i < count; i++) {
        print_row(&found[i], how, paths[i]);
    }
}

static skel_status with_ranks(const skel_arguments *arguments, const skel_appraisal_options *how)
{
    int argc = arguments->argc;
    char **argv = arguments->argv;
    const char *const *paths = (const char *const *)arguments->word;
    skel_comm *comm = NULL;
    skel_session *session = NULL;
    skel_appraisal *found = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_start(&argc, &argv, &comm));
    skel_log_configure(SKEL_LOG_WARNING, skel_comm_is_root(comm));
    SKEL_TRY(skel_watch_start(arguments, comm));
    SKEL_TRY(skel_session_create(comm, argc, argv, &session));
    SKEL_TRY(skel_comm_agree(comm, SKEL_ALLOC(arguments->count, sizeof *found, &found)));
    SKEL_TRY(skel_appraise(session, arguments->count, paths, how, found));
    if (skel_comm_is_root(comm)) {
        (skel_arguments_has(arguments, "tsv") ? print_tsv : print_table)(arguments->count, found,
                                                                         paths, how);
    }
done:
    SKEL_FREE(&found);
    skel_session_destroy(&session);
    return skel_command_leave(&comm, status);
}

static skel_status run(const skel_arguments *arguments)
{
    skel_appraisal_options how;
    skel_status status = read_options(arguments, &how);

    return status == SKEL_OK ? with_ranks(arguments, &how) : status;
}

SKEL_COMMAND(saliency, "RUN... [options]",
             "compare masks of run files by FORCE's objective and gradient norms", 1, SKEL_ANY);
