/** Constants of a model: shape, type and values of a TensorProto, dense or sparse, inside or
 *  outside the file. */
#ifndef SKEL_NN_ONNX_TENSOR_H
#define SKEL_NN_ONNX_TENSOR_H

#include "skel/status.h"

#include <onnx.pb-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SKEL_ONNX_DIMS = 8,            /**< dimensions of a constant */
    SKEL_ONNX_SHAPE_TEXT = 192,    /**< bytes of a shape as text */
    SKEL_ONNX_COUNT_MAX = 1 << 30, /**< elements of a tensor */
};

/** A constant whose shape was checked. Plain data; borrowed from the model. */
typedef struct skel_onnx_tensor {
    const Onnx__TensorProto *values;
    const Onnx__TensorProto *indices; /**< of the values of a sparse constant, else NULL */
    size_t dims;
    size_t shape[SKEL_ONNX_DIMS];
    size_t count; /**< elements, zeros of a sparse constant included */
} skel_onnx_tensor;

/** Checks name, shape, type and number of values of a constant.
 *
 *  Local.
 *  @param origin   the file, for messages
 *  @param name     of the constant, for messages
 *  @param described  whether it may have no values at all
 *  Errors: SKEL_ERR_DATA.
 */
SKEL_CHECKED skel_status skel_onnx_tensor_dense(const char *origin, const char *name,
                                                bool described, const Onnx__TensorProto *values,
                                                skel_onnx_tensor *out);

/** The same for a sparse constant.
 *
 *  Local. Errors: SKEL_ERR_DATA.
 */
SKEL_CHECKED skel_status skel_onnx_tensor_sparse(const char *origin, const char *name,
                                                 const Onnx__SparseTensorProto *sparse,
                                                 skel_onnx_tensor *out);

/** Writes a shape: "[64, 3, 3, 3]".
 *
 *  Local.
 */
void skel_onnx_tensor_shape(size_t dims, const size_t shape[], char out[SKEL_ONNX_SHAPE_TEXT]);

/** The name of a type of elements: "float16".
 *
 *  Local. Static storage.
 */
const char *skel_onnx_tensor_type(int32_t type);

/** Whether the elements are floating-point numbers that float32 can take: float, double, float16,
 *  bfloat16.
 *
 *  Local.
 */
bool skel_onnx_tensor_is_float(const skel_onnx_tensor *tensor);

/** Reads all elements as float32.
 *
 *  Local.
 *  @param origin  the model's file; external data lie beside it
 *  @param out     [tensor->count]
 *  Errors: SKEL_ERR_DATA for elements that are not finite, and for external data that are not as
 *          the model says; SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_tensor_floats(const char *origin, const char *name,
                                                 const skel_onnx_tensor *tensor, float out[]);

/** Reads the whole numbers of a small constant.
 *
 *  Local.
 *  @param room  of `out`
 *  Errors: SKEL_ERR_DATA for other types, for external data, and for more numbers than `room`.
 */
SKEL_CHECKED skel_status skel_onnx_tensor_integers(const char *origin, const char *name,
                                                   const skel_onnx_tensor *tensor, size_t room,
                                                   int64_t out[]);

/** The path of the file that holds a constant's external data; "" if it has none.
 *
 *  Local.
 *  @param out  [room]
 *  Errors: SKEL_ERR_DATA for a place outside the model's folder.
 */
SKEL_CHECKED skel_status skel_onnx_tensor_file(const char *origin, const char *name,
                                               const Onnx__TensorProto *values, size_t room,
                                               char out[]);

#endif
