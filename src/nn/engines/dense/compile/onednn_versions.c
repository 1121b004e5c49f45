/* Layouts and primitives of layers, first with oneDNN 2, then with oneDNN 3. */
#include "onednn_versions.h"

#include <string.h>

static skel_onednn_descriptor bias_of(const skel_onednn_layer *layer)
{
    return layer->has_bias ? skel_onednn_layout_of(&layer->bias) : NULL;
}

void skel_onednn_layer_clear(skel_onednn_layer *layer)
{
    skel_onednn_layout_clear(&layer->source);
    skel_onednn_layout_clear(&layer->weights);
    skel_onednn_layout_clear(&layer->bias);
    skel_onednn_layout_clear(&layer->destination);
}

#if DNNL_VERSION_MAJOR < 3 /* layouts are structs; operations are described, then looked for */

skel_onednn_descriptor skel_onednn_layout_of(const skel_onednn_layout *layout)
{
    return &layout->descriptor;
}

void skel_onednn_layout_clear(skel_onednn_layout *layout)
{
    memset(layout, 0, sizeof *layout);
}

dnnl_status_t skel_onednn_layout_make(int dims, const dnnl_dims_t shape, dnnl_format_tag_t tag,
                                      skel_onednn_layout *out)
{
    return dnnl_memory_desc_init_by_tag(&out->descriptor, dims, shape, dnnl_f32, tag);
}

dnnl_status_t skel_onednn_layout_copy(const skel_onednn_layout *layout, skel_onednn_layout *out)
{
    *out = *layout;
    return dnnl_success;
}

dnnl_status_t skel_onednn_layout_permute(const skel_onednn_layout *layout, const int axes[],
                                         skel_onednn_layout *out)
{
    return dnnl_memory_desc_permute_axes(&out->descriptor, &layout->descriptor, axes);
}

dnnl_status_t skel_onednn_layout_narrow(skel_onednn_descriptor wide, const skel_onednn_layout *flat,
                                        skel_onednn_layout *out)
{
    if (wide->ndims != flat->descriptor.ndims) {
        return dnnl_invalid_arguments;
    }
    out->descriptor = *wide;
    for (int i = 0; i < wide->ndims; i++) {
        out->descriptor.dims[i] = flat->descriptor.dims[i];
    }
    return dnnl_success;
}

static dnnl_status_t describe_convolution(const skel_onednn_layer *l, dnnl_alg_kind_t algorithm,
                                          skel_dense_direction direction,
                                          dnnl_convolution_desc_t *out)
{
    const dnnl_memory_desc_t *source = skel_onednn_layout_of(&l->source);
    const dnnl_memory_desc_t *weights = skel_onednn_layout_of(&l->weights);
    const dnnl_memory_desc_t *destination = skel_onednn_layout_of(&l->destination);

    switch (direction) {
    case SKEL_DENSE_FORWARD:
        return dnnl_dilated_convolution_forward_desc_init(
            out, dnnl_forward_training, algorithm, source, weights, bias_of(l), destination,
            l->strides, l->dilates, l->before, l->after);
    case SKEL_DENSE_BACKWARD_DATA:
        return dnnl_dilated_convolution_backward_data_desc_init(out, algorithm, source, weights,
                                                                destination, l->strides, l->dilates,
                                                                l->before, l->after);
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        break;
    }
    return dnnl_dilated_convolution_backward_weights_desc_init(out, algorithm, source, weights,
                                                               bias_of(l), destination, l->strides,
                                                               l->dilates, l->before, l->after);
}

static dnnl_status_t describe_linear(const skel_onednn_layer *l, skel_dense_direction direction,
                                     dnnl_inner_product_desc_t *out)
{
    const dnnl_memory_desc_t *source = skel_onednn_layout_of(&l->source);
    const dnnl_memory_desc_t *weights = skel_onednn_layout_of(&l->weights);
    const dnnl_memory_desc_t *destination = skel_onednn_layout_of(&l->destination);

    switch (direction) {
    case SKEL_DENSE_FORWARD:
        return dnnl_inner_product_forward_desc_init(out, dnnl_forward_training, source, weights,
                                                    bias_of(l), destination);
    case SKEL_DENSE_BACKWARD_DATA:
        return dnnl_inner_product_backward_data_desc_init(out, source, weights, destination);
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        break;
    }
    return dnnl_inner_product_backward_weights_desc_init(out, source, weights, bias_of(l),
                                                         destination);
}

dnnl_status_t skel_onednn_describe(dnnl_engine_t engine, const_dnnl_primitive_attr_t attributes,
                                   const skel_onednn_layer *layer, dnnl_alg_kind_t algorithm,
                                   skel_dense_direction direction,
                                   const_dnnl_primitive_desc_t forward, dnnl_primitive_desc_t *out)
{
    dnnl_convolution_desc_t convolution;
    dnnl_inner_product_desc_t linear;
    dnnl_status_t status = layer->linear
                               ? describe_linear(layer, direction, &linear)
                               : describe_convolution(layer, algorithm, direction, &convolution);

    return status != dnnl_success
               ? status
               : dnnl_primitive_desc_create(
                     out, layer->linear ? (const void *)&linear : (const void *)&convolution,
                     attributes, engine, forward);
}

#else /* layouts are handles; primitives are looked for at once */

skel_onednn_descriptor skel_onednn_layout_of(const skel_onednn_layout *layout)
{
    return layout->descriptor;
}

void skel_onednn_layout_clear(skel_onednn_layout *layout)
{
    if (layout->descriptor != NULL) {
        (void)dnnl_memory_desc_destroy(layout->descriptor);
        layout->descriptor = NULL;
    }
}

dnnl_status_t skel_onednn_layout_make(int dims, const dnnl_dims_t shape, dnnl_format_tag_t tag,
                                      skel_onednn_layout *out)
{
    out->descriptor = NULL;
    return dnnl_memory_desc_create_with_tag(&out->descriptor, dims, shape, dnnl_f32, tag);
}

dnnl_status_t skel_onednn_layout_copy(const skel_onednn_layout *layout, skel_onednn_layout *out)
{
    out->descriptor = NULL;
    return dnnl_memory_desc_clone(&out->descriptor, layout->descriptor);
}

dnnl_status_t skel_onednn_layout_permute(const skel_onednn_layout *layout, const int axes[],
                                         skel_onednn_layout *out)
{
    out->descriptor = NULL;
    return dnnl_memory_desc_permute_axes(&out->descriptor, layout->descriptor, axes);
}

typedef struct shape {
    int dims;
    const dnnl_dims_t *size;
} shape;

static dnnl_status_t shape_of(skel_onednn_descriptor layout, shape *out)
{
    dnnl_status_t status = dnnl_memory_desc_query(layout, dnnl_query_ndims_s32, &out->dims);

    return status == dnnl_success
               ? dnnl_memory_desc_query(layout, dnnl_query_dims, (void *)&out->size)
               : status;
}

static bool is_tag_of(skel_onednn_descriptor layout, const shape *s, dnnl_format_tag_t tag)
{
    skel_onednn_layout made = {0};
    bool same = skel_onednn_layout_make(s->dims, *s->size, tag, &made) == dnnl_success &&
                dnnl_memory_desc_equal(made.descriptor, layout) != 0;

    skel_onednn_layout_clear(&made);
    return same;
}

/* Whether two layouts have the same elements, padding included. */
static bool are_as_large(skel_onednn_descriptor a, skel_onednn_descriptor b, int dims)
{
    const dnnl_dims_t *x = NULL;
    const dnnl_dims_t *y = NULL;

    return dnnl_memory_desc_query(a, dnnl_query_padded_dims, (void *)&x) == dnnl_success &&
           dnnl_memory_desc_query(b, dnnl_query_padded_dims, (void *)&y) == dnnl_success &&
           memcmp(*x, *y, (size_t)dims * sizeof **x) == 0;
}

/* oneDNN 3 lets nobody change a layout's shape. The tag that `wide` can be made with gives the same
 * blocks for the smaller shape, and they are padded to the same size. */
dnnl_status_t skel_onednn_layout_narrow(skel_onednn_descriptor wide, const skel_onednn_layout *flat,
                                        skel_onednn_layout *out)
{
    shape from = {0, NULL};
    shape to = {0, NULL};
    dnnl_status_t status = shape_of(wide, &from);

    out->descriptor = NULL;
    if (status == dnnl_success) {
        status = shape_of(flat->descriptor, &to);
    }
    if (status != dnnl_success || from.dims != to.dims) {
        return status != dnnl_success ? status : dnnl_invalid_arguments;
    }
    if (memcmp(*from.size, *to.size, (size_t)to.dims * sizeof **to.size) == 0) {
        return dnnl_memory_desc_clone(&out->descriptor, wide);
    }
    for (int tag = dnnl_format_tag_any + 1; tag < dnnl_format_tag_last; tag++) {
        if (!is_tag_of(wide, &from, (dnnl_format_tag_t)tag)) {
            continue;
        }
        status = skel_onednn_layout_make(to.dims, *to.size, (dnnl_format_tag_t)tag, out);
        if (status != dnnl_success || are_as_large(out->descriptor, wide, to.dims)) {
            return status;
        }
        skel_onednn_layout_clear(out);
    }
    return dnnl_unimplemented;
}

static dnnl_status_t describe_convolution(dnnl_engine_t engine,
                                          const_dnnl_primitive_attr_t attributes,
                                          const skel_onednn_layer *l, dnnl_alg_kind_t algorithm,
                                          skel_dense_direction direction,
                                          const_dnnl_primitive_desc_t forward,
                                          dnnl_primitive_desc_t *out)
{
    switch (direction) {
    case SKEL_DENSE_FORWARD:
        return dnnl_convolution_forward_primitive_desc_create(
            out, engine, dnnl_forward_training, algorithm, l->source.descriptor,
            l->weights.descriptor, bias_of(l), l->destination.descriptor, l->strides, l->dilates,
            l->before, l->after, attributes);
    case SKEL_DENSE_BACKWARD_DATA:
        return dnnl_convolution_backward_data_primitive_desc_create(
            out, engine, algorithm, l->source.descriptor, l->weights.descriptor,
            l->destination.descriptor, l->strides, l->dilates, l->before, l->after, forward,
            attributes);
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        break;
    }
    return dnnl_convolution_backward_weights_primitive_desc_create(
        out, engine, algorithm, l->source.descriptor, l->weights.descriptor, bias_of(l),
        l->destination.descriptor, l->strides, l->dilates, l->before, l->after, forward,
        attributes);
}

static dnnl_status_t describe_linear(dnnl_engine_t engine, const_dnnl_primitive_attr_t attributes,
                                     const skel_onednn_layer *l, skel_dense_direction direction,
                                     const_dnnl_primitive_desc_t forward,
                                     dnnl_primitive_desc_t *out)
{
    switch (direction) {
    case SKEL_DENSE_FORWARD:
        return dnnl_inner_product_forward_primitive_desc_create(
            out, engine, dnnl_forward_training, l->source.descriptor, l->weights.descriptor,
            bias_of(l), l->destination.descriptor, attributes);
    case SKEL_DENSE_BACKWARD_DATA:
        return dnnl_inner_product_backward_data_primitive_desc_create(
            out, engine, l->source.descriptor, l->weights.descriptor, l->destination.descriptor,
            forward, attributes);
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        break;
    }
    return dnnl_inner_product_backward_weights_primitive_desc_create(
        out, engine, l->source.descriptor, l->weights.descriptor, bias_of(l),
        l->destination.descriptor, forward, attributes);
}

dnnl_status_t skel_onednn_describe(dnnl_engine_t engine, const_dnnl_primitive_attr_t attributes,
                                   const skel_onednn_layer *layer, dnnl_alg_kind_t algorithm,
                                   skel_dense_direction direction,
                                   const_dnnl_primitive_desc_t forward, dnnl_primitive_desc_t *out)
{
    return layer->linear ? describe_linear(engine, attributes, layer, direction, forward, out)
                         : describe_convolution(engine, attributes, layer, algorithm, direction,
                                                forward, out);
}

#endif
