/* Names and order. The builder numbered parameters in the order of the nodes, under names of its
 * own. */
#include "onnx_naming.h"

#include "skel/memory.h"
#include "skel/text.h"

#include <stdlib.h>
#include <string.h>

enum { SUFFIX = sizeof ".running_mean" }; /* room for what folding appends to an operation's name */

static const char *name_of(const skel_onnx_value *value)
{
    return value->name_of != NULL ? value->name_of : value->name;
}

/* Whether a description and an exported model have the name themselves. */
static bool is_reserved(const char *name)
{
    return strcmp(name, "input") == 0 || strcmp(name, "logits") == 0;
}

/* A name of HDF5's and PyTorch's: printable, without the slash of HDF5's paths. */
static skel_status copy_name(const skel_onnx_reading *reading, const skel_onnx_value *value,
                             char out[SKEL_NAME])
{
    const char *name = name_of(value);
    size_t length = strlen(name);
    bool sound = length > 0 && length < SKEL_NAME - SUFFIX && name[0] != '.';

    for (size_t i = 0; sound && i < length; i++) {
        sound = (unsigned char)name[i] > ' ' && name[i] != 127;
        out[i] = name[i] == '/' ? '.' : name[i];
    }
    if (!sound) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the initializer \"%.200s\" has a name of %zu bytes; names of weights "
                         "have 1 to %d printable ones, no spaces, and do not begin with a dot",
                         reading->origin, name, length, SKEL_NAME - SUFFIX - 1);
    }
    out[length] = '\0';
    if (is_reserved(out)) {
        return SKEL_FAIL(
            SKEL_ERR_DATA,
            "%s: an initializer has the name \"%s\", which skel gives to the %s of the "
            "network when it writes a model; give the weights another name",
            reading->origin, out, out[0] == 'i' ? "image" : "output");
    }
    return SKEL_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static skel_status check_unique(const skel_onnx_reading *reading)
{
    const skel_network *network = reading->builder.network;
    size_t count = network->parameters + network->buffers;
    const char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(count, sizeof *names, &names));
    for (size_t i = 0; i < network->parameters; i++) {
        names[i] = network->parameter[i].name;
    }
    for (size_t i = 0; i < network->buffers; i++) {
        names[network->parameters + i] = network->buffer[i].name;
    }
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i + 1 < count; i++) {
        if (strcmp(names[i], names[i + 1]) == 0) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                               "%s: two weights have the name \"%s\", once \"/\" is \".\"",
                               reading->origin, names[i]));
        }
    }
done:
    SKEL_FREE(&names);
    return status;
}

/* Where element `number` of the builder's order belongs. */
typedef struct new_place {
    size_t place;
    size_t number;
} new_place;

static int compare_places(const void *a, const void *b)
{
    const new_place *left = a;
    const new_place *right = b;

    if (left->place != right->place) {
        return left->place < right->place ? -1 : 1;
    }
    return left->number < right->number ? -1 : left->number > right->number;
}

/* The order of constants in the file: order[new] is the old number, place[old] the new one. */
static void sort_places(size_t count, const skel_onnx_value *const values[], new_place order[],
                        size_t place[])
{
    for (size_t i = 0; i < count; i++) {
        order[i] = (new_place){values[i]->place, i};
    }
    if (count > 0) {
        qsort(order, count, sizeof *order, compare_places);
    }
    for (size_t i = 0; i < count; i++) {
        place[order[i].number] = i;
    }
}

static void renumber(size_t *index, const size_t place[])
{
    *index = *index == SKEL_NONE ? SKEL_NONE : place[*index];
}

static skel_status order_parameters(skel_onnx_reading *reading, new_place order[], size_t place[])
{
    skel_network *network = reading->builder.network;
    size_t count = network->parameters;
    skel_parameter *old = NULL;
    const skel_onnx_value **values = NULL;
    size_t offset = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(count, sizeof *old, &old));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *values, &values));
    memcpy(old, network->parameter, count * sizeof *old);
    memcpy(values, reading->parameter, count * sizeof *values);
    sort_places(count, values, order, place);
    for (size_t i = 0; i < count; i++) {
        network->parameter[i] = old[order[i].number];
        network->parameter[i].offset = offset;
        offset += network->parameter[i].count;
        reading->parameter[i] = values[order[i].number];
    }
    for (size_t i = 0; i < network->ops; i++) {
        renumber(&network->op[i].weight, place);
        renumber(&network->op[i].bias, place);
    }
done:
    SKEL_FREE(&values);
    SKEL_FREE(&old);
    return status;
}

static skel_status order_buffers(skel_onnx_reading *reading, new_place order[], size_t place[])
{
    skel_network *network = reading->builder.network;
    size_t count = network->buffers;
    skel_buffer *old = NULL;
    const skel_onnx_value **values = NULL;
    size_t offset = 0;
    skel_status status = SKEL_OK;

    if (count == 0) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC(count, sizeof *old, &old));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *values, &values));
    memcpy(old, network->buffer, count * sizeof *old);
    memcpy(values, reading->buffer, count * sizeof *values);
    sort_places(count, values, order, place);
    for (size_t i = 0; i < count; i++) {
        network->buffer[i] = old[order[i].number];
        network->buffer[i].offset = offset;
        offset += network->buffer[i].count;
        reading->buffer[i] = values[order[i].number];
    }
    for (size_t i = 0; i < network->ops; i++) {
        renumber(&network->op[i].mean, place);
        renumber(&network->op[i].variance, place);
    }
done:
    SKEL_FREE(&values);
    SKEL_FREE(&old);
    return status;
}

/* The operation before number `i` that has its name; NULL if none has. */
static const skel_op *find_namesake(const skel_network *network, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (strcmp(network->op[j].name, network->op[i].name) == 0) {
            return &network->op[j];
        }
    }
    return NULL;
}

/* "layer1.0.conv1" of "layer1.0.conv1.weight"; other names stay whole. */
static void name_operation(const skel_network *network, size_t i)
{
    skel_op *op = &network->op[i];
    const char *weight = network->parameter[op->weight].name;
    size_t length = strlen(weight);

    memcpy(op->name, weight, length + 1);
    if (skel_text_ends_in(weight, ".weight")) {
        op->name[length - strlen(".weight")] = '\0';
    }
    if (find_namesake(network, i) != NULL) { /* "a" and "a.weight" */
        memcpy(op->name, weight, length + 1);
    }
}

static skel_status name_operations(const skel_onnx_reading *reading)
{
    const skel_network *network = reading->builder.network;

    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *other = NULL;

        if (network->op[i].weight == SKEL_NONE) {
            continue;
        }
        name_operation(network, i);
        other = find_namesake(network, i); /* "a.weight" and "a" */
        if (other != NULL) {
            return SKEL_FAIL(SKEL_ERR_DATA,
                             "%s: the weights \"%s\" and \"%s\" both give their layer the name "
                             "\"%s\"; rename one of them",
                             reading->origin, network->parameter[other->weight].name,
                             network->parameter[network->op[i].weight].name, other->name);
        }
    }
    return SKEL_OK;
}

skel_status skel_onnx_naming_apply(skel_onnx_reading *reading)
{
    skel_network *network = reading->builder.network;
    size_t most = network->parameters > network->buffers ? network->parameters : network->buffers;
    new_place *order = NULL;
    size_t *place = NULL;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(reading->parameters == network->parameters && reading->buffers == network->buffers);
    for (size_t i = 0; i < network->parameters; i++) {
        SKEL_TRY(copy_name(reading, reading->parameter[i], network->parameter[i].name));
    }
    for (size_t i = 0; i < network->buffers; i++) {
        SKEL_TRY(copy_name(reading, reading->buffer[i], network->buffer[i].name));
    }
    SKEL_TRY(check_unique(reading));
    SKEL_TRY(SKEL_ALLOC(most, sizeof *order, &order));
    SKEL_TRY(SKEL_ALLOC(most, sizeof *place, &place));
    SKEL_TRY(order_parameters(reading, order, place));
    SKEL_TRY(order_buffers(reading, order, place));
    SKEL_TRY(name_operations(reading));
done:
    SKEL_FREE(&place);
    SKEL_FREE(&order);
    return status;
}
