/** The figures of a section: which runs and numbers each one draws. */
#ifndef SKEL_REPORT_PLOTS_H
#define SKEL_REPORT_PLOTS_H

#include "skel/report.h"

#include "figure.h"

/** What all figures of a section have in common. Borrowed. */
typedef struct skel_plots {
    const skel_report *report;
    const skel_report_section *section;
    const char *prefix;  /**< of the figures' names; "" or with a "-" at its end */
    size_t unread;       /**< times that a dataset of a run could not be read, and was left out */
    skel_status failure; /**< of these: skel_status_of_files() */
    char reason[512];    /**< why, the first time */
} skel_plots;

/** A dataset of each run of a group. Owned: skel_plots_free_columns() it. */
typedef struct skel_columns {
    size_t runs;
    size_t rows;    /**< of the longest */
    size_t *count;  /**< [runs] 0 where a run does not have the dataset */
    double **value; /**< [runs][count] */
} skel_columns;

/** Makes an empty figure with the section's prefix, network and data set.
 *
 *  Local.
 *  @param caption  the content in a sentence without a dot at its end
 *  @param note     for the foot of the figure, before the number of seeds; may be ""
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_plots_create(const skel_plots *plots, const char *name,
                                           const char *caption, const char *note,
                                           skel_figure **out);

/** Says at the foot of a figure how many runs it does not draw; nothing if there are none.
 *
 *  Local.
 *  @param which  of the runs: "without an effective weight"
 */
void skel_plots_note_undrawn(skel_figure *figure, size_t runs, const char *which);

/** Says at the foot of a figure of curves what its bands are, where it has some.
 *
 *  Local.
 */
void skel_plots_note_bands(skel_figure *figure);

/** Runs of a group.
 *
 *  Local. Borrowed.
 */
const skel_report_run *skel_plots_run(const skel_plots *plots, const skel_report_group *group,
                                      size_t index);

/** Number of colour and marker of a line, the same in all figures of the section.
 *
 *  Local. Dense lines, which come first, have none.
 */
size_t skel_plots_look(const skel_plots *plots, size_t line);

/** Number of methods, or other lines, that have a run at a sparsity; dense ones do not count.
 *
 *  Local.
 */
size_t skel_plots_lines_at(const skel_plots *plots, double sparsity);

/** Chooses at most `most` of the section's sparsities, the first and the last among them.
 *
 *  Local.
 *  @param least  lines that have a run at each of them
 *  @param out  [most] ascending
 *  @return their number
 */
size_t skel_plots_pick(const skel_plots *plots, size_t most, size_t least, double out[]);

/** The share of the weights that is kept at a sparsity, as a title: "2 % of the weights kept";
 *  "asked to keep 2 %" where runs at this sparsity keep another share.
 *
 *  Local.
 */
void skel_plots_title(const skel_plots *plots, double sparsity, char out[SKEL_FIGURE_LABEL]);

/** Reads a dataset of all runs of a group. A run whose dataset cannot be read is left out, and
 *  counted in `plots`.
 *
 *  Local. `out` is owned, also after an error: skel_plots_free_columns() it.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_plots_read(skel_plots *plots, const skel_report_group *group,
                                         const char *dataset, skel_columns *out);

/** Frees columns.
 *
 *  Local.
 */
void skel_plots_free_columns(skel_columns *columns);

/** Mean and standard deviation of one row of the columns; count 0 if no value is finite.
 *
 *  Local.
 */
skel_average skel_plots_average(const skel_columns *columns, size_t row, double scale);

/** Counts a run that could not be read, by the last error; an error of memory stays one.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_plots_pass_over(skel_plots *plots, skel_status status);

#endif
