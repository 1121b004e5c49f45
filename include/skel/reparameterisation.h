/** Reparameterised training: a network that computes with effective weights, a function of the
 *  weights that are stored and trained, of auxiliary values, and of the mask.
 *
 *      effective = f(stored, auxiliary, mask)           before each gradient, and before a test
 *      gradient by stored, gradient by auxiliary        from the gradient by effective
 *      optimiser's step of stored and of auxiliary
 *      change of the mask, if one is due
 *
 *  A method gives the functions, one prunable tensor at a time; all other parameters are stored as
 *  they are. Everything here is computed on every rank alike, from a gradient that is the same on
 *  every rank, so nothing of it depends on the number of ranks. Random numbers depend on (seed,
 *  step, tensor) alone. */
#ifndef SKEL_REPARAMETERISATION_H
#define SKEL_REPARAMETERISATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How many values an auxiliary quantity has. */
typedef enum skel_auxiliary_extent {
    SKEL_AUXILIARY_NONE,   /**< there is no such quantity */
    SKEL_AUXILIARY_TENSOR, /**< one for each prunable tensor */
    SKEL_AUXILIARY_UNIT,   /**< one for each unit: filter of a convolution, input of a linear layer
                            */
    SKEL_AUXILIARY_WEIGHT, /**< one for each prunable weight */
} skel_auxiliary_extent;

/** What changes auxiliary values. */
typedef enum skel_auxiliary_rule {
    SKEL_AUXILIARY_OWN,  /**< the method's functions */
    SKEL_AUXILIARY_SGD,  /**< the optimiser of the weights, with a decay of its own */
    SKEL_AUXILIARY_ADAM, /**< Adam */
} skel_auxiliary_rule;

/** What changes the mask while training. */
typedef enum skel_remask {
    SKEL_REMASK_CHOICE, /**< at multiples of prune.update-every as many weights as are asked for are
                             chosen by the method's scores */
    SKEL_REMASK_RULE,   /**< refresh(), after every step until prune.update-until */
    SKEL_REMASK_ZEROS,  /**< nothing: the mask is where effective weights of a test are not 0 */
} skel_remask;

/** One auxiliary quantity. Static, immutable. */
typedef struct skel_auxiliary {
    const char *name; /**< of its dataset in /auxiliary */
    skel_auxiliary_extent extent;
    skel_auxiliary_rule rule; /**< only the first quantity of a method may have another one than
                                   SKEL_AUXILIARY_OWN */
} skel_auxiliary;

enum { SKEL_AUXILIARIES = 2 }; /**< quantities of a method at most */

/** A job's values for the functions of a reparameterisation. Plain data. */
typedef struct skel_reparameters {
    uint64_t seed;
    double strength;        /**< prune.strength */
    double strength_growth; /**< prune.strength-growth */
    double auxiliary_start; /**< prune.auxiliary-start */
    double refresh_decay;   /**< prune.refresh-decay */
    size_t train_images;    /**< of an epoch */
} skel_reparameters;

/** One prunable tensor of a reparameterised network. Plain data, borrowed. */
typedef struct skel_reparameterised {
    const skel_reparameters *job;
    size_t number;       /**< among the network's prunable tensors, from 0 */
    size_t count;        /**< weights */
    size_t outputs;      /**< filters of a convolution, outputs of a linear layer */
    size_t inputs;       /**< input channels of a convolution, inputs of a linear layer */
    bool linear;         /**< [outputs][inputs]; else [outputs][inputs][kernel] */
    size_t step;         /**< of the leg, from 1; 0: a test */
    size_t round;        /**< changes of the mask by a choice that are done in the leg */
    const float *stored; /**< [count] */
    const uint8_t *keep; /**< [count] the mask */
    float *auxiliary[SKEL_AUXILIARIES]; /**< [skel_auxiliary_count()] each, in and out; NULL: none
                                         */
} skel_reparameterised;

/** The functions of a method. Static, immutable. All are local; a NULL has a meaning of its own. */
typedef struct skel_reparameterisation {
    skel_auxiliary auxiliary[SKEL_AUXILIARIES];
    skel_remask remask;
    const char *more; /**< if the sparsity is too low: "a larger prune.strength removes more" */
    const char *less; /**< if it is too high, or a layer has lost all weights */
    bool gradual; /**< SKEL_REMASK_CHOICE: the number of removed weights grows from 0 on the cubic
                       curve of Zhu and Gupta; else it is the job's from the start */
    /** Sets the auxiliary values before the leg. NULL: 0. */
    void (*start)(const skel_reparameterised *tensor);
    /** Computes the weights that the network computes with. NULL: stored where the mask is 1, else
     *  0.
     *  @param effective  [count] out
     */
    void (*effective)(const skel_reparameterised *tensor, float effective[]);
    /** Turns a gradient by effective weights into one by stored weights. NULL: they are equal.
     *  @param gradient  [count] in and out
     *  @param slope     [skel_auxiliary_count() of the first quantity] out: gradient by it; NULL if
     *                   there is no quantity
     */
    void (*backward)(const skel_reparameterised *tensor, float gradient[], float slope[]);
    /** Keeps auxiliary values in their range after a step of their optimiser. NULL: any value is
     *  right. */
    void (*constrain)(const skel_reparameterised *tensor);
    /** SKEL_REMASK_CHOICE: computes the values that the method's score() sees as weights. NULL:
     *  stored.
     *  @param values  [count] out
     */
    void (*candidates)(const skel_reparameterised *tensor, float values[]);
    /** SKEL_REMASK_CHOICE: follows a choice, with the new mask in `keep` and the number of earlier
     *  ones in `round`. NULL: nothing follows.
     *  @param values  [count] those of candidates()
     */
    void (*chosen)(const skel_reparameterised *tensor, const float values[]);
    /** SKEL_REMASK_RULE: changes the mask. With prune.unit block start() and refresh() see blocks
     *  in place of weights, and in `stored` the means of their weights' magnitudes.
     *  @param keep  [count] in and out: `tensor->keep`
     */
    void (*refresh)(const skel_reparameterised *tensor, uint8_t keep[]);
} skel_reparameterisation;

/** Number of values that a quantity has for a tensor; 0 for SKEL_AUXILIARY_NONE.
 *
 *  Local. Of `tensor` the sizes alone are read.
 */
size_t skel_auxiliary_count(skel_auxiliary_extent extent, const skel_reparameterised *tensor);

#endif
