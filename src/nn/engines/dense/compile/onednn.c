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

/* A layer's pass, for messages. */
static const char *pass_of(const skel_onednn_layer *layer, skel_dense_direction direction)
{
    static const char *const names[][SKEL_DENSE_DIRECTIONS] = {
        {"convolution forward", "convolution backward data", "convolution backward weights"},
        {"linear forward", "linear backward data", "linear backward weights"}};

    return names[layer->linear ? 1 : 0][direction];
}

skel_status skel_onednn_ask(const skel_onednn *dnnl, const skel_onednn_layer *layer,
                            dnnl_alg_kind_t algorithm, skel_dense_direction direction,
                            const_dnnl_primitive_desc_t forward, bool *slow,
                            dnnl_primitive_desc_t *out)
{
    const char *what = pass_of(layer, direction);
    dnnl_status_t result = dnnl_success;

    *out = NULL;
    result = skel_onednn_describe(dnnl->engine, dnnl->attributes, layer, algorithm, direction,
                                  forward, out);
    if (result == dnnl_unimplemented && slow != NULL) {
        *slow = true;
        return SKEL_OK;
    }
    if (result != dnnl_success) {
        return skel_onednn_check(result, what, layer->name);
    }
    if (slow != NULL) {
        *slow = is_slow(*out);
    } else if (is_slow(*out)) {
        return SKEL_FAIL(SKEL_ERR_INTERNAL,
                         "oneDNN: %s of %s: only its plain loops (%s), which are never used", what,
                         layer->name, implementation_of(*out));
    }
    return SKEL_OK;
}

/* Asked with data in blocks of 16, not in any layout: an answer in another one than blocks would
 * leave the choice open. */
skel_status skel_onednn_block(const skel_onednn *dnnl, size_t *block)
{
    static const dnnl_dims_t shape = {1, 64, 16, 16};
    static const dnnl_dims_t kernel = {64, 64, 3, 3};
    static const char what[] = "description";
    skel_onednn_layer layer = {
        .strides = {1, 1}, .before = {1, 1}, .after = {1, 1}, .name = "the choice of layout"};
    dnnl_primitive_desc_t pd = NULL;
    bool slow = false;
    skel_status status = SKEL_OK;

    *block = 8;
    SKEL_ONEDNN_TRY(skel_onednn_layout_make(4, shape, dnnl_nChw16c, &layer.source), what,
                    layer.name);
    SKEL_ONEDNN_TRY(skel_onednn_layout_make(4, kernel, dnnl_format_tag_any, &layer.weights), what,
                    layer.name);
    SKEL_ONEDNN_TRY(skel_onednn_layout_copy(&layer.source, &layer.destination), what, layer.name);
    SKEL_TRY(skel_onednn_ask(dnnl, &layer, dnnl_convolution_direct, SKEL_DENSE_FORWARD, NULL, &slow,
                             &pd));
    if (!slow) {
        *block = 16;
    }
done:
    if (pd != NULL) {
        (void)dnnl_primitive_desc_destroy(pd);
    }
    skel_onednn_layer_clear(&layer);
    return status;
}

skel_status skel_onednn_tensor(const skel_graph_tensor *tensor, size_t images,
                               skel_onednn_layout *out)
{
    const dnnl_dims_t shape = {(dnnl_dim_t)images, (dnnl_dim_t)tensor->channels,
                               (dnnl_dim_t)tensor->height, (dnnl_dim_t)tensor->width};
    dnnl_format_tag_t tag = tensor->block == 16  ? dnnl_nChw16c
                            : tensor->block == 8 ? dnnl_nChw8c
                                                 : dnnl_nchw;

    return skel_onednn_check(skel_onednn_layout_make(4, shape, tag, out), "description",
                             "a tensor");
}

size_t skel_onednn_bytes(const skel_onednn_layout *layout)
{
    return dnnl_memory_desc_get_size(skel_onednn_layout_of(layout));
}

bool skel_onednn_same(const skel_onednn_layout *a, const skel_onednn_layout *b)
{
    return dnnl_memory_desc_equal(skel_onednn_layout_of(a), skel_onednn_layout_of(b)) != 0;
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
        skel_onednn_descriptor md =
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

skel_status skel_onednn_reorder_make(const skel_onednn *dnnl, const skel_onednn_layout *from,
                                     const skel_onednn_layout *to, const char *name,
                                     size_t *scratch, skel_onednn_call *call)
{
    static const int arguments[] = {DNNL_ARG_FROM, DNNL_ARG_TO};
    dnnl_primitive_desc_t pd = NULL;
    skel_status status = SKEL_OK;

    *call = (skel_onednn_call){.primitive = NULL};
    SKEL_ONEDNN_TRY(dnnl_reorder_primitive_desc_create(&pd, skel_onednn_layout_of(from),
                                                       dnnl->engine, skel_onednn_layout_of(to),
                                                       dnnl->engine, dnnl->attributes),
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
            continue; /* to set it again would at most write its padding's zeros again */
        }
        /* oneDNN takes all addresses as writable; beside outputs it writes at most padding's zeros,
         * here and with oneDNN 2 alone */
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
