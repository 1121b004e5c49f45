/** The values of a graph by name: its input, its constants, what its nodes compute. */
#ifndef SKEL_NN_ONNX_VALUES_H
#define SKEL_NN_ONNX_VALUES_H

#include "onnx_tensor.h"

#include "skel/network.h"

enum { SKEL_ONNX_NUMBERS = 8 }; /**< most numbers of a computed shape */

#define SKEL_ONNX_BATCH INT64_MIN /**< the number of images, as a number of a computed shape */

/** What is known of a value. */
typedef enum skel_onnx_kind {
    SKEL_ONNX_UNKNOWN,    /**< its node was not read yet, or nobody reads this output */
    SKEL_ONNX_ACTIVATION, /**< a tensor of the network */
    SKEL_ONNX_CONSTANT,
    SKEL_ONNX_SHAPE, /**< whole numbers that are computed of shapes */
} skel_onnx_kind;

/** One value. Plain data. */
typedef struct skel_onnx_value {
    const char *name; /**< borrowed from the model */
    skel_onnx_kind kind;
    size_t producer;                   /**< node; SKEL_NONE for the input and initializers */
    size_t place;                      /**< of an initializer in the file, else SKEL_NONE */
    bool needed;                       /**< the output depends on it */
    size_t readers;                    /**< nodes that the output depends on and that read it */
    size_t reader;                     /**< the last of them */
    const Onnx__ValueInfoProto *claim; /**< what the file says of its shape, or NULL */

    size_t tensor; /**< activation: of the network */
    bool flat;     /**< activation: seen as [batch][channels * height * width] */
    bool padded;   /**< activation: the tensor, with zeros around it that the reader must take */
    size_t pad[4]; /**< activation: top, left, bottom, right */

    skel_onnx_tensor constant;
    bool transposed;     /**< constant of two dimensions: read with the other one first */
    const char *name_of; /**< constant: the matrix of which it is the transpose; NULL: none */
    bool taken;          /**< constant: it is a parameter or a buffer of an operation */

    size_t count; /**< shape: numbers */
    int64_t number[SKEL_ONNX_NUMBERS];
    bool scalar; /**< shape: one number, no list */
} skel_onnx_value;

/** All values of a graph, sorted by name. */
typedef struct skel_onnx_values_table {
    size_t count;
    skel_onnx_value *value; /**< [count] owned */
} skel_onnx_values_table;

/** Collects input, initializers and outputs of nodes, and what the file says of their shapes.
 *
 *  Local.
 *  @param described  whether initializers may be without values
 *  @param out        free it with skel_onnx_values_free(), also after an error
 *  Errors: SKEL_ERR_DATA for a name that is not unique, for a damaged constant; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_values_collect(const char *origin, bool described,
                                                  const Onnx__GraphProto *graph,
                                                  skel_onnx_values_table *out);

/** Frees the table.
 *
 *  Local.
 */
void skel_onnx_values_free(skel_onnx_values_table *table);

/** The value of a name; NULL if there is none.
 *
 *  Local.
 */
skel_onnx_value *skel_onnx_values_find(const skel_onnx_values_table *table, const char *name);

#endif
