/* skel saliency: the masks of run files on one scale. */
#include "command.h"

#include "skel/appraisal.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const skel_option options[] = {
    {"method", 0, "NAME", "add up this method's scores, too, and compare with the best sum"},
    {"batches", 0, "N", "batches of images (default: as in the first file's job)"},
    {"batch-size", 0, "N", "images of a batch (likewise)"},
    {"sampling", 0, "HOW", "shuffled, balanced or sequential (likewise)"},
    {"seed", 0, "N", "of the images that are chosen (likewise)"},
    {"weights", 0, "WHICH", "initial (default) or trained: where the gradient is taken"},
    {"tsv", 0, NULL, "columns separated by tabs, all digits, for other programs"},
    {NULL, 0, NULL, NULL},
};

static const char *option(const skel_arguments *arguments, const char *name)
{
    return skel_arguments_get(&skel_command_saliency, arguments, name);
}

static skel_status read_number(const skel_arguments *arguments, const char *name, uint64_t least,
                               uint64_t most, uint64_t *out)
{
    const char *text = option(arguments, name);
    char *end = NULL;

    if (text == NULL) {
        return SKEL_OK;
    }
    errno = 0;
    *out = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || *out < least || *out > most) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel saliency: --%s %s: not a number from %llu to %llu",
                         name, text, (unsigned long long)least, (unsigned long long)most);
    }
    return SKEL_OK;
}

static skel_status read_word(const skel_arguments *arguments, const char *name, size_t count,
                             const char *const words[], size_t *out)
{
    const char *text = option(arguments, name);
    const char *nearest = NULL;

    for (size_t i = 0; text != NULL && i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = i;
            return SKEL_OK;
        }
    }
    if (text == NULL) {
        return SKEL_OK;
    }
    nearest = skel_text_nearest(text, count, words);
    return SKEL_FAIL(SKEL_ERR_USAGE, "skel saliency: --%s %s: did you mean %s?", name, text,
                     nearest != NULL ? nearest : words[0]);
}

static skel_status read_options(const skel_arguments *arguments, skel_appraisal_options *out)
{
    static const char *const samplings[] = {"shuffled", "balanced", "sequential"};
    static const char *const weights[] = {"initial", "trained"};
    const char *method = option(arguments, "method");
    size_t sampling = 0;
    size_t which = 0;
    skel_status status = SKEL_OK;

    *out = (skel_appraisal_options){.has_seed = option(arguments, "seed") != NULL};
    SKEL_TRY(read_number(arguments, "batches", 1, 1000000, &out->batches));
    SKEL_TRY(read_number(arguments, "batch-size", 1, 65536, &out->batch_size));
    SKEL_TRY(read_number(arguments, "seed", 0, UINT64_MAX, &out->seed));
    SKEL_TRY(read_word(arguments, "sampling", 3, samplings, &sampling));
    SKEL_TRY(read_word(arguments, "weights", 2, weights, &which));
    out->sampling = option(arguments, "sampling") != NULL ? samplings[sampling] : NULL;
    out->trained = which == 1;
    if (method != NULL && skel_method_find(method, &out->method) != SKEL_OK) {
        status = skel_error_prefix("skel saliency: --method");
    }
done:
    return status;
}

static double removed(const skel_appraisal *found)
{
    return 1 - (double)found->kept / (double)found->prunable;
}

static void print_conditions(const skel_appraisal *first, const skel_appraisal_options *how)
{
    const skel_job *job = &first->job;
    uint64_t images = job->prune.batches * job->prune.batch_size;

    printf("at the %s weights times the mask, on %llu images of %s (%llu x %llu, %s, seed %llu), "
           "loss %s\n\n",
           how->trained ? "trained" : "initial", (unsigned long long)images, job->data.set,
           (unsigned long long)job->prune.batches, (unsigned long long)job->prune.batch_size,
           job->prune.sampling, (unsigned long long)job->seed, job->prune.loss);
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
           100 * removed(found), found->kept, found->effective, found->collapsed, found->score.loss,
           found->figures.objective, found->figures.gradient_norm,
           found->figures.gradient_norm_all);
    if (how->method != NULL && found->best > 0) {
        printf(" %12.6g %8.4f", found->scores, found->scores / found->best);
    } else if (how->method != NULL) {
        printf(" %12.6g %8s", found->scores, "-"); /* nothing to be a share of */
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
               it->prunable, it->kept, it->effective, it->collapsed, it->score.loss,
               it->figures.objective, it->figures.gradient_norm, it->figures.gradient_norm_all);
        if (how->method != NULL) {
            printf("\t%.17g\t%.17g\t%.17g", it->scores, it->best,
                   it->best > 0 ? it->scores / it->best : (double)NAN);
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

static skel_status with_ranks(const skel_arguments *arguments, const skel_appraisal_options *how,
                              int argc, char **argv)
{
    const char *const *paths = (const char *const *)arguments->word;
    skel_comm *comm = NULL;
    skel_session *session = NULL;
    skel_appraisal *found = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_start(&argc, &argv, &comm));
    skel_log_configure(SKEL_LOG_WARNING, skel_comm_is_root(comm));
    SKEL_TRY(skel_session_create(comm, argc, argv, &session));
    SKEL_TRY(skel_comm_agree(comm, SKEL_ALLOC(arguments->count, sizeof *found, &found)));
    SKEL_TRY(skel_appraise(session, arguments->count, paths, how, found));
    if (skel_comm_is_root(comm)) {
        (option(arguments, "tsv") != NULL ? print_tsv : print_table)(arguments->count, found, paths,
                                                                     how);
    }
done:
    SKEL_FREE(&found);
    skel_session_destroy(&session);
    return skel_command_leave(&comm, status);
}

static skel_status run(const skel_arguments *arguments, int argc, char **argv)
{
    skel_appraisal_options how;
    skel_status status = SKEL_OK;

    SKEL_TRY(read_options(arguments, &how));
    SKEL_TRY(with_ranks(arguments, &how, argc, argv));
done:
    return status;
}

const skel_command skel_command_saliency = {
    .name = "saliency",
    .usage = "RUN... [options]",
    .summary = "the masks of run files on one scale: FORCE's objective, gradient norms",
    .details =
        "  mpirun -n 4 skel saliency runs/first/*.h5 --batches 10 --method snip\n\n"
        "For each run file: the gradient g of the loss at weights * mask, on the same images for\n"
        "all files, whatever method made the mask. Printed are the loss (batch norm on batch\n"
        "statistics), FORCE's objective (sum over kept weights of |weight * g|), and the l2 norm\n"
        "of g over the kept weights and over all prunable ones. effective counts the kept weights\n"
        "on a path from image to output that have a gradient, collapsed the layers without a\n"
        "weight on a path.\n\n"
        "With --method NAME: the sum over the kept weights of the scores that NAME would choose\n"
        "by at this mask, and its ratio to the largest sum that as many weights can have; for\n"
        "methods that look at weights and gradient alone.\n\n"
        "Network, microbatch and engine are those of each file's job; the loss, and what no\n"
        "option says of the images, are the first file's. The same digits on any number of\n"
        "ranks.\n",
    .options = options,
    .words_min = 1,
    .words_max = SKEL_ANY,
    .run = run,
};
