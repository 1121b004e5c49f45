/** Units: groups of weights that are pruned together, and how a mask of units becomes one of
 *  weights. */
#ifndef SKEL_UNITS_H
#define SKEL_UNITS_H

#include "skel/mask.h"
#include "skel/method.h"

#define SKEL_UNITS_NONE UINT32_MAX /**< the unit of an element that has none */

/** The kinds of units. */
typedef enum skel_unit_kind {
    SKEL_UNIT_WEIGHT,  /**< each weight is its own unit; there is no table of units */
    SKEL_UNIT_CHANNEL, /**< an output channel, with what reads it and with its batch norm */
    SKEL_UNIT_BLOCK,   /**< `of` neighbouring output channels' weights at the same place */
    SKEL_UNIT_PATTERN, /**< of each `of` neighbouring input channels' weights `keep` are kept */
} skel_unit_kind;

/** The job's unit. Plain data. */
typedef struct skel_unit {
    skel_unit_kind kind;
    size_t keep; /**< PATTERN: weights of a group that stay */
    size_t of;   /**< PATTERN, BLOCK: weights of a group */
} skel_unit;

/** What an element of the flat parameter vector is to its unit. */
typedef enum skel_unit_role {
    SKEL_ROLE_WEIGHT,
    SKEL_ROLE_BIAS,
    SKEL_ROLE_NORM, /**< scale or shift of batch norm */
} skel_unit_role;

/** The units of a network. Units of a tensor, or of tensors whose channels are added, are numbered
 *  one after the other: they are a segment. All is owned. */
typedef struct skel_units {
    skel_unit unit;
    size_t elements; /**< of the flat parameter vector */
    size_t count;    /**< units */
    size_t segments;
    skel_segment *segment; /**< [segments] ranges of units */
    const char **name;     /**< [segments]; the texts are borrowed from the network */
    bool *whole;           /**< [segments] no unit goes */
    double *size;          /**< [segments] shares of SKEL_SHARING_ERK are in proportion to it */
    uint32_t *of;          /**< [elements] unit of which the element is a part; or none */
    uint32_t *reads; /**< [elements] CHANNEL: unit that the weight reads; or none. NULL for all
                          other kinds */
    uint8_t *role;   /**< [elements] a skel_unit_role */
} skel_units;

/** Takes the memory of a table; no element has a unit.
 *
 *  Local.
 *  @param segments  room for so many segments; `count` and `segments` start at 0
 *  @param out       *owned*: skel_units_destroy() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_units_create(skel_unit unit, size_t elements, size_t segments,
                                           skel_units **out);

/** Frees the table; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_units_destroy(skel_units **units);

/** The scores of all units, from those of the weights.
 *
 *  Local. SKEL_RULE_SUM: the sum over the unit's weights. SKEL_RULE_TERMS: the magnitude of the sum
 *  of parameter * signal over the unit's weights and biases; of a channel with batch norm over its
 *  scale and shift instead, because the sum over the weights before batch norm is always 0.
 *  SKEL_RULE_FIRST: the score of the unit's first weight.
 *  @param scores  [elements] of the weights
 *  @param normed  [count] scratch
 *  @param out     [count] out
 */
void skel_units_score(const skel_units *units, const skel_method *method, const float parameters[],
                      const float signal[], const float scores[], uint8_t normed[], float out[]);

/** Which units a mask keeps: those of which it keeps a weight.
 *
 *  Local. @param out  [count] out
 */
void skel_units_kept(const skel_units *units, const skel_mask *mask, uint8_t out[]);

/** The mask of weights that keeps units: a weight stays if its unit stays and the one that it
 *  reads.
 *
 *  Local.
 *  @param kept  [count]
 *  @param mask  for its segments
 *  @param keep  [elements] out, written in the segments alone
 */
void skel_units_expand(const skel_units *units, const uint8_t kept[], const skel_mask *mask,
                       uint8_t keep[]);

#endif
