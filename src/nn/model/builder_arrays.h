/** What the files of the builder share: additions to the arrays of a network under construction.
 *
 *  Callers have seen that the builder has no error.
 */
#ifndef SKEL_NN_BUILDER_ARRAYS_H
#define SKEL_NN_BUILDER_ARRAYS_H

#include "skel/network.h"

/** A network under construction. Plain data. */
typedef struct skel_builder {
    skel_network *network; /**< owned until skel_builder_finish() */
    skel_status status;    /**< the first error */
    struct {
        size_t tensors, ops, parameters, buffers; /**< room in the arrays */
    } room;
} skel_builder;

/** The shape of a tensor.
 *
 *  Local.
 */
skel_tensor skel_builder_shape(const skel_builder *builder, size_t tensor);

/** An operation without parameters, window or second input; the caller sets those it has.
 *
 *  Local.
 */
skel_op skel_builder_plain_op(skel_op_kind kind, const char *name, size_t input);

/** Adds an operation with its output tensor; returns that.
 *
 *  Local.
 *  @param op     `output` is set here
 *  @param shape  of the output
 */
size_t skel_builder_add_op(skel_builder *builder, skel_op *op, skel_tensor shape);

/** Adds the parameter "module.member"; returns it, SKEL_NONE after an error.
 *
 *  Local.
 *  @param shape  [dims]
 */
size_t skel_builder_add_parameter(skel_builder *builder, const char *module, const char *member,
                                  size_t dims, const size_t shape[], bool prunable);

/** Adds the buffer "module.member"; returns it, SKEL_NONE after an error.
 *
 *  Local.
 *  @param count  elements
 */
size_t skel_builder_add_buffer(skel_builder *builder, const char *module, const char *member,
                               size_t count, bool is_variance);

#endif
