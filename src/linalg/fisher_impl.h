/** The inverse of an empirical Fisher matrix, as its own files see it. */
#ifndef SKEL_LINALG_FISHER_IMPL_H
#define SKEL_LINALG_FISHER_IMPL_H

#include "skel/fisher.h"

struct skel_fisher {
    const skel_comm *comm;
    size_t samples;
    size_t batch; /**< samples of one rank in as many rounds */
    size_t weights;
    double damping;
    size_t blocks;  /**< of all ranks */
    size_t first;   /**< block of this rank */
    size_t last;    /**< the block after this rank's last one */
    float *data;    /**< [last - first][samples][SKEL_FISHER_BLOCK] gradients */
    double *block;  /**< [samples][SKEL_FISHER_BLOCK] one block of gradients, or of Z */
    double *factor; /**< [samples][samples] L, below the diagonal and on it, column after column */
    int64_t *sum;   /**< [samples][samples] */
    double *vector; /**< [samples] */
    float *arrived; /**< [ranks][weights of this rank] gradients from each rank */
    int *counts;    /**< [4][ranks] of an exchange */
};

#endif
