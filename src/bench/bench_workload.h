/** One batch of images, divided into microbatches over the ranks, and the engine that computes it.
 */
#ifndef SKEL_BENCH_WORKLOAD_H
#define SKEL_BENCH_WORKLOAD_H

#include "bench_network.h"

#include "skel/engine.h"

/** This rank's part of the batch. */
typedef struct skel_workload {
    skel_bench *bench;
    skel_bench_network model;
    skel_engine *engine;
    float *images; /* [mine * microbatch][channels][height][width] */
    uint16_t *labels;
    size_t microbatch;
    size_t microbatches; /* of all ranks */
    size_t first;        /* this rank's microbatches: first, ..., first + mine - 1 */
    size_t mine;
    size_t engine_bytes;  /* as skel_engine_bytes() estimates */
    size_t vectors_bytes; /* weights, buffers, images, labels */
} skel_workload;

/** Makes network, weights, images and engine.
 *
 *  Local.
 *  @param second_order  whether the engine is to multiply with the Hessian
 *  @param out           *owned*: skel_workload_destroy() it, also after an error
 *  Errors: as skel_bench_network_create() and skel_engine_create().
 */
SKEL_CHECKED skel_status skel_workload_create(skel_bench *bench, const char *model,
                                              bool second_order, skel_workload *out);

/** Frees what skel_workload_create() made.
 *
 *  Local.
 */
void skel_workload_destroy(skel_workload *work);

/** A microbatch of this rank's images.
 *
 *  Local. Borrowed.
 *  @param number  first, ..., first + mine - 1
 */
skel_batch skel_workload_batch(const skel_workload *work, size_t number);

/** Prints the part's name, the network and the batch, on the root.
 *
 *  Local.
 */
void skel_workload_print(const skel_workload *work, const char *part);

/** Makes a contestant of which the peer does the same work.
 *
 *  Collective.
 *  @param name, title  as skel_bench_peer_enter()
 *  @param request      "gradient" or "hessian"
 *  @param layout       " default", " channels_last", or "" if the request has none
 */
void skel_workload_peer_enter(const skel_workload *work, skel_contestant *entry, const char *name,
                              const char *title, const char *request, const char *layout);

#endif
