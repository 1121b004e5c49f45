/** The options of engines: their checks and their defaults. */
#ifndef SKEL_NN_ENGINE_OPTIONS_H
#define SKEL_NN_ENGINE_OPTIONS_H

#include "engine_impl.h"

/** Whether an engine can be made for a network with these options.
 *
 *  Local.
 *  Errors: SKEL_ERR_CONFIG for an option that is out of its range, that another one excludes, or
 *          that this type of engine does not know.
 */
SKEL_CHECKED skel_status skel_options_check(const skel_engine_type *type,
                                            const skel_network *network,
                                            const skel_engine_options *options);

/** The options with the values that zeros stand for.
 *
 *  Local.
 */
skel_engine_options skel_options_complete(const skel_engine_options *options);

/** Whether an engine with some options does what one of the same type with others would.
 *
 *  Local. See skel_engine_serves(). Both are complete.
 */
bool skel_options_serve(const skel_engine_options *has, const skel_engine_options *wanted);

#endif
