/** What the parts of `skel bench` share: settings, the peer process, contests, their tables. */
#ifndef SKEL_BENCH_H
#define SKEL_BENCH_H

#include "skel/comm.h"

#include <stddef.h>

enum {
    SKEL_BENCH_PARTS = 7,
    BENCH_CONTESTANTS = 4, /**< most contestants of one contest */
    BENCH_REPEATS = 100,   /**< most rounds of one contest */
};

/** A child process that measures other software, one request at a time. Opaque. */
typedef struct skel_bench_peer skel_bench_peer;

/** Settings of all parts. Plain data. */
typedef struct skel_bench {
    const skel_comm *comm;
    skel_bench_peer *peer; /**< on the root; NULL elsewhere and if there is none */
    char no_peer[256];     /**< why there is none */
    skel_shared *turn;     /**< see skel_bench_alone() */
    size_t turns;          /**< that this rank has seen end */
    double mpi_seconds;    /**< that starting MPI has taken */
    double peer_seconds;   /**< that starting the peer has taken */
    const char *model;     /**< NULL: the part's own choice */
    const char *engine;    /**< of `gradient` and `hessian` */
    const char *job;       /**< job file of `startup` */
    const char *mask;      /**< of `step`: "uniform" or a file with /masks */
    double density;        /**< of `step`: share of the weights kept; 0: the part's own choice */
    size_t width;
    size_t batch;
    size_t microbatch; /**< 0: the batch, shared by the ranks */
    size_t count;      /**< values of `topk` and `reduce` */
    size_t repeat;
    int threads; /**< of each rank */
} skel_bench;

/** One of those that are measured in turn. */
typedef struct skel_contestant {
    char name[48];
    char how[48]; /**< "2 ranks x 1 thread" */
    /** Does the work once; `*seconds` out: what it took this process. NULL: the peer does it. */
    skel_status (*run)(void *context, double *seconds);
    void *context;                 /**< of `run`; for the peer the name of what was prepared */
    bool alone;                    /**< the root runs it while the other ranks sleep */
    double seconds[BENCH_REPEATS]; /**< out, on the root: of the slowest rank */
    char missing[256];             /**< on the root: why it was not measured, "" if it was */
} skel_contestant;

/** Checks that each word names a part.
 *
 *  Local. Errors: SKEL_ERR_USAGE with the names of the parts.
 */
SKEL_CHECKED skel_status skel_bench_check(size_t words, char *const word[]);

/** Prints a header, then measures the parts that the words name, all parts if there are no words.
 *
 *  Collective. Errors: a part's own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_run(skel_bench *bench, size_t words, char *const word[]);

/** Starts the peer on the root. Without a peer only skel's own figures are printed.
 *
 *  Collective.
 *  @param script   NULL: tests/bench/peer_torch.py; "none": no peer
 *  @param threads  of the peer, 0 for as many as it takes by itself
 */
void skel_bench_peer_open(skel_bench *bench, const char *script, size_t threads);

/** Starts the peer and waits until it has said who it is.
 *
 *  Local. `*out` is *owned*: skel_bench_peer_stop() it.
 *  @param script   Python script that speaks the protocol of tests/bench/peer_torch.py
 *  @param threads  of the peer, 0 for as many as it takes by itself
 *  Errors: SKEL_ERR_IO with the reason.
 */
SKEL_CHECKED skel_status skel_bench_peer_start(const char *script, size_t threads,
                                               skel_bench_peer **out);

/** Ends the peer; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_bench_peer_stop(skel_bench_peer **peer);

/** Who the peer is: "PyTorch 1.13.1", and its number of threads.
 *
 *  Local. Borrowed while the peer lives.
 */
const char *skel_bench_peer_name(const skel_bench_peer *peer, int *threads);

/** Sends a request and waits for the answer "ok".
 *
 *  Local. Errors: SKEL_ERR_IO with the peer's reason.
 */
SKEL_CHECKED skel_status skel_bench_peer_ask(skel_bench_peer *peer, const char *format, ...)
    SKEL_FORMAT(2, 3);

/** Lets the peer do once what was prepared under a name.
 *
 *  Local. Errors: SKEL_ERR_IO with the peer's reason.
 */
SKEL_CHECKED skel_status skel_bench_peer_run(skel_bench_peer *peer, const char *name,
                                             double *seconds);

/** Runs a function on the root while the other ranks sleep, not spin.
 *
 *  Collective. Errors: the function's own on the root; SKEL_OK elsewhere.
 */
SKEL_CHECKED skel_status skel_bench_alone(skel_bench *bench,
                                          skel_status (*run)(void *context, double *),
                                          void *context, double *seconds);

/** A contestant that the peer runs, prepared and warmed up.
 *
 *  Collective. If there is no peer, or it cannot, the contestant is missing.
 *  @param name     one word, how the peer shall remember it; borrowed
 *  @param title    what stands behind the peer's name in the table
 *  @param prepare  what it shall prepare: "topk 100 10"
 */
void skel_bench_peer_enter(skel_bench *bench, skel_contestant *entry, const char *name,
                           const char *title, const char *prepare);

/** Measures the contestants in turn, `repeat` rounds: A B C A B C.
 *
 *  Collective. A peer that fails is marked missing; all others must not fail.
 *  @param label  of the progress line
 *  Errors: a contestant's own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_contest(skel_bench *bench, const char *label, size_t count,
                                            skel_contestant entries[]);

/** Prints medians, ranges, rates and the ratio to the first's time, on the root.
 *
 *  Local.
 *  @param work  units that one run does
 *  @param unit  of the rate, `work` by seconds: "images/s"
 */
void skel_bench_print(const skel_bench *bench, size_t count, const skel_contestant entries[],
                      double work, const char *unit);

/** The median of a contestant's rounds.
 *
 *  Local. Unit: seconds.
 */
double skel_bench_median(const skel_bench *bench, const skel_contestant *entry);

/** Says "2 ranks x 1 thread".
 *
 *  Local.
 */
void skel_bench_how(int ranks, int threads, size_t size, char out[]);

#endif
