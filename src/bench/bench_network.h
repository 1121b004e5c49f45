/** Networks of the zoo for images of a size that they accept. */
#ifndef SKEL_BENCH_NETWORK_H
#define SKEL_BENCH_NETWORK_H

#include "skel/network.h"

/** Builds a network for colour images of 32x32 pixels or, if it refuses these, digits of 28x28.
 *
 *  Local.
 *  @param width  as skel_model_create()
 *  @param out    *owned*: skel_network_destroy() it
 *  Errors: as skel_model_create().
 */
SKEL_CHECKED skel_status skel_bench_network(const char *model, size_t width, size_t classes,
                                            skel_network **out);

#endif
