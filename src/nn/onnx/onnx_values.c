/* The table of values. */
#include "onnx_values.h"

#include "skel/memory.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    return strcmp(((const skel_onnx_value *)a)->name, ((const skel_onnx_value *)b)->name);
}

skel_onnx_value *skel_onnx_values_find(const skel_onnx_values_table *table, const char *name)
{
    skel_onnx_value key = {.name = name};

    return table->count == 0
               ? NULL
               : bsearch(&key, table->value, table->count, sizeof *table->value, compare);
}

static void sort(const skel_onnx_values_table *table)
{
    if (table->count > 0) {
        qsort(table->value, table->count, sizeof *table->value, compare);
    }
}

static skel_onnx_value *add(skel_onnx_values_table *table, const char *name)
{
    skel_onnx_value *value = &table->value[table->count++];

    *value = (skel_onnx_value){
        .name = name != NULL ? name : "", .producer = SKEL_NONE, .place = SKEL_NONE};
    return value;
}

/* Dense initializers, then sparse ones, in the file's order. */
static skel_status add_initializers(const char *origin, bool described,
                                    const Onnx__GraphProto *graph, skel_onnx_values_table *table)
{
    size_t place = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < graph->n_initializer; i++) {
        const Onnx__TensorProto *tensor = graph->initializer[i];
        skel_onnx_value *value = add(table, tensor->name);

        value->kind = SKEL_ONNX_CONSTANT;
        value->place = place++;
        SKEL_TRY(skel_onnx_tensor_dense(origin, value->name, described, tensor, &value->constant));
    }
    for (size_t i = 0; i < graph->n_sparse_initializer; i++) {
        const Onnx__SparseTensorProto *sparse = graph->sparse_initializer[i];
        skel_onnx_value *value = add(table, sparse->values != NULL ? sparse->values->name : NULL);

        value->kind = SKEL_ONNX_CONSTANT;
        value->place = place++;
        SKEL_TRY(skel_onnx_tensor_sparse(origin, value->name, sparse, &value->constant));
    }
done:
    return status;
}

static void add_outputs(const Onnx__GraphProto *graph, skel_onnx_values_table *table)
{
    for (size_t i = 0; i < graph->n_node; i++) {
        for (size_t j = 0; j < graph->node[i]->n_output; j++) {
            if (graph->node[i]->output[j][0] != '\0') {
                add(table, graph->node[i]->output[j])->producer = i;
            }
        }
    }
}

/* Files of before 2019 list their initializers among the inputs.
 * `table` has the initializers alone, sorted. */
static void add_inputs(const Onnx__GraphProto *graph, skel_onnx_values_table *table)
{
    const skel_onnx_values_table initializers = *table;

    for (size_t i = 0; i < graph->n_input; i++) {
        const char *name = graph->input[i]->name;

        if (name != NULL && skel_onnx_values_find(&initializers, name) == NULL) {
            (void)add(table, name);
        }
    }
}

static void note_claims(size_t count, Onnx__ValueInfoProto *const claims[],
                        const skel_onnx_values_table *table)
{
    for (size_t i = 0; i < count; i++) {
        skel_onnx_value *value =
            claims[i]->name != NULL ? skel_onnx_values_find(table, claims[i]->name) : NULL;

        if (value != NULL) {
            value->claim = claims[i];
        }
    }
}

static size_t room_of(const Onnx__GraphProto *graph)
{
    size_t room = graph->n_initializer + graph->n_sparse_initializer + graph->n_input;

    for (size_t i = 0; i < graph->n_node; i++) {
        room += graph->node[i]->n_output;
    }
    return room;
}

skel_status skel_onnx_values_collect(const char *origin, bool described,
                                     const Onnx__GraphProto *graph, skel_onnx_values_table *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_onnx_values_table){0};
    SKEL_TRY(SKEL_ALLOC(room_of(graph), sizeof *out->value, &out->value));
    SKEL_TRY(add_initializers(origin, described, graph, out));
    sort(out);
    add_inputs(graph, out);
    add_outputs(graph, out);
    sort(out);
    for (size_t i = 0; i + 1 < out->count; i++) {
        if (strcmp(out->value[i].name, out->value[i + 1].name) == 0) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                               "%s: two values of the graph have the name \"%s\"; names of "
                               "initializers, inputs and outputs of nodes must differ",
                               origin, out->value[i].name));
        }
    }
    note_claims(graph->n_value_info, graph->value_info, out);
    note_claims(graph->n_output, graph->output, out);
done:
    return status;
}

void skel_onnx_values_free(skel_onnx_values_table *table)
{
    SKEL_FREE(&table->value);
    table->count = 0;
}
