/** The figures of a section, each in a file of its own. */
#ifndef SKEL_REPORT_PLOTS_LIST_H
#define SKEL_REPORT_PLOTS_LIST_H

#include "plots.h"

/** Test accuracy against the share of weights kept.
 *
 *  Local. `*out` is *owned*: skel_figure_destroy() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_plots_kept(skel_plots *plots, skel_figure **out);

/** Test accuracy against the share of weights on a path with a gradient.
 *
 *  Local. As skel_plots_kept().
 */
SKEL_CHECKED skel_status skel_plots_effective(skel_plots *plots, skel_figure **out);

/** Test accuracy against multiply-adds per image.
 *
 *  Local. As skel_plots_kept().
 */
SKEL_CHECKED skel_status skel_plots_macs(skel_plots *plots, skel_figure **out);

/** Test accuracy against seconds of pruning.
 *
 *  Local. As skel_plots_kept().
 */
SKEL_CHECKED skel_status skel_plots_time(skel_plots *plots, skel_figure **out);

/** Accuracy against epochs.
 *
 *  Local. As skel_plots_kept().
 */
SKEL_CHECKED skel_status skel_plots_training(skel_plots *plots, skel_figure **out);

/** Objective, threshold and resurrected weights against pruning iterations.
 *
 *  Local. As skel_plots_kept().
 */
SKEL_CHECKED skel_status skel_plots_iterations(skel_plots *plots, skel_figure **out);

/** Density of each layer.
 *
 *  Local. As skel_plots_kept().
 */
SKEL_CHECKED skel_status skel_plots_layers(skel_plots *plots, skel_figure **out);

/** Overlap of masks between methods and between seeds, beside chance.
 *
 *  Local. As skel_plots_kept().
 */
SKEL_CHECKED skel_status skel_plots_overlap(skel_plots *plots, skel_figure **out);

/** Eigenvalues of the neural tangent kernel.
 *
 *  Local. As skel_plots_kept().
 */
SKEL_CHECKED skel_status skel_plots_spectra(skel_plots *plots, skel_figure **out);

/** Test accuracy against condition number and effective rank of the neural tangent kernel.
 *
 *  Local. As skel_plots_kept().
 */
SKEL_CHECKED skel_status skel_plots_trainability(skel_plots *plots, skel_figure **out);

/** Masks of the first, the largest and the last layer.
 *
 *  Local. As skel_plots_kept().
 */
SKEL_CHECKED skel_status skel_plots_masks(skel_plots *plots, skel_figure **out);

#endif
