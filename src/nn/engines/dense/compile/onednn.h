/** oneDNN's primitives as calls with fixed arguments, and its errors as ours. */
#ifndef SKEL_NN_DENSE_ONEDNN_H
#define SKEL_NN_DENSE_ONEDNN_H

#include "../../../plan/graph.h"

#include <oneapi/dnnl/dnnl.h>

/** oneDNN's processor and its queue. */
typedef struct skel_dnnl {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_attr_t attributes; /**< scratchpad: the caller's */
} skel_dnnl;

enum { SKEL_DNNL_ARGUMENTS = 5 };

/** A primitive and the memory objects of its arguments, whose addresses each run gives. */
typedef struct skel_dnnl_call {
    dnnl_primitive_t primitive; /**< NULL: this call is not needed */
    size_t arguments;           /**< the scratchpad, always the last, included */
    dnnl_exec_arg_t argument[SKEL_DNNL_ARGUMENTS];
    const void *address[SKEL_DNNL_ARGUMENTS]; /**< that the memory objects have now */
} skel_dnnl_call;

/** Fails with oneDNN's status: returns SKEL_OK for success.
 *
 *  Local.
 *  @param what  "convolution forward"
 *  @param name  the layer's
 *  Errors: SKEL_ERR_MEMORY, else SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dnnl_check(dnnl_status_t status, const char *what, const char *name);

/** Stores the status of a oneDNN call; jumps to `done` if it is an error. */
#define SKEL_DNNL_TRY(call, what, name) SKEL_TRY(skel_dnnl_check((call), (what), (name)))

/** Opens the processor for the calling thread.
 *
 *  Local.
 *  @param dnnl  out; *owned*: skel_dnnl_close() it, also after an error
 *  Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dnnl_open(skel_dnnl *dnnl);

/** Closes it.
 *
 *  Local.
 */
void skel_dnnl_close(skel_dnnl *dnnl);

/** Channels of a block of the layout that oneDNN's convolutions are fastest with: 16, 8 or 1.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dnnl_block(const skel_dnnl *dnnl, size_t *block);

/** Describes a tensor of `images` images in its layout.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dnnl_tensor(const skel_graph_tensor *tensor, size_t images,
                                          dnnl_memory_desc_t *out);

/** Makes a call of a primitive.
 *
 *  Local.
 *  @param arguments  [count] DNNL_ARG_...
 *  @param call       out; *owned*: skel_dnnl_call_clear() it
 *  Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dnnl_call_make(const skel_dnnl *dnnl, const_dnnl_primitive_desc_t pd,
                                             size_t count, const int arguments[], const char *name,
                                             skel_dnnl_call *call);

/** Makes a call that changes a layout: {from, to}.
 *
 *  Local. As skel_dnnl_call_make(); `scratch` receives the bytes of its scratchpad if they are
 * more.
 */
SKEL_CHECKED skel_status skel_dnnl_reorder_make(const skel_dnnl *dnnl,
                                                const dnnl_memory_desc_t *from,
                                                const dnnl_memory_desc_t *to, const char *name,
                                                size_t *scratch, skel_dnnl_call *call);

/** Runs a call and waits for it.
 *
 *  Local.
 *  @param data     [arguments - 1] in the order of the call
 *  @param scratch  scratchpad, large enough for the call
 *  Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dnnl_run(const skel_dnnl *dnnl, skel_dnnl_call *call,
                                       const void *const data[], void *scratch, const char *name);

/** Frees a call.
 *
 *  Local.
 */
void skel_dnnl_call_clear(skel_dnnl_call *call);

/** Bytes of a primitive's scratchpad.
 *
 *  Local.
 */
size_t skel_dnnl_scratch(const_dnnl_primitive_desc_t pd);

#endif
