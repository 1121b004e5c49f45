/** oneDNN 2 and oneDNN 3 behind one interface: layouts, and primitives of layers with weights.
 *
 *  This header and its .c file alone know which version is there. What else skel calls is the same
 *  in both. */
#ifndef SKEL_NN_DENSE_ONEDNN_VERSIONS_H
#define SKEL_NN_DENSE_ONEDNN_VERSIONS_H

#include "../kernels/direction.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stddef.h>

/** A layout as oneDNN's functions take it, *borrowed*. oneDNN 3 has a handle of that name, oneDNN 2
 *  a struct. */
#if DNNL_VERSION_MAJOR < 3
typedef const dnnl_memory_desc_t *skel_onednn_descriptor;
#else
typedef const_dnnl_memory_desc_t skel_onednn_descriptor;
#endif

/** The layout of a tensor of floats: its shape, and where each element lies. {0} is none. */
typedef struct skel_onednn_layout {
    dnnl_memory_desc_t descriptor; /**< owned: a struct in oneDNN 2, a handle in 3 */
} skel_onednn_layout;

/** The layout for functions of oneDNN.
 *
 *  Local. *Borrowed* until the layout is cleared.
 */
skel_onednn_descriptor skel_onednn_layout_of(const skel_onednn_layout *layout);

/** Makes the layout of a tensor of floats.
 *
 *  Local.
 *  @param shape  [dims]
 *  @param out    *owned*: skel_onednn_layout_clear() it; none after an error
 *  Errors: oneDNN's.
 */
dnnl_status_t skel_onednn_layout_make(int dims, const dnnl_dims_t shape, dnnl_format_tag_t tag,
                                      skel_onednn_layout *out);

/** Copies a layout.
 *
 *  Local. `out` and errors as of skel_onednn_layout_make().
 */
dnnl_status_t skel_onednn_layout_copy(const skel_onednn_layout *layout, skel_onednn_layout *out);

/** Makes a layout with other axes: axis i becomes axis `axes[i]`.
 *
 *  Local. `out` and errors as of skel_onednn_layout_make().
 */
dnnl_status_t skel_onednn_layout_permute(const skel_onednn_layout *layout, const int axes[],
                                         skel_onednn_layout *out);

/** Makes a layout that places the elements of a smaller shape as `wide` does, with the padding of
 *  `wide`: a change of layout fills the padding with 0 and does not read it.
 *
 *  Local. `out` as of skel_onednn_layout_make().
 *  @param flat  a layout of the smaller shape; nothing else of it is used
 *  Errors: oneDNN's; dnnl_unimplemented where no blocks of `wide` have room for the padding.
 */
dnnl_status_t skel_onednn_layout_narrow(skel_onednn_descriptor wide, const skel_onednn_layout *flat,
                                        skel_onednn_layout *out);

/** Frees a layout, which may be none.
 *
 *  Local.
 */
void skel_onednn_layout_clear(skel_onednn_layout *layout);

/** A convolution or a linear layer. {0} is none. */
typedef struct skel_onednn_layer {
    bool linear;
    bool has_bias;
    skel_onednn_layout source; /**< owned, as the other layouts */
    skel_onednn_layout weights;
    skel_onednn_layout bias;
    skel_onednn_layout destination;
    /* of a convolution */
    dnnl_dims_t strides;
    dnnl_dims_t dilates; /**< pixels left out between two taps */
    dnnl_dims_t before;
    dnnl_dims_t after;
    const char *name; /**< borrowed: for messages */
} skel_onednn_layer;

/** Describes the primitive of a layer in a direction.
 *
 *  Local. For an inference the primitive is a training's, too: oneDNN would take another one, of
 *  other bits.
 *  @param algorithm   of a convolution
 *  @param attributes  of the primitive
 *  @param forward     the forward primitive, for a backward one; else NULL
 *  @param out         *owned*: dnnl_primitive_desc_destroy() it
 *  Errors: oneDNN's; dnnl_unimplemented if oneDNN has nothing for the layer.
 */
dnnl_status_t skel_onednn_describe(dnnl_engine_t engine, const_dnnl_primitive_attr_t attributes,
                                   const skel_onednn_layer *layer, dnnl_alg_kind_t algorithm,
                                   skel_dense_direction direction,
                                   const_dnnl_primitive_desc_t forward, dnnl_primitive_desc_t *out);

/** Frees the layouts of a layer.
 *
 *  Local.
 */
void skel_onednn_layer_clear(skel_onednn_layer *layer);

#endif
