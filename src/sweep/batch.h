/** The commands of a submission, word by word. */
#ifndef SKEL_SWEEP_BATCH_H
#define SKEL_SWEEP_BATCH_H

#include "submission.h"

enum { SKEL_BATCH_WORDS = 80 }; /**< words that a command may have */

/** A command of sbatch. The words are owned: skel_batch_clear() it. */
typedef struct skel_batch {
    size_t words;
    char *word[SKEL_BATCH_WORDS + 1]; /**< ends with NULL */
    skel_status status;               /**< of the first word that could not be added */
} skel_batch;

/** The command that submits the missing runs: an array, or one job with groups.
 *
 *  Local. `*command` is empty before. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_batch_runs(const skel_submission *submission, skel_batch *command);

/** The command that submits the job of the table, which starts when the job `id` has ended.
 *
 *  Local. `*command` is empty before. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_batch_table(const skel_submission *submission, const char *id,
                                          skel_batch *command);

/** Folder of the batch scripts: the site's, or skel's own.
 *
 *  Local. Borrowed from the submission.
 */
const char *skel_batch_scripts(const skel_submission *submission);

/** Frees the words.
 *
 *  Local.
 */
void skel_batch_clear(skel_batch *command);

#endif
