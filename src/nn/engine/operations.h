/** Which operations an engine executes. */
#ifndef SKEL_NN_OPERATIONS_H
#define SKEL_NN_OPERATIONS_H

#include "engine_impl.h"

/** Checks that an engine executes all operations of a network.
 *
 *  Local. Errors: SKEL_ERR_CONFIG that names the engine and the first operation it lacks.
 */
SKEL_CHECKED skel_status skel_operations_check(const skel_engine_type *type,
                                               const skel_network *network);

#endif
