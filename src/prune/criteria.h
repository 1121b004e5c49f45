/** The criteria, one file each, and the scores that several of them share. */
#ifndef SKEL_PRUNE_CRITERIA_H
#define SKEL_PRUNE_CRITERIA_H

#include "skel/criterion.h"

extern const skel_criterion skel_criterion_force;
extern const skel_criterion skel_criterion_iter_snip;
extern const skel_criterion skel_criterion_snip;
extern const skel_criterion skel_criterion_grasp;
extern const skel_criterion skel_criterion_grasp_it;
extern const skel_criterion skel_criterion_synflow;
extern const skel_criterion skel_criterion_random;
extern const skel_criterion skel_criterion_random_uniform;
extern const skel_criterion skel_criterion_random_erk;
extern const skel_criterion skel_criterion_magnitude;
extern const skel_criterion skel_criterion_imp;
extern const skel_criterion skel_criterion_magnitude_finetune;
extern const skel_criterion skel_criterion_skeletonization;
extern const skel_criterion skel_criterion_obd;
extern const skel_criterion skel_criterion_set;
extern const skel_criterion skel_criterion_rigl;
extern const skel_criterion skel_criterion_none;

/** |theta_i s_i| of every prunable weight, s being the signal: a gradient or the synaptic flow.
 *
 *  Local. A score() of skel_criterion.
 */
void skel_score_saliency(const skel_mask *mask, const float parameters[], const float signal[],
                         uint64_t seed, float scores[]);

/** |theta_i| of every prunable weight.
 *
 *  Local. A score() of skel_criterion.
 */
void skel_score_magnitude(const skel_mask *mask, const float parameters[], const float signal[],
                          uint64_t seed, float scores[]);

/** Uniform in (0, 1], by (seed, prunable tensor, place in it) alone.
 *
 *  Local. A score() of skel_criterion. Among 2^24 values a tie at the threshold moves about one
 *  weight.
 */
void skel_score_random(const skel_mask *mask, const float parameters[], const float signal[],
                       uint64_t seed, float scores[]);

#endif
