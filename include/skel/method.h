/** What a pruning method is: its traits, its own defaults and its formula for scores, as data.
 *
 *  A method is the whole recipe: what is computed for each weight, when weights are removed, and
 *  whether they can come back. Everything else that depends on the method (which job keys it reads,
 *  the help, the checks of a job, the pruning loop) is derived from the traits here. A new method
 *  is one file src/method/method_NAME.c and one line of the list in src/method/methods.h. */
#ifndef SKEL_METHOD_H
#define SKEL_METHOD_H

#include "skel/reparameterisation.h"
#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

/** A value for each prunable weight, from which a method computes scores together with the weights.
 */
typedef enum skel_signal {
    SKEL_SIGNAL_NONE,     /**< the scores need the weights alone, or not even them */
    SKEL_SIGNAL_GRADIENT, /**< mean gradient of the loss at parameters * mask */
    SKEL_SIGNAL_HESSIAN,  /**< the loss' Hessian times the gradient by the prunable weights */
    SKEL_SIGNAL_FLOW,     /**< gradient of the logarithm of the synaptic flow by the magnitudes */
    SKEL_SIGNAL_SQUARED_FLOW, /**< the same of squared weights, by the squares */
    SKEL_SIGNAL_ACTIVE_PATHS, /**< the same, towards logits weighed by the images' active paths */
    SKEL_SIGNAL_WALK,         /**< 1 / n of the n-th weight that random walks visit; else 0 */
    SKEL_SIGNAL_LOOKAHEAD,    /**< gradient by the weights of the loss after some training steps */
    SKEL_SIGNAL_DISTURBANCE,  /**< derivative by the mask of the outputs' change under noise */
    SKEL_SIGNAL_CHANNELS,     /**< score of the weight's output channel, by activations */
    SKEL_SIGNAL_ENERGY,       /**< energy of the weight's output channel; never below 0 */
    SKEL_SIGNAL_CURVATURE,    /**< diagonal of the loss' Hessian, approximated; never below 0 */
    SKEL_SIGNAL_FISHER,      /**< diagonal of the damped empirical Fisher matrix's inverse, above 0;
                                updates */
    SKEL_SIGNAL_ELIMINATION, /**< cost of removals, row by row; never below 0; updates, too */
} skel_signal;

/** When a method prunes. */
typedef enum skel_timing {
    SKEL_TIMING_INITIAL, /**< before training, all iterations one after the other */
    SKEL_TIMING_TRAINED, /**< after training; fine-tuning follows each iteration */
    SKEL_TIMING_REWOUND, /**< after training, which is repeated from an early epoch each time */
    SKEL_TIMING_MOVING,  /**< before training, and the mask changes during training */
    SKEL_TIMING_DURING,  /**< while training, which starts with all weights */
} skel_timing;

/** How a mask changes during training. Only for SKEL_TIMING_MOVING. */
typedef enum skel_movement {
    SKEL_MOVEMENT_EXCHANGE, /**< each tensor exchanges a share of its weights: skel_evolve_mask() */
    SKEL_MOVEMENT_THRESHOLD, /**< weights below one threshold go, others grow:
                                skel_reallocate_mask() */
    SKEL_MOVEMENT_MOMENTUM,  /**< a share of each tensor goes, tensors with a large momentum grow */
    SKEL_MOVEMENT_SWELL,  /**< the mask grows in the first changes and shrinks in the later ones */
    SKEL_MOVEMENT_REWIRE, /**< weights that lose their sign go, random ones come: skel_rewire_mask()
                           */
} skel_movement;

/** How the score of a unit of several weights is made from those of its weights. */
typedef enum skel_unit_rule {
    SKEL_RULE_SUM,   /**< the sum of the scores */
    SKEL_RULE_TERMS, /**< the magnitude of the sum of weight * signal; with signs, minus this sum */
    SKEL_RULE_FIRST, /**< the first weight's score: all have one, or random ones */
} skel_unit_rule;

/** How many weights of each layer a method keeps. */
typedef enum skel_sharing {
    SKEL_SHARING_BY_SCOPE, /**< the job key prune.scope decides */
    SKEL_SHARING_UNIFORM,  /**< the same density in every layer, for every prune.scope */
    SKEL_SHARING_ERK, /**< densities of an Erdos-Renyi-Kernel graph; MOVING: with scope global */
} skel_sharing;

/** One prunable tensor to score. Plain data, borrowed. */
typedef struct skel_method_tensor {
    size_t number;           /**< among the network's prunable tensors, from 0 */
    size_t count;            /**< weights */
    const float *parameters; /**< [count], not masked */
    const float *signal;     /**< [count]; NULL with SKEL_SIGNAL_NONE */
    uint64_t seed;           /**< of the run */
    double total;            /**< of the method's total() over all prunable tensors; else 0 */
} skel_method_tensor;

/** A method's own values of job keys that the job leaves out. A key that the method does not read
 *  has no value here. */
typedef struct skel_method_defaults {
    bool balanced;            /**< batches have equally many images of each class, else shuffled */
    uint64_t batches;         /**< of an iteration; 0: 1 */
    uint64_t per_class;       /**< a batch has as many images of each class; 0: 128 in all */
    uint64_t iterations;      /**< 0: as many as remove at most a fifth of the weights each */
    double temperature;       /**< the logits are divided by it; 0: the method has none */
    uint64_t finetune_epochs; /**< after each iteration */
    uint64_t finetune_steps;  /**< in place of epochs, but after the last; 0: epochs */
    uint64_t update_every;    /**< training steps between two changes of the mask; 0: one epoch */
    double update_until;      /**< share of all training steps after which the mask stays */
    double drop_fraction;     /**< share of the kept weights that a change exchanges */
    uint64_t lookahead_steps; /**< training steps before the loss that is differentiated */
    double lookahead_rate;    /**< learning rate of these steps */
    uint64_t draws;           /**< of random weights, noise and images in an iteration */
    double weight_noise;      /**< standard deviation of the noise */
    uint64_t momentum_steps;  /**< steps before a change whose gradients of all weights are used */
    double strength;          /**< of the method's penalty; 0: the method has none */
    double strength_growth;   /**< factor of the strength after each change; 0: it stays */
    double noise;           /**< deviation of what a step adds, times the learning rate; 0: none */
    double auxiliary_rate;  /**< learning rate of auxiliary values; 0: the weights' */
    double auxiliary_start; /**< of auxiliary values; 0: the method's own rule */
    double refresh_decay;   /**< gamma of (1 + gamma step)^-1, the refreshes' chance; 0: none */
} skel_method_defaults;

/** A pruning method. Static, immutable. */
typedef struct skel_method {
    const char *name;    /**< value of the job key prune.method */
    const char *summary; /**< one line for people */
    skel_signal signal;
    skel_timing timing;
    skel_sharing sharing;
    bool iterative; /**< follows the schedule; else it prunes in one iteration */
    bool permanent; /**< a pruned weight stays pruned */
    bool has_signs; /**< scores may be below 0; else 0 is the least, and no better than pruned */
    skel_unit_rule rule;    /**< with `prune.unit` */
    skel_movement movement; /**< MOVING: what a change does */
    bool grows_by_gradient; /**< MOVING, EXCHANGE: by the largest gradient; else at random */
    const skel_reparameterisation *reparameterisation; /**< of the weights in the last leg of
                                                            training; NULL: the network computes
                                                            with the weights that are trained */
    skel_method_defaults defaults;
    /** A sum over one tensor that score() needs over all of them. NULL: score() needs none.
     *
     *  Local. `tensor->total` is not yet set.
     */
    double (*total)(const skel_method_tensor *tensor);
    /** Computes the scores of one tensor; weights with larger scores are kept. NULL: the method
     *  prunes nothing.
     *
     *  Local. Scores are finite if the inputs are and no product overflows. The caller takes care
     *  of the current mask: a score does not depend on which weights are pruned.
     *  @param scores  [tensor->count] out
     */
    void (*score)(const skel_method_tensor *tensor, float scores[]);
} skel_method;

/** Names of the methods in the order of the table: "force", "iter-snip", ..., "none".
 *
 *  Local. Static storage.
 */
const char *const *skel_method_names(size_t *count);

/** Finds a method by its name.
 *
 *  Local. `*out` has static storage. Errors: SKEL_ERR_CONFIG for an unknown name; the message
 *  suggests the nearest one.
 */
SKEL_CHECKED skel_status skel_method_find(const char *name, const skel_method **out);

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

/** Whether the method penalises energies of hidden units, and scores channels by them.
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
