/** The parts of `skel bench`: each measures one thing and prints its table. */
#ifndef SKEL_BENCH_PARTS_H
#define SKEL_BENCH_PARTS_H

#include "skel/bench.h"

/** Start-up: of MPI, of the program, of the first gradient.
 *
 *  Collective. Errors: its contestants' own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_startup(skel_bench *bench);

/** Loading of images, beside a gradient.
 *
 *  Collective. Errors: its contestants' own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_data(skel_bench *bench);

/** Gradients of one batch.
 *
 *  Collective. Errors: its contestants' own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_gradient(skel_bench *bench);

/** Gradients of the images of one batch, each alone, beside the batch's gradient.
 *
 *  Collective. Errors: its contestants' own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_samples(skel_bench *bench);

/** Products with the Hessian, beside the gradient.
 *
 *  Collective. Errors: its contestants' own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_hessian(skel_bench *bench);

/** Synaptic flow of one image, beside the gradient.
 *
 *  Collective. Errors: its contestants' own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_flow(skel_bench *bench);

/** The largest scores of a network.
 *
 *  Collective. Errors: its contestants' own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_topk(skel_bench *bench);

/** Exact and floating-point sums over the ranks.
 *
 *  Collective. Errors: its contestants' own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_reduce(skel_bench *bench);

/** Predicted time of steps on many ranks, from measurements on these.
 *
 *  Collective. Errors: its contestants' own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_scale(skel_bench *bench);

/** Training steps on a masked network.
 *
 *  Collective. Errors: its contestants' own, agreed on.
 */
SKEL_CHECKED skel_status skel_bench_step(skel_bench *bench);

/** A checkpoint, beside a plain write of as many bytes.
 *
 *  Collective. Errors: its contestants' own, agreed on; as skel_prune_job_make().
 */
SKEL_CHECKED skel_status skel_bench_checkpoint(skel_bench *bench);

/** All iterations of a pruning method on random images.
 *
 *  Collective. Errors: its contestants' own, agreed on; as skel_prune_job_make().
 */
SKEL_CHECKED skel_status skel_bench_prune(skel_bench *bench);

/** Gram matrix, product and Cholesky factor on all ranks, beside LAPACK on the root.
 *
 *  Collective. Errors: SKEL_ERR_MISSING in a build without ScaLAPACK; SKEL_ERR_MEMORY;
 *  SKEL_ERR_INTERNAL if both ways differ by more than rounding. Agreed on.
 */
SKEL_CHECKED skel_status skel_bench_linalg(skel_bench *bench);

/** Orthonormal vectors by skel's two ways, beside ScaLAPACK and LAPACK.
 *
 *  Collective. Errors: SKEL_ERR_MISSING in a build without ScaLAPACK; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_bench_qr(skel_bench *bench);

/** The inverse of a layer's second moments on one rank and on all, and the removal of a row.
 *
 *  Collective. Errors: SKEL_ERR_MISSING in a build without ScaLAPACK; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_bench_elimination(skel_bench *bench);

#endif
