/** Messages for the user, on standard error, from one rank. Results go to standard output. */
#ifndef SKEL_LOG_H
#define SKEL_LOG_H

#include "skel/status.h"

typedef enum skel_log_level {
    SKEL_LOG_ERROR,   /**< the run ends */
    SKEL_LOG_WARNING, /**< the run goes on, the user should know */
    SKEL_LOG_INFO,    /**< what happens, a few lines per run */
    SKEL_LOG_DEBUG,   /**< for -v */
} skel_log_level;

/** Sets what is printed: messages up to `level`, or nothing on a rank that is not `speaking`.
 *
 *  Local. Before the first call: warnings, from every process.
 */
void skel_log_configure(skel_log_level level, bool speaking);

/** Whether a message of this level would be printed here.
 *
 *  Local.
 */
bool skel_log_enabled(skel_log_level level);

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
