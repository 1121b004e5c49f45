/** Flat vectors between packed ones and an engine that knows flat ones alone. */
#ifndef SKEL_NN_UNPACKED_H
#define SKEL_NN_UNPACKED_H

#include "engine_impl.h"

/** The flat vectors of one engine. Opaque. */
typedef struct skel_unpacked skel_unpacked;

/** Whether an engine of this type and these options may be loaded with packed vectors that it does
 *  not read itself.
 *
 *  Local.
 */
bool skel_unpacked_is_needed(const skel_engine_type *type, const skel_engine_options *options);

/** Takes the memory.
 *
 *  Local.
 *  @param slots  the most gradients of one call
 *  @param out    *owned*: skel_unpacked_destroy() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_unpacked_create(const skel_network *network, size_t slots,
                                              skel_unpacked **out);

/** Frees the memory; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_unpacked_destroy(skel_unpacked **unpacked);

/** Bytes that skel_unpacked_create() takes.
 *
 *  Local.
 */
size_t skel_unpacked_bytes(const skel_network *network, size_t slots);

/** Unpacks parameters and loads them.
 *
 *  Local. `parameters` is [engine->packing->count]. Errors: the engine's.
 */
SKEL_CHECKED skel_status skel_unpacked_load(skel_engine *engine, const float parameters[]);

/** A flat vector that gradients may be put into before they are packed.
 *
 *  Local. Borrowed: [parameter_count].
 */
float *skel_unpacked_flat(const skel_engine *engine);

/** Computes flat gradients and packs them into those of the passes.
 *
 *  Local, or collective with `statistics_sum`. Errors: the engine's.
 */
SKEL_CHECKED skel_status skel_unpacked_gradient(skel_engine *engine, size_t count,
                                                const skel_batch batches[], double scale,
                                                skel_pass passes[]);

#endif
