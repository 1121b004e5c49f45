/** The parts of a model that is written: nodes, attributes, tensors, all freed at once.
 *
 *  The parts keep their first error: later calls return parts of the same kind that lead nowhere.
 */
#ifndef SKEL_NN_ONNX_PARTS_H
#define SKEL_NN_ONNX_PARTS_H

#include "skel/status.h"

#include <onnx.pb-c.h>
#include <stddef.h>
#include <stdint.h>

/** A model under construction. Plain data; zeros before the first call. */
typedef struct skel_onnx_parts {
    skel_status status; /**< the first error */
    size_t blocks;
    void **block; /**< [blocks] owned */
    size_t nodes;
    Onnx__NodeProto **node; /**< [nodes] */
    size_t tensors;
    Onnx__TensorProto **tensor; /**< [tensors] initializers */
    size_t sparses;
    Onnx__SparseTensorProto **sparse; /**< [sparses] sparse initializers */
} skel_onnx_parts;

/** Frees all parts.
 *
 *  Local.
 */
void skel_onnx_parts_free(skel_onnx_parts *parts);

/** A block of zeros; NULL after an error.
 *
 *  Local. Owned by the parts.
 */
void *skel_onnx_parts_make(skel_onnx_parts *parts, size_t count, size_t size);

/** A copy of a text; "" after an error.
 *
 *  Local. Owned by the parts.
 */
char *skel_onnx_parts_text(skel_onnx_parts *parts, const char *text);

/** Adds a node. Inputs are texts, the last one followed by NULL; "" leaves one out.
 *
 *  Local. The attributes follow by the functions below.
 *  @param name    of the node
 *  @param output  name of the value
 */
void skel_onnx_parts_node(skel_onnx_parts *parts, const char *type, const char *name,
                          const char *output, const char *const inputs[]);

/** Gives the last node a whole number.
 *
 *  Local.
 */
void skel_onnx_parts_integer(skel_onnx_parts *parts, const char *name, int64_t value);

/** Gives the last node a floating-point number.
 *
 *  Local.
 */
void skel_onnx_parts_real(skel_onnx_parts *parts, const char *name, double value);

/** Gives the last node whole numbers.
 *
 *  Local.
 */
void skel_onnx_parts_integers(skel_onnx_parts *parts, const char *name, size_t count,
                              const size_t values[]);

/** Adds an initializer.
 *
 *  Local.
 *  @param type   of ONNX
 *  @param bytes  of `data`
 *  @param data   borrowed until the model is packed; NULL: a shape without values
 */
void skel_onnx_parts_tensor(skel_onnx_parts *parts, const char *name, int32_t type, size_t dims,
                            const size_t shape[], size_t bytes, const void *data);

/** Adds a sparse initializer.
 *
 *  Local.
 *  @param values  [count] borrowed until the model is packed
 *  @param index   [count] of the values in the flat array; borrowed until the model is packed
 */
void skel_onnx_parts_sparse(skel_onnx_parts *parts, const char *name, size_t dims,
                            const size_t shape[], size_t count, const float values[],
                            const int64_t index[]);

/** A description of the graph's input or output: float32, the batch open.
 *
 *  Local. Owned by the parts; NULL after an error.
 *  @param dims  with the batch; `shape[0]` is not read
 */
Onnx__ValueInfoProto *skel_onnx_parts_value(skel_onnx_parts *parts, const char *name, size_t dims,
                                            const size_t shape[]);

#endif
