/* The commands of a submission: sbatch's words. */
#include "batch.h"

#include "skel/memory.h"
#include "skel/queue.h"

#include <stdio.h>
#include <string.h>

enum { WARNING = 120 /* seconds between Slurm's signal and the time limit */ };

/* Adds a word of two parts. */
static void add(skel_batch *command, const char *first, const char *second)
{
    char text[2 * SKEL_SUBMISSION_PATH];

    SKEL_ASSERT(command->words < SKEL_BATCH_WORDS);
    (void)snprintf(text, sizeof text, "%s%s", first, second);
    if (command->status == SKEL_OK) {
        command->status = skel_strdup(text, &command->word[command->words]);
        command->words += command->status == SKEL_OK;
    }
}

static void add_number(skel_batch *command, const char *first, uint64_t number)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    add(command, first, text);
}

/* An option of the command line or of the site; neither: none. */
static void add_choice(skel_batch *command, const char *name, const char *asked, const char *usual)
{
    if (asked != NULL || usual[0] != '\0') {
        add(command, name, asked != NULL ? asked : usual);
    }
}

void skel_batch_clear(skel_batch *command)
{
    for (size_t i = 0; i < command->words; i++) {
        SKEL_FREE(&command->word[i]);
    }
    command->words = 0;
}

/* sbatch replaces %A and its like in the names of files. */
static void add_log(skel_batch *command, const skel_submission *submission, const char *name)
{
    char folder[SKEL_SUBMISSION_PATH + 64];
    size_t length = 0;

    for (const char *at = submission->folder; *at != '\0' && length + 2 < SKEL_SUBMISSION_PATH;
         at++) {
        folder[length++] = *at;
        if (*at == '%') {
            folder[length++] = '%';
        }
    }
    (void)snprintf(folder + length, sizeof folder - length, "/logs/%s", name);
    add(command, "--output=", folder);
}

static void add_site(skel_batch *command, const skel_submission *submission)
{
    const skel_submit_options *options = submission->options;
    const skel_site *site = &submission->site;

    add_choice(command, "--partition=", options->partition, site->partition);
    add_choice(command, "--account=", options->account, site->account);
    add_choice(command, "--qos=", options->qos, site->qos);
}

/* Options that are meant for the runs, such as --exclusive: the table's job has one rank. */
static void add_further(skel_batch *command, const skel_submission *submission)
{
    for (size_t i = 0; i < submission->site.options; i++) {
        add(command, submission->site.option[i], "");
    }
    for (size_t i = 0; i < submission->options->extras; i++) {
        add(command, submission->options->extra[i], "");
    }
}

static skel_status add_array(skel_batch *command, const skel_submission *submission)
{
    char most[24] = "";
    char *array = NULL;
    char *word = NULL;
    size_t room = 0;
    skel_status status = SKEL_OK;

    if (submission->options->parallel > 0) {
        (void)snprintf(most, sizeof most, "%%%llu",
                       (unsigned long long)submission->options->parallel);
    }
    SKEL_TRY(skel_submit_array(submission, &array));
    room = strlen(array) + 64;
    SKEL_TRY(SKEL_ALLOC(room, 1, &word)); /* thousands of numbers: no text of fixed size */
    (void)snprintf(word, room, "--array=%s%s", array, most);
    command->word[command->words++] = word;
done:
    SKEL_FREE(&array);
    return status;
}

/* The warning comes early enough for a checkpoint, but takes at most a tenth of the time. */
static void add_time(skel_batch *command, const skel_submission *submission)
{
    double tenth = submission->seconds / 10;

    if (submission->options->time != NULL) {
        add(command, "--time=", submission->options->time);
    }
    if (tenth >= 1 && tenth < WARNING) {
        add_number(command, "--signal=B:USR1@", (uint64_t)tenth);
    }
}

const char *skel_batch_scripts(const skel_submission *submission)
{
    return submission->site.scripts[0] != '\0' ? submission->site.scripts
                                               : submission->options->scripts;
}

skel_status skel_batch_runs(const skel_submission *submission, skel_batch *command)
{
    const skel_submit_options *options = submission->options;
    bool grouped = options->groups > 0;
    skel_status status = SKEL_OK;

    add(command, "sbatch", "");
    add(command, "--parsable", "");
    add(command, "--job-name=skel-", submission->sweep->run[0].job.name);
    add(command, "--comment=" SKEL_QUEUE_MARK, submission->frozen);
    if (!grouped) {
        SKEL_TRY(add_array(command, submission));
    }
    add_number(command, "--nodes=", options->nodes);
    add_number(command, "--ntasks=", options->ranks);
    add_time(command, submission);
    add_log(command, submission, grouped ? "slurm-%j.out" : "slurm-%A_%a.out");
    add_site(command, submission);
    add_further(command, submission);
    add(command, skel_batch_scripts(submission), grouped ? "/groups.sh" : "/array.sh");
    add(command, submission->frozen, "");
    if (grouped) {
        add_number(command, "--groups=", options->groups);
    }
    status = command->status;
done:
    return status;
}

skel_status skel_batch_table(const skel_submission *submission, const char *id, skel_batch *command)
{
    add(command, "sbatch", "");
    add(command, "--parsable", "");
    add(command, "--job-name=skel-table-", submission->sweep->run[0].job.name);
    add(command, "--dependency=afterany:", id);
    add_log(command, submission, "table.log");
    add_site(command, submission);
    add(command, skel_batch_scripts(submission), "/table.sh");
    add(command, submission->frozen, "");
    return command->status;
}
