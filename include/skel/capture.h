/** Other programs, run to their end; what they have printed. */
#ifndef SKEL_CAPTURE_H
#define SKEL_CAPTURE_H

#include "skel/status.h"

/** What a program has left. Plain data, owned: skel_capture_clear() it. */
typedef struct skel_capture {
    int exit_status; /**< 128 + the signal's number if a signal ended it */
    char *output;    /**< its standard output */
    char *messages;  /**< its standard error, as one line */
} skel_capture;

/** Runs a program without a shell and waits for its end; its standard input is empty.
 *
 *  Local.
 *  @param argv  ends with NULL; argv[0] is looked for on the PATH
 *  @param out   *owned*: skel_capture_clear() it, after an error too
 *  Errors: SKEL_ERR_MISSING if there is no such program; SKEL_ERR_IO; SKEL_ERR_MEMORY. A program
 *          that fails is none.
 */
SKEL_CHECKED skel_status skel_capture_run(const char *const argv[], skel_capture *out);

/** As skel_capture_run(), but kills the program if it has not ended in time.
 *
 *  Local.
 *  @param seconds  0: no limit
 *  Errors: also SKEL_ERR_MISSING if the program was killed.
 */
SKEL_CHECKED skel_status skel_capture_run_within(double seconds, const char *const argv[],
                                                 skel_capture *out);

/** Frees what was captured.
 *
 *  Local.
 */
void skel_capture_clear(skel_capture *capture);

#endif
