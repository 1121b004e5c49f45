/** Networks as ONNX models: reading a user's, describing one in a run file, exporting one.
 *
 *      SKEL_TRY(skel_onnx_read("mine.onnx", true, &model));
 *      ... model.network, model.parameters, model.buffers ...
 *      skel_onnx_free(&model);
 */
#ifndef SKEL_ONNX_H
#define SKEL_ONNX_H

#include "skel/checksum.h"
#include "skel/network.h"
#include "skel/version.h"

#include <stdint.h>

enum {
    SKEL_ONNX_OPSET_MIN = 9,  /**< oldest version of ONNX's operators that is read */
    SKEL_ONNX_OPSET_MAX = 21, /**< newest */
    SKEL_ONNX_NOTES = 768,    /**< bytes of the notes about a model */
};

/** A model that was read. Plain data; zeros before the first use. */
typedef struct skel_onnx_model {
    skel_network *network; /**< owned; its name is the file's, without folders */
    float *parameters;     /**< [network->parameter_count] owned; NULL if not wanted */
    float *buffers;        /**< [network->buffer_count] owned; NULL if not wanted */
    uint64_t opset;
    char producer[64];           /**< "pytorch 1.13.0", "" if the file does not say */
    char notes[SKEL_ONNX_NOTES]; /**< lines about what is read otherwise than it stands there; ""
                                      if there is nothing to say */
} skel_onnx_model;

/** What is exported beside the description. Plain data. */
typedef struct skel_onnx_values {
    const float *parameters; /**< [parameter_count] */
    const float *buffers;    /**< [buffer_count] */
    const uint8_t *keep; /**< [parameter_count] weights with 0 are written as 0; NULL: all kept */
    bool sparse;         /**< prunable weights become sparse initializers */
} skel_onnx_values;

/** Whether this build reads and writes ONNX models.
 *
 *  Local.
 */
bool skel_onnx_is_built(void);

/** The version of protobuf-c; "" in a build without ONNX.
 *
 *  Local.
 */
void skel_onnx_libraries(char out[SKEL_LIBRARIES]);

/** Reads a model's file.
 *
 *  Local. Parameters have the names of the file's initializers ("/" becomes "."), and their order.
 *  @param weights  whether the values are wanted; without them no external data of weights is read,
 *                  only that of numbers of operators (a bound of Clip, the value of Pad)
 *  @param out      out: free it with skel_onnx_free()
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA for a damaged file, an operator that is not read (with the
 *          list of those that are, and the node's place), shapes that do not fit, and all else that
 *          skel's networks cannot be; SKEL_ERR_MISSING in a build without ONNX; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_read(const char *path, bool weights, skel_onnx_model *out);

/** Reads a network from the bytes that skel_onnx_pack() made, with or without values.
 *
 *  Local.
 *  @param origin  the file that has them, for messages
 *  @param name    of the network
 *  @param out     *owned*: skel_network_destroy() it
 *  Errors: as skel_onnx_read().
 */
SKEL_CHECKED skel_status skel_onnx_parse(const char *origin, const char *name, size_t bytes,
                                         const uint8_t data[], skel_network **out);

/** Frees what a model owns, and sets it to zeros.
 *
 *  Local.
 */
void skel_onnx_free(skel_onnx_model *model);

/** Makes the bytes of an ONNX model of a network.
 *
 *  Local. Input "input" [batch][channels][height][width], output "logits" [batch][classes];
 *  operators of opset 13; the initializers have the parameters' names and order.
 *  @param values  NULL: a description, whose initializers have shapes but no values
 *  @param out     *owned*: SKEL_FREE() it
 *  Errors: SKEL_ERR_CONFIG for a model of 2 GiB or more, which the format cannot hold;
 *          SKEL_ERR_MISSING in a build without ONNX; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_pack(const skel_network *network, const skel_onnx_values *values,
                                        size_t *bytes, uint8_t **out);

/** The checksum of a model's file: XXH3-128 of its bytes; with external data, of the lines
 *  "FILE XXH3-128" of all its files.
 *
 *  Local. Errors: SKEL_ERR_IO; SKEL_ERR_DATA; SKEL_ERR_MISSING; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_checksum(const char *path, char out[SKEL_CHECKSUM_TEXT]);

#endif
