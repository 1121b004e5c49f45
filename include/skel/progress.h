/** What a person sees while a phase runs: a live line on a terminal, a line now and then in a log.
 */
#ifndef SKEL_PROGRESS_H
#define SKEL_PROGRESS_H

#include <stddef.h>

enum { SKEL_PROGRESS_NOTE = 64 }; /**< bytes of a note */

/** One phase of known length. Plain data; one phase is live at a time. */
typedef struct skel_progress {
    char label[96];
    char note[SKEL_PROGRESS_NOTE]; /**< behind the figures */
    const char *unit;              /**< of the rate, plural: "images" */
    size_t total;
    size_t done;
    size_t columns; /**< of the terminal; 0: a log file */
    double started; /**< seconds of a monotonic clock */
    double shown;
} skel_progress;

/** Starts a phase of `total` units of work.
 *
 *  Local. On a terminal, mpirun's included, the line is redrawn at most ten times a second, in a
 *  file a line is written every five seconds; nothing below the log level SKEL_LOG_INFO.
 *  @param unit  plural noun, borrowed while the phase lasts
 */
void skel_progress_start(skel_progress *progress, const char *label, const char *unit,
                         size_t total);

/** Counts `step` units as done.
 *
 *  Local. `note` is shown behind the figures from now on ("loss 0.412"); NULL: the one before.
 *  Returns the seconds that the phase has taken so far.
 */
double skel_progress_advance(skel_progress *progress, size_t step, const char *note);

/** Shows that `step` units more are done, without counting them: the middle of a long step.
 *
 *  Local. NULL is accepted and shows nothing.
 */
void skel_progress_peek(skel_progress *progress, size_t step);

/** Ends the phase and removes its live line.
 *
 *  Local. Returns the seconds that it took.
 */
double skel_progress_finish(skel_progress *progress);

/** Seconds of a monotonic clock with an arbitrary origin.
 *
 *  Local.
 */
double skel_seconds(void);

#endif
