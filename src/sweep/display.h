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

/** Notes that a group has ended its run.
 *
 *  Local; on the root of all ranks.
 */
void skel_display_end(skel_display *display, size_t group);

/** Shows the line.
 *
 *  Local; on the root of all ranks.
 */
void skel_display_show(skel_display *display, double now);

#endif
