/** oneDNN's primitives as calls with fixed arguments, and its errors as ours. */
#ifndef SKEL_NN_DENSE_ONEDNN_H
#define SKEL_NN_DENSE_ONEDNN_H

#include "../../../plan/graph.h"
#include "onednn_versions.h"

/** oneDNN's processor and its queue. */
typedef struct skel_onednn {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_attr_t attributes; /**< scratchpad: the caller's */
} skel_onednn;

enum { SKEL_ONEDNN_ARGUMENTS = 5 };

/** A primitive with the memory objects of its arguments; each run sets their addresses. */
typedef struct skel_onednn_call {
    dnnl_primitive_t primitive; /**< NULL: this call is not needed */
    size_t arguments;           /**< the scratchpad, always the last, included */
    dnnl_exec_arg_t argument[SKEL_ONEDNN_ARGUMENTS];
    const void *address[SKEL_ONEDNN_ARGUMENTS]; /**< current, of the memory objects */
} skel_onednn_call;

/** Turns a status of oneDNN into one of ours, with a message.
 *
 *  Local.
 *  @param what  "convolution forward"
 *  @param name  the layer's
 *  Errors: SKEL_ERR_MEMORY, else SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_onednn_check(dnnl_status_t status, const char *what,
                                           const char *name);

/** Stores the status of a oneDNN call; jumps to `done` if it is an error. */
#define SKEL_ONEDNN_TRY(call, what, name) SKEL_TRY(skel_onednn_check((call), (what), (name)))

/** Opens the processor for the calling thread.
 *
 *  Local.
 *  @param dnnl  out; *owned*: skel_onednn_close() it, also after an error
 *  Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_onednn_open(skel_onednn *dnnl);

/** Closes the processor and its queue.
 *
 *  Local.
 */
void skel_onednn_close(skel_onednn *dnnl);

/** Asks oneDNN for the primitive of a layer: every primitive except a change of layout.
 *
 *  Local.
 *  @param algorithm  of a convolution
 *  @param forward    the forward primitive, for a backward one; else NULL
 *  @param slow       out: oneDNN has only plain loops, or nothing: `out` may be NULL; NULL: only
 *                    plain loops are an error
 *  @param out        *owned*: dnnl_primitive_desc_destroy() it
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL, naming the layer and the implementation.
 */
SKEL_CHECKED skel_status skel_onednn_ask(const skel_onednn *dnnl, const skel_onednn_layer *layer,
                                         dnnl_alg_kind_t algorithm, skel_dense_direction direction,
                                         const_dnnl_primitive_desc_t forward, bool *slow,
                                         dnnl_primitive_desc_t *out);

/** Channels of a block in the layout for which oneDNN's convolutions are fastest: 16 or 8; 8 where
 *  it has only plain loops.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_onednn_block(const skel_onednn *dnnl, size_t *block);

/** Makes the layout of a tensor of `images` images.
 *
 *  Local.
 *  @param out  *owned*: skel_onednn_layout_clear() it; none after an error
 *  Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_onednn_tensor(const skel_graph_tensor *tensor, size_t images,
                                            skel_onednn_layout *out);

/** Makes a call of a primitive.
 *
 *  Local.
 *  @param arguments  [count] DNNL_ARG_...
 *  @param call       out; *owned*: skel_onednn_call_clear() it
 *  Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_onednn_call_make(const skel_onednn *dnnl,
                                               const_dnnl_primitive_desc_t pd, size_t count,
                                               const int arguments[], const char *name,
                                               skel_onednn_call *call);

/** Makes a call that changes a layout: {from, to}.
 *
 *  Local. As skel_onednn_call_make(); `scratch` is raised to the bytes that the call needs.
 */
SKEL_CHECKED skel_status skel_onednn_reorder_make(const skel_onednn *dnnl,
                                                  const skel_onednn_layout *from,
                                                  const skel_onednn_layout *to, const char *name,
                                                  size_t *scratch, skel_onednn_call *call);

/** Runs a call and waits for it.
 *
 *  Local.
 *  @param data     [arguments - 1] in the order of the call
 *  @param scratch  scratchpad, large enough for the call
 *  Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_onednn_run(const skel_onednn *dnnl, skel_onednn_call *call,
                                         const void *const data[], void *scratch, const char *name);

/** The name of the implementation that a call runs: "jit:avx2"; "" for a call that is not needed.
 *
 *  Local. oneDNN's, while the call exists.
 */
const char *skel_onednn_kernel(const skel_onednn_call *call);

/** Frees a call.
 *
 *  Local.
 */
void skel_onednn_call_clear(skel_onednn_call *call);

/** Bytes of a tensor in a layout, padding included.
 *
 *  Local.
 */
size_t skel_onednn_bytes(const skel_onednn_layout *layout);

/** Whether two layouts are the same.
 *
 *  Local.
 */
bool skel_onednn_same(const skel_onednn_layout *a, const skel_onednn_layout *b);

/** Bytes of a primitive's scratchpad.
 *
 *  Local.
 */
size_t skel_onednn_scratch(const_dnnl_primitive_desc_t pd);

#endif
