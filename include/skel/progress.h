/** Progress of a phase of known length, which a line shows (line.h). */
#ifndef SKEL_PROGRESS_H
#define SKEL_PROGRESS_H

#include <stddef.h>

enum {
    SKEL_PROGRESS_NOTE = 64,  /**< bytes of a note */
    SKEL_PROGRESS_TEXT = 128, /**< bytes that skel_progress_describe() needs */
};

/** One phase of known length. Plain data. */
typedef struct skel_progress {
    char label[96];
    char note[SKEL_PROGRESS_NOTE]; /**< text after the figures */
    const char *unit;              /**< of the rate, plural: "images" */
    double weight; /**< work of one unit, for skel_progress_work(); 0 at the start */
    size_t total;
    size_t done;
    size_t counted; /**< units whose work is counted */
    double started; /**< seconds of a monotonic clock */
} skel_progress;

/** A function that shows progress: `done` units of a phase are done.
 *
 *  It must return quickly, and must not begin a phase.
 */
typedef void (*skel_progress_show)(void *context, const skel_progress *progress, size_t done,
                                   double now);

/** Starts a phase of `total` units of work.
 *
 *  Local. Below the log level SKEL_LOG_INFO nothing is shown.
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

/** Describes the phase: "34 %  512 images/s  3 min 05 s left".
 *
 *  Local.
 *  @param done  units
 *  @param now   skel_seconds()
 *  @return the share of the units that are done, 0 to 1
 */
double skel_progress_describe(const skel_progress *progress, size_t done, double now,
                              char out[SKEL_PROGRESS_TEXT]);

/** Sets a function that is called at each step of any phase, on every rank, and shows the progress;
 *  NULL: each phase has a line of its own again.
 *
 *  Local.
 */
void skel_progress_view(skel_progress_show show, void *context);

/** The work of all phases of this process so far: units times their weight.
 *
 *  Local.
 */
double skel_progress_work(void);

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
