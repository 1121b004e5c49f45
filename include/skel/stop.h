/** Stopping: whether this process was asked to end after a checkpoint, and why.
 *
 *      skel_stop_listen(rank);                        main thread, before the first run
 *      skel_stop_set_file("runs/STOP");
 *      SKEL_TRY(skel_stop_check());                   at each border where a run can be left
 *
 *  A request lasts until the process ends. Every rank asks for itself: where ranks must agree, the
 *  caller takes the result of skel_stop_check() to skel_comm_agree().
 */
#ifndef SKEL_STOP_H
#define SKEL_STOP_H

#include "skel/status.h"

enum { SKEL_STOP_REASON = 4300 }; /**< bytes of a reason or a remedy */

/** Takes SIGUSR1, SIGTERM, SIGINT and SIGHUP as requests to stop.
 *
 *  Local. The handler only sets a flag. A signal that comes two seconds or more after the first one
 *  ends the process at once, as it would without a handler. For tests, SKEL_STOP_AFTER=N in the
 *  environment makes the N-th skel_stop_check() a request, SKEL_STOP_AFTER=R:N that of rank R
 *  alone.
 *  @param rank  of this process
 */
void skel_stop_listen(int rank);

/** Makes a time a request: --max-time.
 *
 *  Local. @param seconds  from now on, 0 or more
 */
void skel_stop_set_time(double seconds);

/** Makes the existence of a file a request. It is looked for at most once a second.
 *
 *  Local. @param path  copied
 */
void skel_stop_set_file(const char *path);

/** Fails if the file of skel_stop_set_file() is there: nothing should begin that would stop at
 *  once.
 *
 *  Local. Errors: SKEL_ERR_STOPPED with the file's name, and that it must be removed.
 */
SKEL_CHECKED skel_status skel_stop_check_file(void);

/** Makes the end of the allocation a request: earlier by a margin, or by twice the time of the
 *  slowest checkpoint so far if that is more.
 *
 *  Local.
 *  @param seconds  from now to the end, 0 or more
 *  @param margin   seconds
 */
void skel_stop_set_end(double seconds, double margin);

/** Tells how long the latest checkpoint took, for skel_stop_set_end().
 *
 *  Local. Unit: seconds.
 */
void skel_stop_allow_for(double seconds);

/** Fails if a stop was asked for.
 *
 *  Local. Cheap: it may be called for each microbatch.
 *  Errors: SKEL_ERR_STOPPED with the reason.
 */
SKEL_CHECKED skel_status skel_stop_check(void);

/** Whether a stop was asked for: skel_stop_check() without an error.
 *
 *  Local. Cheap. SKEL_STOP_AFTER does not count it.
 */
bool skel_stop_is_asked(void);

/** Takes over the request of another rank, unless this one has a request of its own.
 *
 *  Local. @param message  of the other rank's skel_stop_check()
 */
void skel_stop_adopt(const char *message);

/** Whether SKEL_STOP_AFTER counts the checks: they are then wanted at every border.
 *
 *  Local.
 */
bool skel_stop_is_counted(void);

/** The reason of the request: "SIGUSR1", "the file runs/STOP", "the time limit"; "" without one.
 *
 *  Local. Borrowed while the process lives.
 */
const char *skel_stop_reason(void);

/** How people go on after the request: "the same command goes on", or what they do before that.
 *
 *  Local.
 */
void skel_stop_remedy(char out[SKEL_STOP_REASON]);

#endif
