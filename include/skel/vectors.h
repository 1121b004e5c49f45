/** The vectors that a run holds in memory: one table allocates them and predicts their size. */
#ifndef SKEL_VECTORS_H
#define SKEL_VECTORS_H

#include "skel/settings.h"

/** A vector of a run. */
typedef enum skel_vector {
    SKEL_VECTOR_INITIAL,       /**< float [parameter_count] */
    SKEL_VECTOR_REDRAWN,       /**< float [parameter_count], if initial weights are drawn again */
    SKEL_VECTOR_FIRST_BUFFERS, /**< float [buffer_count] */
    SKEL_VECTOR_PARAMETERS,    /**< float [parameter_count] */
    SKEL_VECTOR_VELOCITY,      /**< float [parameter_count] */
    SKEL_VECTOR_BUFFERS,       /**< float [buffer_count] */
    SKEL_VECTOR_REWOUND_PARAMETERS, /**< float [parameter_count], with `prune.rewind` */
    SKEL_VECTOR_REWOUND_VELOCITY,   /**< float [parameter_count], with `prune.rewind` */
    SKEL_VECTOR_REWOUND_BUFFERS,    /**< float [buffer_count], with `prune.rewind` */
    SKEL_VECTOR_LINEAGE,            /**< a byte per parameter */
    SKEL_VECTOR_FIRST_KEEP,         /**< a byte per parameter, if the mask moves */
    SKEL_VECTOR_GROWTH,             /**< float [parameter_count], if weights grow by momentum */
    SKEL_VECTOR_EFFECTIVE,          /**< float [parameter_count], of a reparameterised network */
    SKEL_VECTOR_AUXILIARY,          /**< float, of the first quantity of skel_reparameterisation */
    SKEL_VECTOR_AUXILIARY_2,        /**< float, of the second quantity */
    SKEL_VECTOR_MOMENTS,            /**< float, of the optimiser of the first quantity */
    SKEL_VECTOR_GRADIENT,           /**< float [parameter_count] */
    SKEL_VECTOR_PRODUCT,    /**< float [parameter_count], if the signal is a Hessian product */
    SKEL_VECTOR_TRAJECTORY, /**< float [steps + 1][parameter_count], if the signal looks ahead */
    SKEL_VECTOR_ORDER,      /**< uint32_t, a number per image of a pruning iteration */
    SKEL_VECTORS,
} skel_vector;

/** Size of one vector. Plain data. */
typedef struct skel_vector_size {
    bool needed;
    size_t bytes;
} skel_vector_size;

/** Sizes of all vectors of a job's run.
 *
 *  Local. `out` is [SKEL_VECTORS].
 */
void skel_vectors_plan(const skel_job *job, const skel_settings *settings,
                       const skel_network *network, skel_vector_size out[]);

/** The memory of a run's vectors, zeros at first; NULL where a vector is not needed. */
typedef struct skel_vectors {
    void *at[SKEL_VECTORS]; /**< owned */
} skel_vectors;

/** Takes the memory of all vectors of a job's run.
 *
 *  Local. `*out` is *owned*: skel_vectors_free() it, also after an error.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_vectors_make(const skel_job *job, const skel_settings *settings,
                                           const skel_network *network, skel_vectors *out);

/** Frees the memory of all vectors.
 *
 *  Local.
 */
void skel_vectors_free(skel_vectors *vectors);

#endif
