/** Progress of a phase: a live line on a terminal, a line every few seconds in a log file. */
#ifndef SKEL_PROGRESS_H
#define SKEL_PROGRESS_H

#include <stddef.h>

enum { SKEL_PROGRESS_NOTE = 64 }; /**< bytes of a note */

/** One phase of known length. Plain data; one phase is live at a time. */
typedef struct skel_progress {
    char label[96];
    char note[SKEL_PROGRESS_NOTE]; /**< text after the figures */
    const char *unit;              /**< of the rate, plural: "images" */
    size_t total;
    size_t done;
    size_t columns; /**< of the terminal; 0: a log file */
    double started; /**< seconds of a monotonic clock */
    double shown;
} skel_progress;

/** Starts a phase of `total` units of work.
 *
 *  Local. On a terminal (also behind mpirun) the line is drawn at most ten times a second. In a
 *  file a line is written every five seconds. Below the log level SKEL_LOG_INFO nothing is shown.
 *  @param unit  plural noun, borrowed while the phase lasts
 */
void skel_progress_start(skel_progress *progress, const char *label, const char *unit,
                         size_t total);

/** Counts `units` more units as done.
 *
 *  Local. `note` is shown after the figures from now on ("loss 0.412"); NULL keeps the last note.
 *  Returns the seconds that the phase has taken so far.
 */
double skel_progress_advance(skel_progress *progress, size_t units, const char *note);

/** Shows `units` more units as done, but does not count them: for the middle of a long pass.
 *
 *  Local. `progress` may be NULL: nothing is shown.
 */
void skel_progress_peek(skel_progress *progress, size_t units);

/** Sets a function that every rank calls while phases go on, at most a hundred times a second.
 *
 *  Local. NULL: none. The function must return quickly, and must not begin a phase.
 */
void skel_progress_hook(void (*hook)(void *context), void *context);

/** Ends the phase and removes its live line.
 *
 *  Local. Returns the seconds that it took.
 */
double skel_progress_finish(skel_progress *progress);

/** Sets a function that hears of all work as it is counted or shown, however often; NULL: none.
 *
 *  Local.
 *  @param hear     `done` units of `progress` are done after `seconds` of its phase
 *  @param context  borrowed, handed to `hear`
 */
void skel_progress_listen(void (*hear)(void *context, const skel_progress *progress, size_t done,
                                       double seconds),
                          void *context);

/** Seconds of a monotonic clock with an arbitrary origin.
 *
 *  Local.
 */
double skel_seconds(void);

#endif
