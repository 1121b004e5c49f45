/** The output shape of a sliding window. */
#ifndef SKEL_NN_BUILDER_WINDOW_H
#define SKEL_NN_BUILDER_WINDOW_H

#include "builder_arrays.h"

/** Output shape of the operation's window that slides over its padded input.
 *
 *  Local. Sets the builder's error if the window does not fit.
 *  @param channels  of the output
 */
skel_tensor skel_builder_slide(skel_builder *builder, const skel_op *op, size_t channels);

#endif
