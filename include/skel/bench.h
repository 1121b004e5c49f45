/** `skel bench`: its parts, and the settings, peer process and contests that the parts share. */
#ifndef SKEL_BENCH_H
#define SKEL_BENCH_H

#include "skel/comm.h"

#include <stddef.h>

/** The parts, in the order in which they are measured. `PART(name)` for each: the usage, the table
 *  in bench.c and its messages are made from this list. Part `topk` is skel_bench_topk(). */
#define SKEL_BENCH_PARTS(PART)                                                                     \
    PART(startup)                                                                                  \
    PART(data)                                                                                     \
    PART(gradient)                                                                                 \
    PART(samples)                                                                                  \
    PART(hessian)                                                                                  \
    PART(flow)                                                                                     \
    PART(topk)                                                                                     \
    PART(reduce)                                                                                   \
    PART(step)                                                                                     \
    PART(prune)                                                                                    \
    PART(scale)                                                                                    \
    PART(checkpoint)                                                                               \
    PART(linalg)                                                                                   \
    PART(qr)                                                                                       \
    PART(elimination)

enum {
    BENCH_REPEATS = 100, /**< most rounds of one contest */
};

/** A child process that measures other software, one request at a time. Opaque. */
typedef struct skel_bench_peer skel_bench_peer;

/** Settings of all parts. Plain data. */
typedef struct skel_bench {
    const skel_comm *comm;
    skel_bench_peer *peer; /**< on the root; NULL elsewhere and if there is none */
    char no_peer[256];     /**< why there is none */
    skel_shared *turn;     /**< see skel_bench_alone() */
    size_t turns;          /**< that have ended on this rank */
    double mpi_seconds;    /**< time to start MPI */
    double peer_seconds;   /**< time to start the peer */
    const char *model;     /**< NULL: each part has its own default */
    const char *engine; /**< for the parts `gradient`, `samples`, `hessian`, `step` and `prune` */
    const char *job;    /**< job file of `startup`; NULL: jobs/quickstart.yaml */
    const char *mask;   /**< of `step` and `samples`: "uniform", "blocks" or a file with /masks */
    const char *method; /**< of `prune` */
    double density;     /**< share of the weights that `step`, `samples`, `prune` and `scale` keep,
                             above 0 */
    bool has_density;   /**< whether the user gave it: a mask of a file then keeps no more */
    size_t iterations;  /**< of `prune` */
    size_t width;
    size_t groups; /**< of convolutions, in `data`, `gradient`, `samples`, `hessian`, `flow` and
                      `scale`; 1: as they are */
    size_t batch;
    size_t microbatch; /**< 0: the batch, shared by the ranks */
    size_t count;      /**< values of `topk` and `reduce` */
    size_t samples;    /**< rows of matrices of `linalg` and `elimination`, vectors of `qr` */
    size_t repeat;
    size_t threads;        /**< of each rank */
    double latency;        /**< of the network that `scale` predicts for; seconds */
    double bandwidth;      /**< of this network; bytes a second */
    size_t ranks_per_node; /**< of the machine that `scale` predicts for */
    int nodes;             /**< that the ranks are on */
    bool layers;           /**< `gradient` prints every layer */
} skel_bench;

/** One program or method in a contest. */
typedef struct skel_contestant {
    char name[48];
    char how[48]; /**< ranks x threads: "2 x 1"; a contest sets it */
    /** Does the work once; `*seconds` out: time of this process. NULL: the peer does the work. */
    skel_status (*run)(void *context, double *seconds);
    void *context;                 /**< of `run`; for the peer the name of the prepared work */
    bool alone;                    /**< the root runs it while the other ranks sleep */
    size_t threads;                /**< of each rank; the peer has its own */
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
 *  Collective. Errors: a part's own, agreed on; of all parts, one that needs what this program was
 *  built without is only named.
 */
SKEL_CHECKED skel_status skel_bench_run(skel_bench *bench, size_t words, char *const word[]);

/** Starts the peer on the root. Without a peer, a contest measures skel alone.
 *
 *  Collective.
 *  @param script   NULL: the installed analysis/peer_torch.py; "none": no peer
 *  @param threads  of the peer, 0 for the peer's own default
 */
void skel_bench_peer_open(skel_bench *bench, const char *script, size_t threads);

/** Starts the peer and reads its greeting, with its name and number of threads.
 *
 *  Local. `*out` is *owned*: skel_bench_peer_stop() it.
 *  @param script   Python script that speaks the protocol of analysis/peer_torch.py
 *  @param threads  of the peer, 0 for the peer's own default
 *  Errors: SKEL_ERR_IO with the reason.
 */
SKEL_CHECKED skel_status skel_bench_peer_start(const char *script, size_t threads,
                                               skel_bench_peer **out);

/** Ends the peer; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_bench_peer_stop(skel_bench_peer **peer);

/** The peer's name, such as "PyTorch 1.13.1", and its number of threads.
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

/** Makes the peer do once the work that was prepared under a name.
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

/** Makes a contestant that the peer runs, prepared and warmed up.
 *
 *  Collective. If there is no peer, or the peer fails, the contestant is missing.
 *  @param name     one word, the peer's name for the prepared work; borrowed
 *  @param title    text after the peer's name in the table
 *  @param prepare  the work: "topk 100 10"
 */
void skel_bench_peer_enter(skel_bench *bench, skel_contestant *entry, const char *name,
                           const char *title, const char *prepare);

/** How a part measures one network. */
typedef struct skel_bench_measure {
    size_t bytes; /**< of the part's state, which is all zero before `create` */
    /** Makes the state. Local. */
    skel_status (*create)(skel_bench *bench, const char *model, void *state);
    /** Measures and prints. Collective; its status is agreed on. */
    skel_status (*run)(skel_bench *bench, const char *model, void *state);
    /** Frees what `create` made, also after an error. Local. */
    void (*destroy)(void *state);
} skel_bench_measure;

/** Measures the network that the user chose, or each network of a list.
 *
 *  Collective. Errors: of `measure`, agreed on; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_bench_models(skel_bench *bench, const skel_bench_measure *measure,
                                           size_t count, const char *const models[]);

/** Runs each contestant once without measuring it; the peer's are left out.
 *
 *  Collective. The first run allocates memory and compiles kernels, later ones do not.
 *  Errors: a contestant's own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_warm_up(skel_bench *bench, size_t count,
                                            skel_contestant entries[]);

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
 *  @param work  units of one run, such as its images
 *  @param unit  of the rate, which is `work` / seconds: "images/s"
 */
void skel_bench_print(const skel_bench *bench, size_t count, const skel_contestant entries[],
                      double work, const char *unit);

/** The median of a contestant's rounds.
 *
 *  Local. Unit: seconds.
 */
double skel_bench_median(const skel_bench *bench, const skel_contestant *entry);

#endif
