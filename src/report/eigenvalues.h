/** Eigenvalues of the neural tangent kernel of runs, from the files that `skel spectrum` leaves
 *  beside the runs. */
#ifndef SKEL_REPORT_EIGENVALUES_H
#define SKEL_REPORT_EIGENVALUES_H

#include "skel/report.h"

enum {
    SKEL_EIGENVALUES_WORD = 24,  /**< bytes of a setting */
    SKEL_EIGENVALUES_TEXT = 256, /**< bytes of a choice as a text */
};

/** Options of `skel spectrum` without which eigenvalues cannot be compared. Plain data; "" where
 *  the file does not tell. */
typedef struct skel_eigenvalues_settings {
    char weights[SKEL_EIGENVALUES_WORD]; /**< "initial" or "trained" */
    char outputs[SKEL_EIGENVALUES_WORD]; /**< "logits" or "sum" */
    char samples[SKEL_EIGENVALUES_WORD]; /**< images */
} skel_eigenvalues_settings;

/** The settings that most runs of a section have. Plain data. */
typedef struct skel_eigenvalues_choice {
    skel_eigenvalues_settings settings;
    size_t others; /**< runs with spectra of other settings */
} skel_eigenvalues_choice;

/** Eigenvalues of a run. `value` is owned: SKEL_FREE() it. */
typedef struct skel_eigenvalues {
    size_t count;
    double *value; /**< [count] descending */
    double condition;
    double effective_rank;
} skel_eigenvalues;

/** Finds the settings that most of the pruned runs of a section have; of equally many, those of the
 *  run that comes first in the section.
 *
 *  Local. A damaged file does not count.
 *  @param out  all zero bytes if no run has spectra
 *  Errors: SKEL_ERR_IO if a file cannot be read; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_eigenvalues_choose(const skel_report *report,
                                                 const skel_report_section *section,
                                                 skel_eigenvalues_choice *out);

/** Writes a choice as a text: "runs with spectra (initial weights, outputs logits, samples 32); 2
 *  runs with other spectra are left out".
 *
 *  Local.
 */
void skel_eigenvalues_describe(const skel_eigenvalues_choice *choice,
                               char out[SKEL_EIGENVALUES_TEXT]);

/** Reads the eigenvalues of a run; none if it has no spectra of the kernel with these settings.
 *
 *  Local. `out->value` is owned, also after an error.
 *  Errors: SKEL_ERR_IO or SKEL_ERR_DATA if the file cannot be read; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_eigenvalues_read(const skel_report_run *run,
                                               const skel_eigenvalues_settings *settings,
                                               skel_eigenvalues *out);

#endif
