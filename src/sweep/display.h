/** Displays: one line for all groups of a sweep. It says which runs go on, how many are done, and
 *  when all will be. */
#ifndef SKEL_SWEEP_DISPLAY_H
#define SKEL_SWEEP_DISPLAY_H

#include "skel/progress.h"
#include "skel/sweep.h"

enum { SKEL_NEWS_PHASE = 24 /**< bytes of a phase's name */ };

/** What a group is doing, as its leader sees it. Plain data; sent by letter. */
typedef struct skel_news {
    uint64_t index;     /**< of the run */
    double share;       /**< of the run's work that is done, 0 to 1 */
    double first;       /**< what of it was done when the group began: by a checkpoint before */
    double phase_share; /**< of the phase */
    char phase[SKEL_NEWS_PHASE];
    char text[SKEL_PROGRESS_TEXT]; /**< the phase's figures */
    char note[SKEL_PROGRESS_NOTE];
} skel_news;

/** A display. Opaque. */
typedef struct skel_display skel_display;

/** Seconds until all runs are done, from the rate so far.
 *
 *  Local. Work in any unit. The groups end together at best, and not before the longest run.
 *  @param elapsed  seconds
 *  @param done     work of all groups in this time
 *  @param left     work that is left
 *  @param longest  the most that is left of one run
 *  @param groups   at work
 *  @return -1 if nothing is done yet
 */
double skel_display_left(double elapsed, double done, double left, double longest, size_t groups);

/** Opens a display, and names the runs of this rank's group in its messages.
 *
 *  Local; for the roots of groups.
 *  @param sweep  borrowed; on the root of all ranks `cost` of each pending run is set
 *  @param out    *owned*: skel_display_close() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_display_open(const skel_sweep *sweep, size_t groups,
                                           skel_display **out);

/** Frees the display, and prints what it has held back; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_display_close(skel_display **display);

/** Begins a run of this rank's group.
 *
 *  Local.
 */
void skel_display_begin(skel_display *display, size_t index);

/** Notes that this rank's group is at work on its run. To be called at each step of progress: the
 *  first one after skel_display_begin() tells what a checkpoint had done before.
 *
 *  Local.
 */
void skel_display_step(skel_display *display);

/** Tells what this rank's group is doing.
 *
 *  Local.
 */
void skel_display_news(const skel_display *display, const skel_progress *progress, size_t done,
                       double now, skel_news *out);

/** Notes what a group is doing.
 *
 *  Local; on the root of all ranks.
 */
void skel_display_hear(skel_display *display, size_t group, const skel_news *news);

/** Tells what this rank's group has done of the run that it has ended.
 *
 *  Local.
 *  @param whole  the run was done to its end, and not found or failed
 *  @param out    out: `index`, `share` and `first` alone
 */
void skel_display_result(const skel_display *display, bool whole, skel_news *out);

/** Notes that a group has ended its run.
 *
 *  Local; on the root of all ranks.
 *  @param result  from skel_display_result()
 */
void skel_display_end(skel_display *display, size_t group, const skel_news *result);

/** Seconds until all runs are done.
 *
 *  Local; on the root of all ranks.
 *  @param now  of skel_seconds()
 *  @return -1 if nothing is done yet
 */
double skel_display_forecast(const skel_display *display, double now);

/** Shows the line.
 *
 *  Local; on the root of all ranks.
 */
void skel_display_show(skel_display *display, double now);

#endif
