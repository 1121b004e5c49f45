/** This process as another one can find it again: on which machine, since when, in which job. */
#ifndef SKEL_PROCESS_H
#define SKEL_PROCESS_H

#include <stddef.h>
#include <stdint.h>

enum { SKEL_PROCESS_HOST = 64, SKEL_PROCESS_MARK = 128, SKEL_PROCESS_JOB = 64 };

/** Most threads that a user may ask for: OpenMP's library crashes where it cannot hold them. */
enum { SKEL_PROCESS_THREADS = 1024 };

/** A process. Plain data. */
typedef struct skel_process {
    char host[SKEL_PROCESS_HOST];
    uint64_t pid;
    char mark[SKEL_PROCESS_MARK]; /**< "BOOT SPACE TICKS": the machine's boot, the space of process
                                       numbers, and when the process began; "" if not known */
    char job[SKEL_PROCESS_JOB]; /**< the scheduler's: "123", of an array "120_3"; "" without one */
} skel_process;

/** Whether a process still exists. */
typedef enum skel_process_state {
    SKEL_PROCESS_EXISTS,
    SKEL_PROCESS_GONE,
    SKEL_PROCESS_ELSEWHERE, /**< it cannot be seen from here: on another machine, for example */
} skel_process_state;

/** Describes this process.
 *
 *  Local.
 */
skel_process skel_process_self(void);

/** Looks for a process.
 *
 *  Local. A new process with the old number is told from the old one.
 *  @param pid   of the process
 *  @param mark  as skel_process_self() gave it there
 */
skel_process_state skel_process_find(uint64_t pid, const char *mark);

#endif
