/** One run of a report: its settings, its figures, or why it has none.
 *
 *  Values of each epoch, iteration or layer, and masks, are read on demand: skel/reader.h, with the
 *  run's `path`.
 */
#ifndef SKEL_REPORT_RUN_H
#define SKEL_REPORT_RUN_H

#include "skel/checksum.h"
#include "skel/networks.h"
#include "skel/status.h"
#include "skel/texts.h"

#include <stddef.h>
#include <stdint.h>

/** What a run came to. */
typedef enum skel_report_state {
    SKEL_REPORT_DONE,
    SKEL_REPORT_DAMAGED, /**< it has a file that cannot be read */
    SKEL_REPORT_FAILED,  /**< it ended with an error */
    SKEL_REPORT_RUNNING,
    SKEL_REPORT_UNFINISHED, /**< it was stopped or killed, or has not begun */
    SKEL_REPORT_MISSING,    /**< other runs of its folder have this seed; nothing is known of it */
    SKEL_REPORT_STATES,
} skel_report_state;

/** Figures of a run's /summary, and of its /provenance. NaN where the file does not have them. */
typedef enum skel_report_number {
    SKEL_REPORT_TEST_ACCURACY, /**< fraction of 1 */
    SKEL_REPORT_TEST_LOSS,     /**< nat */
    SKEL_REPORT_SPARSITY,      /**< asked; 0 for a dense run */
    SKEL_REPORT_SPARSITY_REACHED,
    SKEL_REPORT_SPARSITY_EFFECTIVE,
    SKEL_REPORT_PRUNABLE, /**< weights */
    SKEL_REPORT_KEPT,
    SKEL_REPORT_KEPT_EFFECTIVE,
    SKEL_REPORT_COLLAPSED_LAYERS,
    SKEL_REPORT_CONNECTED, /**< 1 or 0 */
    SKEL_REPORT_OBJECTIVE,
    SKEL_REPORT_GRADIENT_NORM,
    SKEL_REPORT_MACS_DENSE, /**< multiply-adds per image */
    SKEL_REPORT_MACS_KEPT,
    SKEL_REPORT_MASK_MACS,     /**< of the run, skel/effort.h: not of the file, but of its job */
    SKEL_REPORT_TRAINING_MACS, /**< likewise */
    SKEL_REPORT_TRAIN_SPEED,   /**< images/s */
    SKEL_REPORT_TEST_SPEED,
    SKEL_REPORT_SECONDS_PRUNE,
    SKEL_REPORT_SECONDS_TRAIN,
    SKEL_REPORT_SECONDS,
    SKEL_REPORT_CLASSES,      /**< of the data set */
    SKEL_REPORT_TEST_SAMPLES, /**< images of the test set */
    SKEL_REPORT_CHANCE,       /**< share of the test set's most frequent class */
    SKEL_REPORT_NUMBERS,
} skel_report_number;

/** A setting that can change a run's result. Both texts are borrowed from the run. */
typedef struct skel_report_setting {
    const char *key;   /**< "prune.method" */
    const char *value; /**< "force", as in a printed job */
    bool follows;      /**< it follows from the method and the other settings: its default */
} skel_report_setting;

/** A run. Texts are owned; "" where nothing is known. */
typedef struct skel_report_run {
    char *path;       /**< of its file, "runs/a/force-s0.9-seed0-01234567.h5" */
    const char *name; /**< the path's last part, without ".h5"; points into `path` */
    skel_report_state state;
    char *message;       /**< why it is not done */
    skel_status failure; /**< of reading its file, if its state is SKEL_REPORT_DAMAGED */
    bool is_foreign;     /**< the file is an HDF5 file that is no run file */
    char identity[SKEL_CHECKSUM_TEXT];
    char data[64];
    char model[64];
    char method[64];
    uint64_t seed;
    bool has_seed;     /**< else the run is not known to be of any seed */
    char revision[64]; /**< git revision of the program */
    char machine[64];  /**< instruction set */
    char engine[64];   /**< "dense, sparse": of pruning and of training */
    bool tested;       /**< it has a test accuracy, maybe one that is not finite */
    size_t settings;   /**< those that are not the default; of a run that is not done only those
                          that its journal names */
    skel_report_setting *setting; /**< [settings] owned; sorted by key; without the seed */
    char *text;                   /**< owned; `setting` points into it */
    double number[SKEL_REPORT_NUMBERS];
    skel_texts warnings; /**< owned; of the journal of a run that is done. Without a journal: layer
                            collapse, of which the file tells */
} skel_report_run;

/** Reads a run file: settings and figures, no weights and no masks.
 *
 *  Local. A file that is damaged, or no run file, gives a run of state SKEL_REPORT_DAMAGED with a
 *  message, and no error.
 *  @param networks  of the runs before it
 *  @param out       *owned*: skel_report_run_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_run_read(skel_networks *networks, const char *path,
                                              skel_report_run *out);

/** Reads what the journal of a run tells that has no file.
 *
 *  Local.
 *  @param stem  path of the run file without ".h5"
 *  @param out   *owned*: skel_report_run_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_run_trace(const char *stem, skel_report_run *out);

/** Frees what a run owns.
 *
 *  Local.
 */
void skel_report_run_clear(skel_report_run *run);

/** The value of a setting; NULL if it has its default, or is not known.
 *
 *  Local. Borrowed from the run.
 */
const char *skel_report_run_setting(const skel_report_run *run, const char *key);

/** Whether a test accuracy is no better than that of guessing the most frequent class.
 *
 *  Local. The bound is 2.58 standard deviations of a binomial above chance, for the number of test
 *  images; without that number 0.01. A run without a finite accuracy is not at chance.
 */
bool skel_report_run_is_at_chance(const skel_report_run *run);

/** The word for a state: "damaged".
 *
 *  Local. Static storage.
 */
const char *skel_report_state_word(skel_report_state state);

#endif
