/** The masks of a file, layer by layer, as inspect looks at them. */
#ifndef SKEL_CLI_LAYER_MASKS_H
#define SKEL_CLI_LAYER_MASKS_H

#include "skel/reader.h"

enum {
    SKEL_LAYER_PATH = 512, /**< bytes of a dataset's path */
    SKEL_LAYER_SHAPE = 96, /**< bytes of a shape as text */
};

/** Path of a layer's dataset: "GROUP/NAME".
 *
 *  Local. A name that is too long is cut, and then not found.
 */
void skel_layer_path(const char *group, const char *name, char out[SKEL_LAYER_PATH]);

/** A shape as people write it: "64x3x3x3".
 *
 *  Local.
 */
void skel_layer_shape_text(size_t dims, const size_t shape[4], char out[SKEL_LAYER_SHAPE]);

/** Reads a layer's mask.
 *
 *  Local. `*keep` is *owned*: [*count], 0 or 1.
 *  Errors: SKEL_ERR_DATA for a value that is neither; as skel_reader_bytes().
 */
SKEL_CHECKED skel_status skel_layer_mask(skel_reader *reader, const char *name, size_t *count,
                                         uint8_t **keep);

#endif
