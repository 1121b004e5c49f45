/** The table of methods, one line and one file each, and formulas that several methods share. */
#ifndef SKEL_METHOD_METHODS_H
#define SKEL_METHOD_METHODS_H

#include "skel/method.h"

/* In the order in which people read them; NAME is defined in method_NAME.c. */
/* clang-format off: one line per method */
#define SKEL_METHODS(METHOD)                                                                       \
    METHOD(force)                                                                                  \
    METHOD(iter_snip)                                                                              \
    METHOD(snip)                                                                                   \
    METHOD(grasp)                                                                                  \
    METHOD(grasp_it)                                                                               \
    METHOD(synflow)                                                                                \
    METHOD(synflow_l2)                                                                             \
    METHOD(px)                                                                                     \
    METHOD(phew)                                                                                   \
    METHOD(ntk_sap)                                                                                \
    METHOD(prospr)                                                                                 \
    METHOD(random)                                                                                 \
    METHOD(random_uniform)                                                                         \
    METHOD(random_erk)                                                                             \
    METHOD(magnitude)                                                                              \
    METHOD(imp)                                                                                    \
    METHOD(magnitude_finetune)                                                                     \
    METHOD(skeletonization)                                                                        \
    METHOD(molchanov)                                                                              \
    METHOD(chauvin)                                                                                \
    METHOD(obd)                                                                                    \
    METHOD(obs)                                                                                    \
    METHOD(obs_layer)                                                                              \
    METHOD(set)                                                                                    \
    METHOD(rigl)                                                                                   \
    METHOD(dsr)                                                                                    \
    METHOD(snfs)                                                                                   \
    METHOD(grow_and_prune)                                                                         \
    METHOD(deep_r)                                                                                 \
    METHOD(dpf)                                                                                    \
    METHOD(str)                                                                                    \
    METHOD(l0)                                                                                     \
    METHOD(surgery)                                                                                \
    METHOD(learning_compression)                                                                   \
    METHOD(none)
/* clang-format on */

#define SKEL_METHOD_DECLARE(name) extern const skel_method skel_method_##name;
SKEL_METHODS(SKEL_METHOD_DECLARE)

/** |theta_i s_i|, s being the signal.
 *
 *  Local. A score() of skel_method.
 *  Source: Lee, Ajanthan and Torr 2019 (SNIP), the connection sensitivity without its
 *          normalisation, which does not change the order of the weights.
 */
void skel_score_saliency(const skel_method_tensor *tensor, float scores[]);

/** theta_i^2 s_i, s being the signal.
 *
 *  Local. A score() of skel_method.
 */
void skel_score_squared(const skel_method_tensor *tensor, float scores[]);

/** s_i, the signal itself.
 *
 *  Local. A score() of skel_method.
 */
void skel_score_signal(const skel_method_tensor *tensor, float scores[]);

/** |theta_i|.
 *
 *  Local. A score() of skel_method.
 */
void skel_score_magnitude(const skel_method_tensor *tensor, float scores[]);

/** Uniform in (0, 1]; depends on (seed, number of the tensor, place in the tensor) alone.
 *
 *  Local. A score() of skel_method. Scores have 2^24 different values, so about one weight has the
 *  same score as the threshold.
 */
void skel_score_random(const skel_method_tensor *tensor, float scores[]);

#endif
