/** A section of a report: the runs of one network on one data set, in groups that differ in the
 *  seed alone. */
#ifndef SKEL_REPORT_SECTION_H
#define SKEL_REPORT_SECTION_H

#include "skel/estimate.h"
#include "skel/report_run.h"
#include "skel/texts.h"

enum { SKEL_REPORT_SECTION_NAME = 136 }; /**< bytes of a section's name */

/** A seed that a group lacks. Plain data. */
typedef struct skel_report_absent {
    uint64_t seed;
    skel_report_state state; /**< not SKEL_REPORT_DONE */
    size_t run;              /**< of the report; of SKEL_REPORT_MISSING: no run */
} skel_report_absent;

/** Runs with all settings equal but the seed. */
typedef struct skel_report_group {
    size_t line;     /**< of the section */
    double sparsity; /**< asked: the fraction removed; 0 for dense */
    size_t runs;
    size_t
        *run; /**< [runs] owned; places in the report's list, by ascending seed; done, distinct */
    size_t absents;
    skel_report_absent *absent; /**< [absents] owned; by ascending seed */
    size_t tested;              /**< runs that have a test accuracy, also one that is not finite */
    size_t not_finite;          /**< runs whose test accuracy is not finite */
    size_t at_chance;
    skel_estimate accuracy; /**< of the finite test accuracies, fractions of 1 */
    double density;         /**< share of the weights that is kept, mean; NaN without a run */
    bool is_off; /**< this share is not the one that was asked for: methods of which it is
                    an outcome, units that are no weights */
} skel_report_group;

/** Groups that differ in the sparsity alone: a row of a table, a line of a figure. */
typedef struct skel_report_line {
    char *label; /**< owned: "force", or "force, model.width 16" where runs differ in more */
    char method[64];
    bool is_dense; /**< nothing is removed */
} skel_report_line;

/** A section. All owned. */
typedef struct skel_report_section {
    char data[64];
    char model[64];
    char name[SKEL_REPORT_SECTION_NAME]; /**< of its files and groups: "fashion-mnist-vgg11";
                                            letters, digits and "-"; no other section has it */
    skel_texts keys;      /**< by which runs are grouped: the labels show their values */
    skel_texts shared;    /**< "KEY: VALUE", the same in all runs */
    skel_texts dependent; /**< keys that differ, and follow from the method and the shown keys */
    size_t lines;
    skel_report_line *line; /**< [lines]; dense first, then in the order of the methods' list */
    size_t sparsities;
    double *sparsity; /**< [sparsities] ascending, of the lines that are not dense */
    size_t groups;
    skel_report_group *group; /**< [groups]; by line, then by sparsity */
    size_t seeds;
    uint64_t *seed;       /**< [seeds] ascending */
    double chance;        /**< test accuracy of guessing; NaN if nothing is known of the test set */
    bool chance_by_files; /**< by the classes' frequencies; else 1 / number of classes */
} skel_report_section;

/** The group of a line at a sparsity; NULL if there is none.
 *
 *  Local. Borrowed.
 */
const skel_report_group *skel_report_section_find(const skel_report_section *section, size_t line,
                                                  double sparsity);

/** Frees what a section owns.
 *
 *  Local.
 */
void skel_report_section_clear(skel_report_section *section);

#endif
