/* The commands of a submission, with the environment that the batch scripts read: printed as a
 * shell takes them, or run. */
#include "batch.h"

#include "skel/capture.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VARIABLES = 6, VALUE = SKEL_JOB_PATH + 64, ID = 48 };

typedef struct variable {
    const char *name;
    char value[VALUE];
} variable;

static void join_modules(const skel_site *site, char out[VALUE])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < site->modules; i++) {
        used +=
            (size_t)snprintf(out + used, VALUE - used, "%s%s", i > 0 ? " " : "", site->module[i]);
    }
}

static void fill_variables(const skel_submission *submission, variable out[VARIABLES])
{
    const skel_site *site = &submission->site;
    bool is_srun = strcmp(site->launcher, "srun") == 0;

    out[0].name = "SKEL";
    (void)snprintf(out[0].value, VALUE, "%s", submission->options->program);
    out[1].name = "SKEL_SLURM";
    (void)snprintf(out[1].value, VALUE, "%s", skel_batch_scripts(submission));
    out[2].name = "SKEL_OUT";
    (void)snprintf(out[2].value, VALUE, "%s", submission->out);
    out[3].name = "SKEL_LAUNCHER";
    (void)snprintf(out[3].value, VALUE, is_srun ? "srun --mpi=%s" : "mpirun", site->mpi);
    out[4].name = "SKEL_MODULES";
    join_modules(site, out[4].value);
    out[5].name = "SKEL_REQUEUES";
    (void)snprintf(out[5].value, VALUE, "%llu", (unsigned long long)submission->options->requeues);
}

/* As a shell reads it back. */
static void print_quoted(const char *word)
{
    size_t plain = 0;

    while (word[plain] != '\0' && isascii(word[plain]) &&
           (isalnum((unsigned char)word[plain]) || strchr("_-+=./:,@%", word[plain]) != NULL)) {
        plain++;
    }
    if (plain > 0 && word[plain] == '\0') {
        printf("%s", word);
        return;
    }
    printf("'");
    for (; *word != '\0'; word++) {
        printf("%s%c", *word == '\'' ? "'\\'" : "", *word);
    }
    printf("'");
}

static void print_command(const skel_batch *command, const variable environment[VARIABLES])
{
    for (size_t i = 0; i < VARIABLES; i++) {
        printf("%s=", environment[i].name);
        print_quoted(environment[i].value);
        printf(" \\\n");
    }
    for (size_t i = 0; i < command->words; i++) {
        printf("%s", i == 0 ? "" : i == 1 ? " " : " \\\n    ");
        print_quoted(command->word[i]);
    }
    printf("\n");
}

/* Runs sbatch --parsable, which prints the job's number and maybe the cluster's name. */
static skel_status submit(const skel_batch *command, const variable environment[VARIABLES],
                          char id[ID])
{
    skel_capture sbatch = {.output = NULL};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < VARIABLES; i++) {
        (void)setenv(environment[i].name, environment[i].value, 1);
    }
    SKEL_TRY(skel_capture_run((const char *const *)(const void *)command->word, &sbatch));
    if (sbatch.exit_status != 0) {
        status = SKEL_FAIL(SKEL_ERR_USAGE, "sbatch refuses the job: %.1000s%s", sbatch.messages,
                           strstr(sbatch.messages, "job array") == NULL
                               ? ""
                               : "; an array's numbers end below MaxArraySize of `scontrol show "
                                 "config`: use --groups, or narrow the sweep by key=value");
        goto done;
    }
    (void)snprintf(id, ID, "%.*s", (int)strcspn(sbatch.output, ";\n"), sbatch.output);
done:
    skel_capture_clear(&sbatch);
    return status;
}

/* A Slurm without the site's type of MPI would start ranks that do not find each other. */
static skel_status check_mpi(const skel_submission *submission)
{
    const skel_site *site = &submission->site;
    const char *const argv[] = {"srun", "--mpi=list", NULL};
    skel_capture srun = {.output = NULL};
    skel_status status = SKEL_OK;

    if (strcmp(site->launcher, "srun") != 0) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_capture_run(argv, &srun));
    if (srun.exit_status == 0 && strstr(srun.output, site->mpi) == NULL &&
        strstr(srun.messages, site->mpi) == NULL) {
        status = SKEL_FAIL(SKEL_ERR_MISSING,
                           "this Slurm has no --mpi=%s, by which MPI finds its ranks; srun "
                           "--mpi=list says: %.500s; set `mpi` or `launcher: mpirun` in the site "
                           "file (slurm/site.yaml is an example)",
                           site->mpi, srun.messages[0] != '\0' ? srun.messages : srun.output);
    }
done:
    skel_capture_clear(&srun);
    return status;
}

/* The table's job is a convenience: the runs are submitted, whatever becomes of it. */
static skel_status submit_all(const skel_submission *submission, const skel_batch *runs,
                              const variable environment[VARIABLES])
{
    skel_batch table = {.words = 0};
    char id[ID] = "";
    char after[ID] = "";
    skel_status status = SKEL_OK;

    SKEL_TRY(check_mpi(submission));
    SKEL_TRY(skel_submit_write(submission));
    SKEL_TRY(submit(runs, environment, id));
    printf("submitted: job %s; logs in %s/logs\n", id, submission->folder);
    SKEL_TRY(skel_batch_table(submission, id, &table));
    SKEL_TRY(submit(&table, environment, after));
    printf("after it: job %s writes %s/table.txt, and the report %s/report\n", after,
           submission->folder, submission->folder);
done:
    skel_batch_clear(&table);
    return status == SKEL_OK || id[0] == '\0'
               ? status
               : skel_error_prefix("job %s is submitted, but not the one of its table", id);
}

static skel_status print_all(const skel_submission *submission, const skel_batch *runs,
                             const variable environment[VARIABLES])
{
    skel_batch table = {.words = 0};
    skel_status status = skel_batch_table(submission, "JOB", &table);

    if (status == SKEL_OK) {
        printf("\nwould write %s and run\n\n", submission->frozen);
        print_command(runs, environment);
        printf("\nand, with the number that this command prints for JOB,\n\n");
        print_command(&table, environment);
    }
    skel_batch_clear(&table);
    return status;
}

skel_status skel_submit_send(const skel_submission *submission)
{
    variable environment[VARIABLES];
    skel_batch runs = {.words = 0};
    skel_status status = SKEL_OK;

    fill_variables(submission, environment);
    SKEL_TRY(skel_batch_runs(submission, &runs));
    SKEL_TRY(
        (submission->options->dry_run ? print_all : submit_all)(submission, &runs, environment));
done:
    skel_batch_clear(&runs);
    return status;
}
