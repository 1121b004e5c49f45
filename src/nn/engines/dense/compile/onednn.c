/* Thin layer over oneDNN's C interface. */
#include "onednn.h"

#include <stdint.h>
#include <string.h>

skel_status skel_onednn_check(dnnl_status_t status, const char *what, const char *name)
{
    static const char *const reason[] = {"success",          "out of memory", "invalid arguments",
                                         "not implemented",  "iterator ends", "runtime error",
                                         "primitive needed", "unknown reason"};
    size_t known = sizeof reason / sizeof *reason - 1;
    size_t code = (size_t)status < known ? (size_t)status : known;

    if (status == dnnl_success) {
        return SKEL_OK;
    }
    return SKEL_FAIL(status == dnnl_out_of_memory ? SKEL_ERR_MEMORY : SKEL_ERR_INTERNAL,
                     "oneDNN: %s of %s: %s (status %d)", what, name, reason[code], (int)status);
}

skel_status skel_onednn_open(skel_onednn *dnnl)
{
    skel_status status = SKEL_OK;

    *dnnl = (skel_onednn){NULL, NULL, NULL};
    SKEL_ONEDNN_TRY(dnnl_engine_create(&dnnl->engine, dnnl_cpu, 0), "start", "the processor");
    SKEL_ONEDNN_TRY(dnnl_stream_create(&dnnl->stream, dnnl->engine, dnnl_stream_default_flags),
                    "start", "the queue");
    SKEL_ONEDNN_TRY(dnnl_primitive_attr_create(&dnnl->attributes), "start", "the attributes");
    SKEL_ONEDNN_TRY(
        dnnl_primitive_attr_set_scratchpad_mode(dnnl->attributes, dnnl_scratchpad_mode_user),
        "start", "the attributes");
done:
    return status;
}

void skel_onednn_close(skel_onednn *dnnl)
{
    if (dnnl->attributes != NULL) {
        (void)dnnl_primitive_attr_destroy(dnnl->attributes);
    }
    if (dnnl->stream != NULL) {
        (void)dnnl_stream_destroy(dnnl->stream);
    }
    if (dnnl->engine != NULL) {
        (void)dnnl_engine_destroy(dnnl->engine);
    }
    *dnnl = (skel_onednn){NULL, NULL, NULL};
}

static const char *implementation_of(const_dnnl_primitive_desc_t pd)
{
    const char *implementation = NULL;

    return dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, (void *)&implementation) ==
                   dnnl_success
               ? implementation
               : "without a name";
}

/* Whether a primitive would be one of oneDNN's plain loops: a hundred times slower than others. */
static bool is_slow(const_dnnl_primitive_desc_t pd)
{
    return strncmp(implementation_of(pd), "ref", 3) == 0;
}

skel_status skel_onednn_ask(const skel_onednn *dnnl, const_dnnl_op_desc_t description,
                            const_dnnl_primitive_desc_t forward, const char *what, const char *name,
                            bool *slow, dnnl_primitive_desc_t *out)
{
    dnnl_status_t result = dnnl_success;

    *out = NULL;
    result = dnnl_primitive_desc_create(out, description, dnnl->attributes, dnnl->engine, forward);
    if (result == dnnl_unimplemented && slow != NULL) {
        *slow = true;
        return SKEL_OK;
    }
    if (result != dnnl_success) {
        return skel_onednn_check(result, what, name);
    }
    if (slow != NULL) {
        *slow = is_slow(*out);
    } else if (is_slow(*out)) {
        return SKEL_FAIL(SKEL_ERR_INTERNAL,
                         "oneDNN: %s of %s: only its plain loops (%s), which are never used", what,
                         name, implementation_of(*out));
    }
    return SKEL_OK;
}

skel_status skel_onednn_block(const skel_onednn *dnnl, size_t *block)
{
    static const dnnl_dims_t shape = {1, 64, 16, 16};
    static const dnnl_dims_t kernel = {64, 64, 3, 3};
    static const dnnl_dims_t ones = {1, 1};
    static const char what[] = "choice of layout";
    static const char name[] = "a convolution";
    dnnl_memory_desc_t data;
    dnnl_memory_desc_t weights;
    dnnl_convolution_desc_t convolution;
    dnnl_primitive_desc_t pd = NULL;
    const dnnl_memory_desc_t *chosen = NULL;
    bool slow = false;
    skel_status status = SKEL_OK;

    *block = 8; /* of the engine's own convolutions */
    SKEL_ONEDNN_TRY(dnnl_memory_desc_init_by_tag(&data, 4, shape, dnnl_f32, dnnl_format_tag_any),
                    what, name);
    SKEL_ONEDNN_TRY(
        dnnl_memory_desc_init_by_tag(&weights, 4, kernel, dnnl_f32, dnnl_format_tag_any), what,
        name);
    SKEL_ONEDNN_TRY(dnnl_convolution_forward_desc_init(&convolution, dnnl_forward_training,
                                                       dnnl_convolution_direct, &data, &weights,
                                                       NULL, &data, ones, ones, ones),
                    what, name);
    SKEL_TRY(skel_onednn_ask(dnnl, &convolution, NULL, what, name, &slow, &pd));
    if (slow) {
        goto done;
    }
    chosen = dnnl_primitive_desc_query_md(pd, dnnl_query_dst_md, 0);
    if (chosen != NULL && chosen->format_kind == dnnl_blocked &&
        chosen->format_desc.blocking.inner_nblks == 1 &&
        (chosen->format_desc.blocking.inner_blks[0] == 16 ||
         chosen->format_desc.blocking.inner_blks[0] == 8)) {
        *block = (size_t)chosen->format_desc.blocking.inner_blks[0];
    }
done:
    if (pd != NULL) {
        (void)dnnl_primitive_desc_destroy(pd);
    }
    return status;
}

skel_status skel_onednn_tensor(const skel_graph_tensor *tensor, size_t images,
                               dnnl_memory_desc_t *out)
{
    const dnnl_dims_t shape = {(dnnl_dim_t)images, (dnnl_dim_t)tensor->channels,
                               (dnnl_dim_t)tensor->height, (dnnl_dim_t)tensor->width};
    dnnl_format_tag_t tag = tensor->block == 16  ? dnnl_nChw16c
                            : tensor->block == 8 ? dnnl_nChw8c
                                                 : dnnl_nchw;

    return skel_onednn_check(dnnl_memory_desc_init_by_tag(out, 4, shape, dnnl_f32, tag),
                             "description", "a tensor");
}

size_t skel_onednn_scratch(const_dnnl_primitive_desc_t pd)
{
    return dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0));
}

skel_status skel_onednn_call_make(const skel_onednn *dnnl, const_dnnl_primitive_desc_t pd,
                                  size_t count, const int arguments[], const char *name,
                                  skel_onednn_call *call)
{
    static const char what[] = "compilation";
    skel_status status = SKEL_OK;

    *call = (skel_onednn_call){.primitive = NULL};
    SKEL_ASSERT(count < SKEL_ONEDNN_ARGUMENTS);
    for (size_t i = 0; i <= count; i++) {
        int argument = i < count ? arguments[i] : DNNL_ARG_SCRATCHPAD;
        const dnnl_memory_desc_t *md =
            dnnl_primitive_desc_query_md(pd, dnnl_query_exec_arg_md, argument);

        SKEL_ASSERT(md != NULL);
        SKEL_ONEDNN_TRY(
            dnnl_memory_create(&call->argument[i].memory, md, dnnl->engine, DNNL_MEMORY_NONE), what,
            name);
        call->argument[i].arg = argument;
        call->arguments++;
    }
    SKEL_ONEDNN_TRY(dnnl_primitive_create(&call->primitive, pd), what, name);
done:
    return status;
}

skel_status skel_onednn_reorder_make(const skel_onednn *dnnl, const dnnl_memory_desc_t *from,
                                     const dnnl_memory_desc_t *to, const char *name,
                                     size_t *scratch, skel_onednn_call *call)
{
    static const int arguments[] = {DNNL_ARG_FROM, DNNL_ARG_TO};
    dnnl_primitive_desc_t pd = NULL;
    skel_status status = SKEL_OK;

    *call = (skel_onednn_call){.primitive = NULL};
    SKEL_ONEDNN_TRY(dnnl_reorder_primitive_desc_create(&pd, from, dnnl->engine, to, dnnl->engine,
                                                       dnnl->attributes),
                    "change of layout", name);
    SKEL_ASSERT(!is_slow(pd));
    if (skel_onednn_scratch(pd) > *scratch) {
        *scratch = skel_onednn_scratch(pd);
    }
    status = skel_onednn_call_make(dnnl, pd, 2, arguments, name, call);
done:
    if (pd != NULL) {
        (void)dnnl_primitive_desc_destroy(pd);
    }
    return status;
}

skel_status skel_onednn_run(const skel_onednn *dnnl, skel_onednn_call *call,
                            const void *const data[], void *scratch, const char *name)
{
    static const char what[] = "execution";
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < call->arguments; i++) {
        const void *address = i + 1 < call->arguments ? data[i] : scratch;

        if (address == call->address[i]) {
            continue; /* to set it again would only write its padding's zeros again */
        }
        /* oneDNN takes all addresses as writable; beside outputs it writes padding's zeros alone */
        SKEL_ONEDNN_TRY(
            dnnl_memory_set_data_handle(call->argument[i].memory, (void *)(uintptr_t)address), what,
            name);
        call->address[i] = address;
    }
    SKEL_ONEDNN_TRY(
        dnnl_primitive_execute(call->primitive, dnnl->stream, (int)call->arguments, call->argument),
        what, name);
    SKEL_ONEDNN_TRY(dnnl_stream_wait(dnnl->stream), what, name);
done:
    return status;
}

const char *skel_onednn_kernel(const skel_onednn_call *call)
{
    const_dnnl_primitive_desc_t pd = NULL;

    return call->primitive != NULL &&
                   dnnl_primitive_get_primitive_desc(call->primitive, &pd) == dnnl_success
               ? implementation_of(pd)
               : "";
}

void skel_onednn_call_clear(skel_onednn_call *call)
{
    for (size_t i = 0; i < call->arguments; i++) {
        (void)dnnl_memory_destroy(call->argument[i].memory);
    }
    if (call->primitive != NULL) {
        (void)dnnl_primitive_destroy(call->primitive);
    }
    *call = (skel_onednn_call){.primitive = NULL};
}
