/** Questions about a pruning method whose answers follow from its traits.
 *
 *  Code that depends on the method asks one of them, and never compares names. */
#ifndef SKEL_TRAITS_H
#define SKEL_TRAITS_H

#include "skel/method.h"

#include <stdbool.h>

/** Whether the method removes weights at all.
 *
 *  Local.
 */
bool skel_method_prunes(const skel_method *method);

/** Whether the method removes weights in several iterations.
 *
 *  Local.
 */
bool skel_method_is_iterative(const skel_method *method);

/** Whether prune.scope makes a difference to the method.
 *
 *  Local.
 */
bool skel_method_reads_scope(const skel_method *method);

/** Whether prune.per-layer-floor makes a difference to the method.
 *
 *  Local.
 */
bool skel_method_reads_floor(const skel_method *method);

/** Whether the method scores no more weights than it keeps of all layers together: a layer may
 *  have too few with a score to fill a share of its own.
 *
 *  Local.
 */
bool skel_method_walks(const skel_method *method);

/** Whether the method ends pruning with one final mask, which a sanity check can spoil.
 *
 *  Local.
 */
bool skel_method_has_final_mask(const skel_method *method);

/** Whether the method divides the logits by a temperature.
 *
 *  Local.
 */
bool skel_method_has_temperature(const skel_method *method);

/** Whether the mask moves during training, and weights with the largest gradient grow.
 *
 *  Local.
 */
bool skel_method_grows_by_gradient(const skel_method *method);

/** Whether the mask moves during training, and weights with the largest momentum grow: gradients of
 *  all weights, summed over some steps before a change.
 *
 *  Local.
 */
bool skel_method_grows_by_momentum(const skel_method *method);

/** Whether a weight that a change drops can grow in the same change.
 *
 *  Local.
 */
bool skel_method_regrows(const skel_method *method);

/** Whether one threshold decides which weights a change drops.
 *
 *  Local.
 */
bool skel_method_drops_by_threshold(const skel_method *method);

/** Whether the mask moves during training, and each layer exchanges weights for random ones.
 *
 *  Local.
 */
bool skel_method_grows_at_random(const skel_method *method);

/** Whether the first scores depend on running averages of batch norm that no training has moved.
 *
 *  Local.
 */
bool skel_method_scores_at_averages(const skel_method *method);

/** Whether the signal is a gradient through training steps.
 *
 *  Local.
 */
bool skel_method_looks_ahead(const skel_method *method);

/** Whether the signal comes from noise on weights that are drawn anew.
 *
 *  Local.
 */
bool skel_method_disturbs(const skel_method *method);

/** Whether the signal is a flow through the network, from an image of ones.
 *
 *  Local.
 */
bool skel_method_flows(const skel_method *method);

/** Whether the signal needs to know which ReLUs let values of the images pass.
 *
 *  Local.
 */
bool skel_method_follows_paths(const skel_method *method);

/** Whether the method can prune units of several weights.
 *
 *  Local.
 */
bool skel_method_has_units(const skel_method *method);

/** Whether the method can move units during training: blocks, and no others.
 *
 *  Local.
 */
bool skel_method_moves_units(const skel_method *method);

/** Whether the method scores whole output channels, and nothing else.
 *
 *  Local.
 */
bool skel_method_scores_channels(const skel_method *method);

/** Whether the method scores channels by first-order terms of what they write.
 *
 *  Local.
 */
bool skel_method_scores_terms(const skel_method *method);

/** Whether the method trains with a penalty on the energies of hidden units, and scores channels by
 *  these energies.
 *
 *  Local.
 */
bool skel_method_has_energy(const skel_method *method);

/** Whether the method gives kept weights the values of an early epoch again.
 *
 *  Local.
 */
bool skel_method_rewinds(const skel_method *method);

/** Whether the method fine-tunes after each iteration.
 *
 *  Local.
 */
bool skel_method_finetunes(const skel_method *method);

/** Whether the mask starts sparse and changes during training.
 *
 *  Local.
 */
bool skel_method_moves(const skel_method *method);

/** Whether the network computes with other weights than those that are trained, in the last leg.
 *
 *  Local.
 */
bool skel_method_reparameterises(const skel_method *method);

/** Whether the number of kept weights is an outcome of the training, not a choice.
 *
 *  Local.
 */
bool skel_method_sparsity_is_outcome(const skel_method *method);

/** Whether a network keeps so different a share of its weights from the one that was asked for that
 *  people must be told: by more than 5 % of the smaller one.
 *
 *  Local.
 *  @param kept, asked  shares of the prunable weights; false if one of them is not known, NaN
 */
bool skel_method_misses_share(double kept, double asked);

/** Whether scores choose as many weights as the job asks for.
 *
 *  Local.
 */
bool skel_method_chooses(const skel_method *method);

/** Whether changes of the mask have an end before that of the training.
 *
 *  Local.
 */
bool skel_method_updates(const skel_method *method);

/** Whether changes of the mask follow each other at a number of steps.
 *
 *  Local.
 */
bool skel_method_updates_by_steps(const skel_method *method);

/** Whether a change of the mask exchanges a share of the kept weights.
 *
 *  Local.
 */
bool skel_method_exchanges(const skel_method *method);

/** Whether the method adds a penalty to the loss, or steps that do the same.
 *
 *  Local.
 */
bool skel_method_has_strength(const skel_method *method);

/** Whether the strength of the penalty grows with each change of the mask.
 *
 *  Local.
 */
bool skel_method_strengthens(const skel_method *method);

/** Whether steps add noise to the weights.
 *
 *  Local.
 */
bool skel_method_has_noise(const skel_method *method);

/** Whether gradients train auxiliary values.
 *
 *  Local.
 */
bool skel_method_learns_auxiliary(const skel_method *method);

/** Whether weight decay acts on the auxiliary values.
 *
 *  Local.
 */
bool skel_method_decays_auxiliary(const skel_method *method);

/** Whether the job says from which value auxiliary values start.
 *
 *  Local.
 */
bool skel_method_starts_auxiliary(const skel_method *method);

/** Whether masks are refreshed at random steps.
 *
 *  Local.
 */
bool skel_method_refreshes(const skel_method *method);

/** Whether the method makes no sense without training.
 *
 *  Local.
 */
bool skel_method_needs_training(const skel_method *method);

/** Whether the weights that stay are updated for those that go.
 *
 *  Local.
 */
bool skel_method_operates(const skel_method *method);

/** Whether a worker computes the method's signal.
 *
 *  Local.
 */
bool skel_method_uses_worker(const skel_method *method);

/** Whether the signal consists of second derivatives of the loss, or of what stands for them.
 *
 *  Local.
 */
bool skel_method_needs_second_derivatives(const skel_method *method);

#endif
