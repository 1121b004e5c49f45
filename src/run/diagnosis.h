/** The diagnosis of a mask: paths through the kept weights, and one gradient. */
#ifndef SKEL_RUN_DIAGNOSIS_H
#define SKEL_RUN_DIAGNOSIS_H

#include "skel/foresight.h"
#include "skel/mask.h"
#include "skel/paths.h"
#include "skel/settings.h"

/** A mask with the weights and images of its diagnosis. Plain data, borrowed; the same on every
 *  rank.
 */
typedef struct skel_diagnosis_request {
    const skel_comm *comm;
    const skel_network *network;
    const skel_mask *mask;
    const float *parameters;           /**< [parameter_count] theta, not masked */
    const skel_worker_options *worker; /**< options of plain gradients; `keep` is ignored */
    const skel_batches *batches;
    float *gradient; /**< [parameter_count] out: g, of all weights, pruned ones too */
} skel_diagnosis_request;

/** A diagnosis. A kept weight is effective if it is on a path and has a gradient. */
typedef struct skel_diagnosis {
    skel_paths paths;    /**< owned */
    size_t *no_gradient; /**< [paths.layers] weights on a path whose gradient is exactly 0; owned */
    size_t effective;    /**< over all layers: kept, on a path, with a gradient */
    skel_foresight figures;
    skel_result result; /**< on the batches, at theta * mask */
    double seconds;     /**< of the root's clock */
} skel_diagnosis;

/** Diagnoses a mask: finds the paths and computes one gradient at theta * mask.
 *
 *  Collective; the same bits on every rank, and on any number of ranks unless the reduction is
 *  float. Depends on its arguments alone.
 *  @param out  *owned*: skel_diagnosis_clear() it, also after an error
 *  Errors: as skel_worker_create() and skel_worker_gradient(); agreed on.
 */
SKEL_CHECKED skel_status skel_diagnosis_make(const skel_diagnosis_request *request,
                                             skel_diagnosis *out);

/** Frees what skel_diagnosis_make() took.
 *
 *  Local.
 */
void skel_diagnosis_clear(skel_diagnosis *diagnosis);

/** Warns of layers that have collapsed, naming the first few; silent if there are none.
 *
 *  Local.
 */
void skel_diagnosis_warn(const skel_diagnosis *diagnosis, const skel_network *network);

/** Names of the layers that have collapsed: "a, b, c".
 *
 *  Local.
 *  @param most  names that are written; behind them stands the number of the others
 *  @param out   *owned*; "" if there are none
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_diagnosis_names(const skel_paths *paths, const skel_network *network,
                                              size_t most, char **out);

#endif
