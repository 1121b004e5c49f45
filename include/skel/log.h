/** Messages for the user: one rank prints them, on standard error. */
#ifndef SKEL_LOG_H
#define SKEL_LOG_H

#include "skel/status.h"

typedef enum skel_log_level {
    SKEL_LOG_ERROR,   /**< the run ends */
    SKEL_LOG_WARNING, /**< the run goes on, but its results may not be as expected */
    SKEL_LOG_INFO,    /**< progress of a run, a few lines */
    SKEL_LOG_DEBUG,   /**< for -v */
} skel_log_level;

/** The time before a message. */
typedef enum skel_log_time {
    SKEL_LOG_NO_TIME,
    SKEL_LOG_CLOCK, /**< "22:41:07", for a terminal */
    SKEL_LOG_DATE,  /**< "2026-11-25 22:41:07", for a file */
} skel_log_time;

/** Chooses the messages that are printed: up to `level`; none on a rank that is not `speaking`.
 *
 *  Local. Before the first call every process prints errors and warnings.
 */
void skel_log_configure(skel_log_level level, bool speaking);

/** Chooses whether this rank prints messages; the level stays.
 *
 *  Local.
 */
void skel_log_speak(bool speaking);

/** Puts the local time before each message from now on.
 *
 *  Local.
 */
void skel_log_stamp(skel_log_time form);

/** Names the run that the next messages are about, in warnings and details. A warning is printed
 *  once for each run.
 *
 *  Local.
 *  @param subject  borrowed until the next call; "": the run needs no name; NULL: no run
 */
void skel_log_subject(const char *subject);

/** Whether a message of this level would be printed here.
 *
 *  Local.
 */
bool skel_log_enabled(skel_log_level level);

/** Sets a function that hears every warning, printed or not; NULL: none.
 *
 *  Local.
 *  @param context  borrowed, handed to `hear`
 */
void skel_log_listen(void (*hear)(void *context, const char *warning), void *context);

/** Notes that a live progress line stands on standard error: the next message removes it first.
 *
 *  Local.
 */
void skel_log_note_line(void);

/** Removes the live progress line, if there is one, so that something else can be printed.
 *
 *  Local.
 */
void skel_log_clear_line(void);

/** Prints a message on a line of its own; a live progress line is removed first.
 *
 *  Local.
 */
void skel_log(skel_log_level level, const char *format, ...) SKEL_FORMAT(2, 3);

#define SKEL_WARN(...) skel_log(SKEL_LOG_WARNING, __VA_ARGS__)
#define SKEL_INFO(...) skel_log(SKEL_LOG_INFO, __VA_ARGS__)
#define SKEL_DEBUG(...) skel_log(SKEL_LOG_DEBUG, __VA_ARGS__)

#endif
