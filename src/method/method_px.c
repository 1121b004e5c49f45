/* PX, path exclusion: score_i = theta_i^2 |dR/d(theta_i^2)|, R = sum over images and logits k of
 * z1_k z2_k. z2 is the output of the network with all its parameters and running averages squared,
 * without ReLUs, on an image of ones: the paths' products of squared weights. z1 is the output, on
 * the squared image, of the network whose kept weights are 1, without biases and batch norm, and
 * whose ReLUs pass what the network's own ones pass on this image: the active paths. R bounds the
 * trace of the neural tangent kernel. The signal is the gradient of ln R by the squares, which
 * divides all scores by R. Batch norm has its running averages; prune.norm-warmup moves them. A
 * pruned weight stays pruned. 100 iterations of two batches of 128 images.
 * Deviations: max-pooling takes in each of the three networks its own largest value, as in the
 * authors' code. That code first had this formula; since then it takes theta_i^2 times the sum over
 * the batches of (dR/d(theta_i^2))^2, which orders weights of other magnitude otherwise. It has
 * floats, of which z1 of a deep network has too many paths; here powers of two are left out.
 * Source: Iurada, Ciccone and Tommasi 2024, the section that introduces Path eXclusion, and their
 * code. */
#include "methods.h"

const skel_method skel_method_px = {
    .name = "px",
    .summary = "weights' share of the paths that are active on the images (tangent kernel's trace)",
    .signal = SKEL_SIGNAL_ACTIVE_PATHS,
    .iterative = true,
    .permanent = true,
    .defaults = {.iterations = 100, .batches = 2},
    .score = skel_score_squared,
};
