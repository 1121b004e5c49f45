/** Paces: the time of a gradient, measured once for a network and a processor. */
#ifndef SKEL_PACE_H
#define SKEL_PACE_H

#include "skel/cost.h"
#include "skel/networks.h"

/** All measurements that the user's cache has of this processor. Opaque. */
typedef struct skel_paces skel_paces;

/** Reads the cache: $XDG_CACHE_HOME/skel/gradients, or ~/.cache/skel/gradients.
 *
 *  Local. A cache that is missing or cannot be read is empty.
 *  @param out  *owned*: skel_paces_close() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_paces_open(skel_paces **out);

/** Frees the measurements; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_paces_close(skel_paces **paces);

/** Seconds of one rank for a job's run.
 *
 *  Local. From the time of one image's gradient of all weights, which depends on network, images,
 *  microbatch, engine, threads, instruction set and processor; a forward pass is a third of it.
 *  Linear algebra is taken to have half of the gradient's arithmetic rate, for it is in double.
 *  @param cost  of the run
 *  @return  by the latest measurement; 0 if there is none
 */
double skel_paces_seconds(const skel_paces *paces, const skel_job *job, const skel_cost *cost);

/** Measures the gradient of a job's run if the cache has no measurement, and adds it to the cache.
 *
 *  Local. Takes about a second.
 *  @param networks  of the job's runs
 *  Errors: as skel_networks_of() and skel_engine_create(); SKEL_ERR_IO for the cache's file.
 */
SKEL_CHECKED skel_status skel_paces_measure(skel_paces *paces, skel_networks *networks,
                                            const skel_job *job);

/** The processor's own name: "AMD EPYC 7763"; "an unknown processor" if the system does not say.
 *
 *  Local. Borrowed from `paces`.
 */
const char *skel_paces_processor(const skel_paces *paces);

#endif
