/** A model on its way to a network: what its parts share. */
#ifndef SKEL_NN_ONNX_READING_H
#define SKEL_NN_ONNX_READING_H

#include "onnx_values.h"

#include "../model/builder.h"

enum { SKEL_ONNX_LARGEST = 1 << 30 }; /**< most elements of an activation of one image */

/** Things that are read otherwise than they stand in the file, counted. */
typedef struct skel_onnx_remarks {
    size_t dropouts;
    size_t momenta;         /**< batch norms with another momentum than PyTorch's 0.1 */
    size_t converted;       /**< parameters and buffers that are not float32 */
    int32_t converted_type; /**< of one of them */
} skel_onnx_remarks;

/** The state of a reading. */
typedef struct skel_onnx_reading {
    const char *origin; /**< the file, for messages */
    const Onnx__GraphProto *graph;
    uint64_t opset;
    int64_t batch; /**< images that the input has in the file; SKEL_ONNX_BATCH if any number */
    skel_onnx_values_table values;
    size_t node;    /**< that is read now */
    bool *live;     /**< [nodes] the output depends on it */
    bool *absorbed; /**< [nodes] an addition that became a bias of the node before */
    skel_builder builder;
    const skel_onnx_value **parameter; /**< [parameters] the constant of each parameter, so far */
    const skel_onnx_value **buffer;    /**< [buffers] the same */
    size_t parameters;
    size_t buffers;
    skel_onnx_remarks remarks;
} skel_onnx_reading;

/** Reads the node `reading->node`, whose operator the function is for.
 *
 *  Local. Errors: SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
typedef skel_status skel_onnx_reading_node(skel_onnx_reading *reading, const Onnx__NodeProto *node);

/** Refuses the node that is read now: "FILE: node 3, Conv "name": MESSAGE".
 *
 *  Local. Errors: SKEL_ERR_DATA, always.
 */
SKEL_CHECKED skel_status skel_onnx_reading_refuse(const skel_onnx_reading *reading,
                                                  const char *format, ...) SKEL_FORMAT(2, 3);

/** The value of an input of the node; NULL if it has no such input.
 *
 *  Local.
 */
skel_onnx_value *skel_onnx_reading_input(const skel_onnx_reading *reading, size_t number);

/** An input that must be an activation.
 *
 *  Local.
 *  @param image  whether it must be seen as an image, [batch][channels][height][width]
 *  @param shape  out: of one image; may be NULL
 *  Errors: SKEL_ERR_DATA.
 */
SKEL_CHECKED skel_status skel_onnx_reading_activation(const skel_onnx_reading *reading,
                                                      size_t number, bool image,
                                                      skel_onnx_value **out, skel_tensor *shape);

/** An input that must be a constant of floating-point numbers that no other operation has, for a
 *  parameter or a buffer.
 *
 *  Local. Counts a conversion among the remarks.
 *  Errors: SKEL_ERR_DATA.
 */
SKEL_CHECKED skel_status skel_onnx_reading_take(skel_onnx_reading *reading, size_t number,
                                                skel_onnx_value **out);

/** Makes a tensor of the network the node's first output.
 *
 *  Local. Errors: the builder's; SKEL_ERR_DATA for a tensor that is too large, or whose shape is
 *  not the one that the file says.
 */
SKEL_CHECKED skel_status skel_onnx_reading_put(skel_onnx_reading *reading, size_t tensor,
                                               bool flat);

/** The same of images with zeros around them, which the operations that read them must take into
 *  their windows.
 *
 *  Local.
 *  @param pad  [4] pixels: top, left, bottom, right
 *  Errors: as skel_onnx_reading_put().
 */
SKEL_CHECKED skel_status skel_onnx_reading_put_padded(skel_onnx_reading *reading, size_t tensor,
                                                      const size_t pad[4]);

/** Notes that a constant is the network's next parameter, or buffer.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_reading_bind(skel_onnx_reading *reading, bool buffer,
                                                const skel_onnx_value *value);

#endif
