/** The watchdog: a thread that ends the job when this process makes no progress any more.
 *
 *      skel_watchdog_start(&options);
 *      skel_watchdog_phase("pruning iteration %zu of %zu", 3, 60);
 *      for each microbatch
 *          skel_watchdog_beat();
 *      skel_watchdog_io_begin("writing %s", path);
 *      ...
 *      skel_watchdog_io_end();
 *      skel_watchdog_stop();
 *
 *  A rank that is stopped or waits for a dead file system leaves the others in a collective call
 *  that never returns. Their watchdogs see that, each by itself: the thread makes no call of MPI.
 *  It counts its own wake-ups instead of reading a clock, so neither a clock that jumps nor a
 *  computer that was suspended looks like a standstill. Without skel_watchdog_start() the other
 *  functions do nothing.
 */
#ifndef SKEL_WATCHDOG_H
#define SKEL_WATCHDOG_H

#include "skel/status.h"

#include <stddef.h>

/** Another rank on the same host. Plain data. */
typedef struct skel_watchdog_peer {
    int rank;
    long process; /**< its process number */
} skel_watchdog_peer;

/** The limits of a watchdog, and who is watched. Plain data. */
typedef struct skel_watchdog_options {
    double compute; /**< seconds without progress outside of input and output; 0: no limit */
    double io;      /**< seconds without progress during input and output; 0: no limit */
    int rank;       /**< of this process */
    size_t peers;
    const skel_watchdog_peer
        *peer; /**< [peers] copied; the message tells which of them are stopped */
} skel_watchdog_options;

/** Starts the thread. It takes no signals.
 *
 *  Local. When a limit is over, the thread writes rank, host and phase to standard error, gives the
 *  other ranks the time to do the same, and ends the process with exit status 74: the launcher then
 *  ends the other ranks. Does nothing if neither limit is above 0.
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL if the system gives no thread.
 */
SKEL_CHECKED skel_status skel_watchdog_start(const skel_watchdog_options *options);

/** Ends the thread; does nothing if there is none.
 *
 *  Local.
 */
void skel_watchdog_stop(void);

/** Counts a step of progress. Cheap: it may be called for each microbatch.
 *
 *  Local.
 */
void skel_watchdog_beat(void);

/** Makes a function be called at each step of progress; NULL: none any more.
 *
 *  Local. For signs of life to other processes. `context` is borrowed until the next call.
 */
void skel_watchdog_listen(void (*hear)(void *context), void *context);

/** How long another process, watched with the same limits, can give no sign of life before it must
 *  be stopped, or its host dead: longer than its own watchdog takes.
 *
 *  Local. Unit: seconds; 0: for ever, because there is no watchdog or one limit is off.
 */
double skel_watchdog_patience(void);

/** Ends the job with exit status 74, after a line that says why and one for each other rank of this
 *  host that is stopped.
 *
 *  Local. The launcher ends the other ranks. Does not return.
 *  @param format  who hangs, "rank 5 on n1 has given no sign of life for 700 s"
 */
void skel_watchdog_end(const char *format, ...) SKEL_FORMAT(1, 2);

/** Names the computation that goes on now, "training epoch 3 of 160"; this counts as progress.
 *
 *  Local. From the main thread alone, as the next functions.
 */
void skel_watchdog_phase(const char *format, ...) SKEL_FORMAT(1, 2);

/** Begins input or output, "writing runs/a.h5"; this counts as progress.
 *
 *  Local. Calls may be nested: the outermost one gives the name.
 */
void skel_watchdog_io_begin(const char *format, ...) SKEL_FORMAT(1, 2);

/** Ends what skel_watchdog_io_begin() began; this counts as progress.
 *
 *  Local.
 */
void skel_watchdog_io_end(void);

/** Says that this process waits for others, which may take any time: nothing is a standstill until
 *  skel_watchdog_resume().
 *
 *  Local.
 */
void skel_watchdog_rest(void);

/** Ends skel_watchdog_rest(); this counts as progress.
 *
 *  Local.
 */
void skel_watchdog_resume(void);

#endif
