/* Shapes and values of constants. Nothing is allocated for a shape before it is checked against the
 * number of values that are there. */
#include "onnx_tensor.h"

#include "onnx_external.h"

#include "skel/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH = 8192 };

#define TYPE(name) ONNX__TENSOR_PROTO__DATA_TYPE__##name

void skel_onnx_tensor_shape(size_t dims, const size_t shape[], char out[SKEL_ONNX_SHAPE_TEXT])
{
    size_t used = 1;

    (void)snprintf(out, SKEL_ONNX_SHAPE_TEXT, "[");
    for (size_t i = 0; i < dims; i++) {
        used += (size_t)snprintf(out + used, SKEL_ONNX_SHAPE_TEXT - used, "%s%zu",
                                 i > 0 ? ", " : "", shape[i]);
    }
    (void)snprintf(out + used, SKEL_ONNX_SHAPE_TEXT - used, "]");
}

/* Types of elements: name, bytes of an element, and whether they are numbers of ours. */
typedef struct element_type {
    int32_t type;
    const char *name;
    size_t bytes;
    bool is_float;
    bool is_integer;
} element_type;

static const element_type types[] = {
    {TYPE(FLOAT), "float32", 4, true, false},     {TYPE(FLOAT16), "float16", 2, true, false},
    {TYPE(BFLOAT16), "bfloat16", 2, true, false}, {TYPE(DOUBLE), "float64", 8, true, false},
    {TYPE(INT64), "int64", 8, false, true},       {TYPE(INT32), "int32", 4, false, true},
    {TYPE(INT8), "int8", 1, false, false},        {TYPE(UINT8), "uint8", 1, false, false},
    {TYPE(BOOL), "bool", 1, false, false},        {TYPE(UINT16), "uint16", 2, false, false},
    {TYPE(INT16), "int16", 2, false, false},      {TYPE(UINT32), "uint32", 4, false, false},
    {TYPE(UINT64), "uint64", 8, false, false},
};

static const element_type *find_type(int32_t type)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].type == type) {
            return &types[i];
        }
    }
    return NULL;
}

const char *skel_onnx_tensor_type(int32_t type)
{
    const element_type *found = find_type(type);

    return found != NULL ? found->name : "a type that is not read";
}

bool skel_onnx_tensor_is_float(const skel_onnx_tensor *tensor)
{
    const element_type *found = find_type(tensor->values->data_type);

    return found != NULL && found->is_float;
}

/* The shape and the number of elements. */
static skel_status read_shape(const char *origin, const char *name, size_t dims,
                              const int64_t shape[], skel_onnx_tensor *out)
{
    out->dims = dims;
    out->count = 1;
    if (dims > SKEL_ONNX_DIMS) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the constant \"%s\" has %zu dimensions, at most %d "
                         "are read",
                         origin, name, dims, SKEL_ONNX_DIMS);
    }
    for (size_t i = 0; i < dims; i++) {
        if (shape[i] < 0 || shape[i] > SKEL_ONNX_COUNT_MAX ||
            (shape[i] > 0 && out->count > SKEL_ONNX_COUNT_MAX / (size_t)shape[i])) {
            return SKEL_FAIL(SKEL_ERR_DATA,
                             "%s: the constant \"%s\" has %" PRId64 " as its dimension %zu: a "
                             "constant has 0 to %d elements",
                             origin, name, shape[i], i, SKEL_ONNX_COUNT_MAX);
        }
        out->shape[i] = (size_t)shape[i];
        out->count *= (size_t)shape[i];
    }
    return SKEL_OK;
}

/* Elements that the model itself holds; those of external data count as there. */
static size_t held(const Onnx__TensorProto *values, const element_type *type)
{
    if (values->has_raw_data && values->raw_data.len > 0) {
        return values->raw_data.len % type->bytes == 0 ? values->raw_data.len / type->bytes
                                                       : SIZE_MAX;
    }
    switch (values->data_type) {
    case TYPE(FLOAT):
        return values->n_float_data;
    case TYPE(DOUBLE):
        return values->n_double_data;
    case TYPE(INT64):
        return values->n_int64_data;
    case TYPE(UINT64):
    case TYPE(UINT32):
        return values->n_uint64_data;
    default:
        return values->n_int32_data;
    }
}

static bool is_external(const Onnx__TensorProto *values)
{
    return values->has_data_location &&
           values->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
}

/* The number of values must be `count`. */
static skel_status check_values(const char *origin, const char *name, bool described,
                                const Onnx__TensorProto *values, size_t count)
{
    const element_type *type = find_type(values->has_data_type ? values->data_type : 0);
    size_t found = 0;

    if (type == NULL) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the constant \"%s\" is of the type %" PRId32
                         " of ONNX, which is not read",
                         origin, name, values->data_type);
    }
    if (is_external(values)) { /* whose file must be beside the model, wanted or not */
        char path[PATH];

        return skel_onnx_external_path(origin, name, values, sizeof path, path);
    }
    found = held(values, type);
    if (found == SIZE_MAX) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: the constant \"%s\" of %s has %zu bytes", origin, name,
                         type->name, values->raw_data.len);
    }
    if (found != count && !(described && found == 0)) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: the constant \"%s\" has %zu values, its shape has %zu",
                         origin, name, found, count);
    }
    return SKEL_OK;
}

skel_status skel_onnx_tensor_dense(const char *origin, const char *name, bool described,
                                   const Onnx__TensorProto *values, skel_onnx_tensor *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_onnx_tensor){.values = values};
    SKEL_TRY(read_shape(origin, name, values->n_dims, values->dims, out));
    SKEL_TRY(check_values(origin, name, described, values, out->count));
done:
    return status;
}

skel_status skel_onnx_tensor_sparse(const char *origin, const char *name,
                                    const Onnx__SparseTensorProto *sparse, skel_onnx_tensor *out)
{
    const Onnx__TensorProto *values = sparse->values;
    const Onnx__TensorProto *indices = sparse->indices;
    skel_status status = SKEL_OK;

    *out = (skel_onnx_tensor){.values = values, .indices = indices};
    if (values == NULL || indices == NULL || values->n_dims != 1 || indices->n_dims != 1 ||
        values->dims[0] != indices->dims[0] || values->dims[0] < 0 ||
        values->dims[0] > SKEL_ONNX_COUNT_MAX || is_external(values) || is_external(indices) ||
        indices->data_type != TYPE(INT64)) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the sparse constant \"%s\" is not a list of values and a list of as "
                         "many int64 indices into the flat array, both in the file itself",
                         origin, name);
    }
    SKEL_TRY(read_shape(origin, name, sparse->n_dims, sparse->dims, out));
    SKEL_TRY(check_values(origin, name, false, values, (size_t)values->dims[0]));
    SKEL_TRY(check_values(origin, name, false, indices, (size_t)indices->dims[0]));
done:
    return status;
}

/* A float16 as a float: sign, 5 bits of exponent, 10 of fraction. */
static float of_half(uint16_t bits)
{
    int exponent = bits >> 10 & 31;
    float fraction = (float)(bits & 1023);
    float magnitude = exponent == 0    ? ldexpf(fraction, -24)
                      : exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
                                       : ldexpf(1024 + fraction, exponent - 25);

    return bits >> 15 != 0 ? -magnitude : magnitude;
}

static float of_bfloat16(uint16_t bits)
{
    uint32_t wide = (uint32_t)bits << 16;
    float value = 0;

    memcpy(&value, &wide, sizeof value);
    return value;
}

/* Element i of little-endian bytes, as ONNX stores them (and as this program's machines do). */
static float raw_element(int32_t type, const uint8_t *bytes, size_t i)
{
    float single = 0;
    double wide = 0;
    uint16_t half = 0;

    switch (type) {
    case TYPE(FLOAT):
        memcpy(&single, bytes + i * sizeof single, sizeof single);
        return single;
    case TYPE(DOUBLE):
        memcpy(&wide, bytes + i * sizeof wide, sizeof wide);
        return (float)wide;
    default:
        memcpy(&half, bytes + i * sizeof half, sizeof half);
        return type == TYPE(FLOAT16) ? of_half(half) : of_bfloat16(half);
    }
}

/* Element i of the typed fields; 16-bit types are in the lower halves of int32_data. */
static float typed_element(const Onnx__TensorProto *values, size_t i)
{
    switch (values->data_type) {
    case TYPE(FLOAT):
        return values->float_data[i];
    case TYPE(DOUBLE):
        return (float)values->double_data[i];
    case TYPE(FLOAT16):
        return of_half((uint16_t)values->int32_data[i]);
    default:
        return of_bfloat16((uint16_t)values->int32_data[i]);
    }
}

/* `count` values one after the other; `bytes` are raw data, or NULL for the typed fields. */
static skel_status read_floats(const char *origin, const char *name,
                               const Onnx__TensorProto *values, const uint8_t *bytes, size_t count,
                               float out[])
{
    for (size_t i = 0; i < count; i++) {
        out[i] =
            bytes != NULL ? raw_element(values->data_type, bytes, i) : typed_element(values, i);
        if (!isfinite(out[i])) {
            return SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of \"%s\" is %g, not a finite float32",
                             origin, i, name, (double)out[i]);
        }
    }
    return SKEL_OK;
}

static skel_status read_dense(const char *origin, const char *name, const Onnx__TensorProto *values,
                              size_t count, float out[])
{
    const element_type *type = find_type(values->data_type);
    uint8_t *outside = NULL;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(type != NULL && type->is_float);
    if (is_external(values)) {
        SKEL_TRY(skel_onnx_external_read(origin, name, values, count * type->bytes, &outside));
        SKEL_TRY(read_floats(origin, name, values, outside, count, out));
    } else {
        bool raw = values->has_raw_data && values->raw_data.len > 0;

        SKEL_TRY(check_values(origin, name, false, values, count));
        SKEL_TRY(read_floats(origin, name, values, raw ? values->raw_data.data : NULL, count, out));
    }
done:
    SKEL_FREE(&outside);
    return status;
}

/* The whole number i of an int32 or int64 constant. */
static int64_t integer(const Onnx__TensorProto *values, size_t i)
{
    bool raw = values->has_raw_data && values->raw_data.len > 0;
    int32_t narrow = 0;
    int64_t wide = 0;

    if (values->data_type == TYPE(INT32)) {
        if (!raw) {
            return values->int32_data[i];
        }
        memcpy(&narrow, values->raw_data.data + i * sizeof narrow, sizeof narrow);
        return narrow;
    }
    if (!raw) {
        return values->int64_data[i];
    }
    memcpy(&wide, values->raw_data.data + i * sizeof wide, sizeof wide);
    return wide;
}

skel_status skel_onnx_tensor_floats(const char *origin, const char *name,
                                    const skel_onnx_tensor *tensor, float out[])
{
    float *values = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    if (tensor->indices == NULL) {
        return read_dense(origin, name, tensor->values, tensor->count, out);
    }
    count = (size_t)tensor->values->dims[0];
    memset(out, 0, tensor->count * sizeof *out);
    SKEL_TRY(SKEL_ALLOC(count, sizeof *values, &values));
    SKEL_TRY(read_dense(origin, name, tensor->values, count, values));
    for (size_t i = 0; i < count; i++) {
        int64_t at = integer(tensor->indices, i);

        if (at < 0 || (uint64_t)at >= tensor->count) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                               "%s: index %zu of the sparse constant \"%s\" is %" PRId64
                               ", it has %zu elements",
                               origin, i, name, at, tensor->count));
        }
        out[at] = values[i];
    }
done:
    SKEL_FREE(&values);
    return status;
}

skel_status skel_onnx_tensor_integers(const char *origin, const char *name,
                                      const skel_onnx_tensor *tensor, size_t room, int64_t out[])
{
    const element_type *type = find_type(tensor->values->data_type);

    if (type == NULL || !type->is_integer || tensor->indices != NULL || tensor->count > room ||
        is_external(tensor->values) || held(tensor->values, type) != tensor->count) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the constant \"%s\" should be at most %zu whole numbers of int64 or "
                         "int32 in the file itself; it is %zu of %s",
                         origin, name, room, tensor->count,
                         skel_onnx_tensor_type(tensor->values->data_type));
    }
    for (size_t i = 0; i < tensor->count; i++) {
        out[i] = integer(tensor->values, i);
    }
    return SKEL_OK;
}

skel_status skel_onnx_tensor_file(const char *origin, const char *name,
                                  const Onnx__TensorProto *values, size_t room, char out[])
{
    out[0] = '\0';
    return is_external(values) ? skel_onnx_external_path(origin, name, values, room, out) : SKEL_OK;
}
