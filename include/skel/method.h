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
    SKEL_SIGNAL_FISHER, /**< diagonal of the inverse of the empirical Fisher matrix, damped; above
                             0. The weights that stay are updated for those that go */
    SKEL_SIGNAL_ELIMINATION, /**< cost of removals from the rows of layers, one after the other;
                                  never below 0. The weights that stay are updated, too */
} skel_signal;

/** When a method prunes. */
typedef enum skel_timing {
    SKEL_TIMING_INITIAL, /**< before training, all iterations one after the other */
    SKEL_TIMING_TRAINED, /**< after training; fine-tuning follows each iteration */
    SKEL_TIMING_REWOUND, /**< after training; after each iteration the kept weights get the values
                              of an early epoch again, and training is repeated from there */
    SKEL_TIMING_MOVING,  /**< before training, and the mask changes during training */
    SKEL_TIMING_DURING,  /**< while training, which starts with all weights */
} skel_timing;

/** How a mask changes during training. Only for SKEL_TIMING_MOVING. */
typedef enum skel_movement {
    SKEL_MOVEMENT_EXCHANGE, /**< each tensor exchanges a share of its weights: skel_evolve_mask() */
    SKEL_MOVEMENT_THRESHOLD, /**< weights below one threshold go, and as many others grow: the rest
                                  by skel_reallocate_mask(), in proportion to what is left */
    SKEL_MOVEMENT_MOMENTUM,  /**< a share of each tensor goes, tensors with a large momentum grow */
    SKEL_MOVEMENT_SWELL,     /**< the mask grows in the first changes and shrinks in the later ones;
                                  it is as large as the job asks for at the start and at the end */
    SKEL_MOVEMENT_REWIRE, /**< after every step weights that lose their sign go, and as many random
                               ones of their tensor come: skel_rewire_mask() */
} skel_movement;

/** How the score of a unit of several weights is made from those of its weights. */
typedef enum skel_unit_rule {
    SKEL_RULE_SUM,   /**< the sum of the scores */
    SKEL_RULE_TERMS, /**< the magnitude of the sum of weight * signal, minus this sum if scores have
                          signs: the first-order change of the loss if the whole unit goes */
    SKEL_RULE_FIRST, /**< the score of the first weight: all weights of the unit have one score, or
                          random ones, of which one is as good as any */
} skel_unit_rule;

/** How many weights of each layer a method keeps. */
typedef enum skel_sharing {
    SKEL_SHARING_BY_SCOPE, /**< the job key prune.scope decides */
    SKEL_SHARING_UNIFORM,  /**< the same density in every layer, for every prune.scope */
    SKEL_SHARING_ERK,      /**< densities of an Erdos-Renyi-Kernel random graph; MOVING: only with
                                scope global, with scope layer the same density in every layer */
} skel_sharing;

/** One prunable tensor to score. Plain data, borrowed. */
typedef struct skel_method_tensor {
    size_t number;           /**< among the network's prunable tensors, from 0 */
    size_t count;            /**< weights */
    const float *parameters; /**< [count], not masked */
    const float *signal;     /**< [count]; NULL with SKEL_SIGNAL_NONE */
    uint64_t seed;           /**< of the run */
    double total;            /**< sum of the method's total() over all prunable tensors; 0 for a
                                  method without one */
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
    uint64_t finetune_steps;  /**< after each iteration but the last one, in place of epochs; 0:
                                   epochs there, too */
    uint64_t update_every;    /**< training steps between two changes of the mask; 0: one epoch,
                                   with SKEL_MOVEMENT_THRESHOLD skel_moves_of()'s choice */
    double update_until;      /**< share of all training steps after which the mask stays */
    double drop_fraction;     /**< share of the kept weights that a change exchanges */
    uint64_t lookahead_steps; /**< training steps before the loss that is differentiated */
    double lookahead_rate;    /**< learning rate of these steps */
    uint64_t draws;           /**< of random weights, noise and images in an iteration */
    double weight_noise;      /**< standard deviation of the noise */
    uint64_t momentum_steps;  /**< steps before a change whose gradients of all weights are used */
    double strength;          /**< of the method's penalty; 0: the method has none */
    double strength_growth;   /**< factor of the strength after each change; 0: it stays */
    double noise;           /**< standard deviation of what a step adds to a kept weight, times the
                                 learning rate; 0: the method has none */
    double auxiliary_rate;  /**< learning rate of auxiliary values; 0: the weights' */
    double auxiliary_start; /**< of auxiliary values; 0: the method's own rule */
    double refresh_decay;   /**< gamma of (1 + gamma step)^-1, the probability that a layer's mask
                                 is refreshed at a step; 0: the method has none */
} skel_method_defaults;

/** A pruning method. Static, immutable. */
typedef struct skel_method {
    const char *name;    /**< value of the job key prune.method */
    const char *summary; /**< one line for people */
    skel_signal signal;
    skel_timing timing;
    skel_sharing sharing;
    bool iterative;      /**< follows the schedule; else it prunes in one iteration */
    bool permanent;      /**< a pruned weight stays pruned */
    bool has_signs;      /**< scores may be below 0, and 0 is a score like any other; else 0 is the
                              least score, and a weight with it is no better than a pruned one */
    skel_unit_rule rule; /**< with `prune.unit` */
    skel_movement movement; /**< MOVING: what a change does */
    bool grows_by_gradient; /**< MOVING, EXCHANGE: weights with the largest gradient grow; else
                                 random ones */
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
     *  of the current mask: a score does not depend on which weights are pruned. With `permanent`
     *  it depends on nothing but the weight and its signal, total() is NULL, and a tensor may be
     *  given in parts, each with its kept weights alone.
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

#endif
