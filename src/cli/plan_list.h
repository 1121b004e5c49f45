/** The list of a job's runs that `skel plan` prints: for people, as tab-separated columns, as JSON.
 */
#ifndef SKEL_CLI_PLAN_LIST_H
#define SKEL_CLI_PLAN_LIST_H

#include "skel/remainder.h"
#include "skel/sweep.h"

typedef enum skel_plan_format {
    SKEL_PLAN_TEXT,
    SKEL_PLAN_TSV,
    SKEL_PLAN_JSON, /**< an object a line */
} skel_plan_format;

/** What is known of one run before it is done. Plain data. */
typedef struct skel_plan_row {
    size_t index;
    const skel_sweep_run *run;
    const char *state;   /**< "done", "taken", "running", "checkpointed", "waiting", "repeated" */
    skel_cost cost;      /**< of what is left */
    double seconds;      /**< of one rank of this processor; 0: not known */
    const char *place;   /**< "resumes at epoch 3/20"; "": it begins, or is done */
    const char *differs; /**< parts of the provenance; "": none */
} skel_plan_row;

/** Prints the names of the columns; nothing for JSON.
 *
 *  Local.
 */
void skel_plan_head(const skel_sweep *sweep, skel_plan_format format);

/** Prints one run.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_plan_print(const skel_sweep *sweep, skel_plan_format format,
                                         const skel_plan_row *row);

#endif
