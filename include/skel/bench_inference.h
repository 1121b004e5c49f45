/** Images per second of a trained network: the engines of skel in turn with PyTorch. */
#ifndef SKEL_BENCH_INFERENCE_H
#define SKEL_BENCH_INFERENCE_H

#include "skel/bench.h"
#include "skel/trained.h"

/** Times forward passes of one batch, and prints the medians with their ratios to the first.
 *
 *  Local. The engine of `how` comes first, then the other one of sparse and dense, then PyTorch
 *  with the weights of the same file, in both layouts. All get random images of the same shape.
 *  Sparse is left out where the mask keeps all weights.
 *  @param bench  its `comm` has one rank; `batch` and `threads` are set by this function
 *  @param path   of the run file, which the peer reads by itself
 *  @param how    resolved: see skel_trained_resolve()
 *  @param peer   script of the peer, as of skel_bench_peer_open(), which is started here
 *  Errors: as skel_trained_engine(); SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_bench_inference(skel_bench *bench, const skel_trained *trained,
                                              const skel_trained_how *how, const char *path,
                                              const char *peer);

#endif
