/* From a network's plain operations to fused steps with a layout for every tensor. */
#include "graph.h"

#include "skel/memory.h"

#include <math.h>

enum { PLAIN = 1, IMAGE_CHANNELS = 3 }; /* oneDNN's first layers read up to 3 channels plain */

/* The graph under construction; all arrays are per tensor of the network. */
typedef struct builder {
    const skel_network *network;
    skel_graph *graph;
    bool widely;      /* more than ReLU and additions may become part of a batch norm */
    size_t *readers;  /* operations that read it */
    size_t *reader;   /* the last of them */
    size_t *producer; /* operation; SKEL_NONE for the image */
    size_t *mapped;   /* the graph's tensor with its values */
    size_t *twin;     /* the graph's tensor with the values in the other layout, or SKEL_NONE */
    bool *absorbed;   /* the batch norm that writes it is part of a later step */
} builder;

bool skel_graph_keeps_output(const skel_graph_step *step)
{
    return step->kind == SKEL_STEP_RELU || step->kind == SKEL_STEP_ACTIVATION ||
           (step->kind == SKEL_STEP_NORM && (step->relu || step->activation != NULL) &&
            step->operand[SKEL_STEP_OTHER] != SKEL_NONE);
}

static size_t add_tensor(skel_graph *graph, skel_tensor shape, size_t block, size_t of)
{
    size_t padded = (shape.channels + block - 1) / block * block;

    graph->tensor[graph->tensors] = (skel_graph_tensor){
        .channels = shape.channels,
        .height = shape.height,
        .width = shape.width,
        .block = block,
        .padded = padded,
        .producer = SKEL_NONE,
        .of = of,
        .floats = padded * shape.height * shape.width,
        .gradient_floats = padded * shape.height * shape.width,
    };
    return graph->tensors++;
}

/* Appends a step; its output is differentiable if it has a weight or an operand is differentiable.
 */
static void add_step(skel_graph *graph, skel_graph_step step)
{
    skel_graph_tensor *output = &graph->tensor[step.output];

    output->producer = graph->steps;
    output->differentiable = step.op != NULL && step.op->weight != SKEL_NONE;
    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        if (step.operand[k] != SKEL_NONE && graph->tensor[step.operand[k]].differentiable) {
            output->differentiable = true;
        }
    }
    graph->step[graph->steps++] = step;
}

/* The graph's tensor with the values of a network's tensor, in the layout `block`. */
static size_t tensor_as(builder *b, size_t tensor, size_t block)
{
    size_t mapped = b->mapped[tensor];

    if (b->graph->tensor[mapped].block == block) {
        return mapped;
    }
    if (b->twin[tensor] == SKEL_NONE) {
        size_t twin = add_tensor(b->graph, b->network->tensor[tensor], block, SKEL_NONE);

        b->twin[tensor] = twin;
        add_step(b->graph, (skel_graph_step){.kind = SKEL_STEP_LAYOUT,
                                             .operand = {mapped, SKEL_NONE},
                                             .output = twin});
    }
    return b->twin[tensor];
}

/* The only operation that reads an operation's output; else NULL. */
static const skel_op *sole_reader(const builder *b, const skel_op *op)
{
    return b->readers[op->output] == 1 ? &b->network->op[b->reader[op->output]] : NULL;
}

/* Whether an operation is ReLU for a batch norm: a clip from 0 on is one with a ceiling. */
static bool is_relu(const builder *b, const skel_op *op)
{
    return op->kind == SKEL_OP_RELU ||
           (!b->widely && op->kind == SKEL_OP_CLIP && op->low == 0 && (float)op->high > 0);
}

/* Whether an operation may become part of the batch norm before it, as its activation. */
static bool activates(const builder *b, const skel_op *op)
{
    return is_relu(b, op) ||
           (b->widely && (op->kind == SKEL_OP_LEAKY_RELU || op->kind == SKEL_OP_CLIP ||
                          op->kind == SKEL_OP_SIGMOID));
}

/* Makes an operation the activation of a batch norm. */
static void set_activation(const builder *b, skel_graph_step *norm, const skel_op *op)
{
    norm->relu = is_relu(b, op);
    norm->ceiling = op->kind == SKEL_OP_CLIP ? (float)op->high : INFINITY;
    norm->activation = norm->relu ? NULL : op;
}

static bool is_absorbed_norm(const builder *b, size_t tensor)
{
    return b->absorbed[tensor];
}

/* Marks the batch norms whose outputs only an addition or an activation reads: one for each of
 * those. */
static void mark_absorbed(builder *b)
{
    for (size_t i = 0; i < b->network->ops; i++) {
        const skel_op *op = &b->network->op[i];
        const skel_op *next = NULL;

        if (op->kind != SKEL_OP_BATCHNORM) {
            continue;
        }
        next = sole_reader(b, op);
        if (next != NULL && next->kind == SKEL_OP_ADD && next->input != next->other) {
            size_t sibling = next->input == op->output ? next->other : next->input;
            b->absorbed[op->output] = !b->absorbed[sibling];
        } else if (next != NULL && activates(b, next)) {
            b->absorbed[op->output] = true;
        }
    }
}

static skel_step_kind kind_of(skel_op_kind kind)
{
    switch (kind) {
    case SKEL_OP_CONV:
        return SKEL_STEP_CONV;
    case SKEL_OP_BATCHNORM:
        return SKEL_STEP_NORM;
    case SKEL_OP_RELU:
        return SKEL_STEP_RELU;
    case SKEL_OP_LEAKY_RELU:
    case SKEL_OP_CLIP:
    case SKEL_OP_SIGMOID:
        return SKEL_STEP_ACTIVATION;
    case SKEL_OP_ADD:
        return SKEL_STEP_ADD;
    case SKEL_OP_MUL:
        return SKEL_STEP_MUL;
    case SKEL_OP_CONCAT:
        return SKEL_STEP_CONCAT;
    case SKEL_OP_MAXPOOL:
        return SKEL_STEP_MAXPOOL;
    case SKEL_OP_AVGPOOL:
        return SKEL_STEP_AVGPOOL;
    case SKEL_OP_LINEAR:
        break;
    }
    return SKEL_STEP_LINEAR;
}

/* The step of an addition or activation together with the batch norm before it; its tensors are
 * numbered as the network's. */
static skel_graph_step absorb(const builder *b, const skel_op *op, size_t input, size_t other)
{
    const skel_op *norm = &b->network->op[b->producer[input]];
    skel_graph_step step = {
        .kind = SKEL_STEP_NORM, .op = norm, .operand = {norm->input, other}, .output = op->output};

    if (op->kind != SKEL_OP_ADD) {
        set_activation(b, &step, op);
    }
    return step;
}

/* The step of an operation, its operands and output still as the network's tensors. */
static skel_graph_step step_of(const builder *b, const skel_op *op)
{
    if (op->kind == SKEL_OP_ADD && is_absorbed_norm(b, op->input)) {
        return absorb(b, op, op->input, op->other);
    }
    if (op->kind == SKEL_OP_ADD && is_absorbed_norm(b, op->other)) {
        return absorb(b, op, op->other, op->input);
    }
    if (activates(b, op) && is_absorbed_norm(b, op->input)) {
        return absorb(b, op, op->input, SKEL_NONE);
    }
    return (skel_graph_step){.kind = kind_of(op->kind),
                             .op = op,
                             .operand = {op->input, op->other},
                             .output = op->output};
}

/* Layout of the operands that a step needs. */
static size_t block_of(const builder *b, const skel_graph_step *step)
{
    size_t input = step->operand[SKEL_STEP_INPUT];

    if (step->kind == SKEL_STEP_LINEAR) {
        return PLAIN;
    }
    if (step->kind == SKEL_STEP_CONV &&
        (input != 0 || b->network->tensor[input].channels > IMAGE_CHANNELS ||
         step->op->groups > 1)) {
        return b->graph->block;
    }
    return b->graph->tensor[b->mapped[input]].block;
}

static void append(builder *b, skel_graph_step step)
{
    skel_graph *graph = b->graph;
    size_t tensor = step.output;
    size_t block = block_of(b, &step);

    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        if (step.operand[k] != SKEL_NONE) {
            step.operand[k] = tensor_as(b, step.operand[k], block);
        }
    }
    step.output = add_tensor(graph, b->network->tensor[tensor],
                             step.kind == SKEL_STEP_CONV ? graph->block : block, tensor);
    b->mapped[tensor] = step.output;
    add_step(graph, step);
}

/* An activation that is the only reader of a batch norm with addition becomes part of that step. */
static bool extends_last_step(builder *b, const skel_op *op)
{
    skel_graph_step *last = NULL;

    if (!activates(b, op) || b->graph->steps == 0 || b->readers[op->input] != 1) {
        return false;
    }
    last = &b->graph->step[b->graph->steps - 1];
    if (last->kind != SKEL_STEP_NORM || last->relu || last->activation != NULL ||
        last->output != b->mapped[op->input]) {
        return false;
    }
    set_activation(b, last, op);
    b->mapped[op->output] = last->output;
    b->graph->tensor[last->output].of = op->output;
    return true;
}

/* Whether square windows are side by side, and every pixel is in one of them. */
static bool tiles_square(const skel_window *window, const skel_tensor *in, const skel_tensor *out)
{
    size_t side = window->kernel[0];

    return window->kernel[1] == side && window->stride[0] == side && window->stride[1] == side &&
           window->before[0] == 0 && window->before[1] == 0 && in->height == out->height * side &&
           in->width == out->width * side;
}

/* Max-pooling after that ReLU also becomes part of it, if every pixel is in exactly one window, and
 * if one operation alone reads the pooled pixels: batch norm then gets one gradient of them. */
static bool pools_last_step(builder *b, const skel_op *op)
{
    const skel_tensor *in = &b->network->tensor[op->input];
    const skel_tensor *out = &b->network->tensor[op->output];
    skel_graph_tensor *output = NULL;
    skel_graph_step *last = NULL;

    if (!b->widely || op->kind != SKEL_OP_MAXPOOL || b->graph->steps == 0 ||
        b->readers[op->input] != 1 || b->readers[op->output] != 1 ||
        !tiles_square(&op->window, in, out)) {
        return false;
    }
    last = &b->graph->step[b->graph->steps - 1];
    if (last->kind != SKEL_STEP_NORM || !last->relu || last->pool != NULL ||
        last->operand[SKEL_STEP_OTHER] != SKEL_NONE || last->output != b->mapped[op->input]) {
        return false;
    }
    last->pool = op;
    output = &b->graph->tensor[last->output];
    output->of = op->output;
    output->height = out->height;
    output->width = out->width;
    output->floats = output->padded * out->height * out->width;
    output->gradient_floats = output->floats;
    b->mapped[op->output] = last->output;
    return true;
}

/* Lists every tensor's uses, the last step's first: the order of the backward pass. */
static skel_status list_uses(skel_graph *graph)
{
    size_t used = 0;

    for (size_t t = 0; t < graph->tensors; t++) {
        skel_graph_tensor *tensor = &graph->tensor[t];

        tensor->first_use = used;
        for (size_t i = graph->steps; i-- > 0;) {
            for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
                if (graph->step[i].operand[k] == t) {
                    graph->use[used++] = (skel_graph_use){.step = i, .operand = k};
                }
            }
        }
        tensor->uses = used - tensor->first_use;
        if (tensor->uses == 0 && t != graph->logits) {
            return SKEL_FAIL(SKEL_ERR_INTERNAL,
                             "network %s: nothing reads an output of %zux%zux%zu",
                             graph->network->name, tensor->channels, tensor->height, tensor->width);
        }
    }
    return SKEL_OK;
}

static void build(builder *b)
{
    const skel_network *network = b->network;

    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];
        size_t operand[] = {op->input, op->other};

        b->producer[op->output] = i;
        for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
            if (operand[k] != SKEL_NONE) {
                b->readers[operand[k]]++;
                b->reader[operand[k]] = i;
            }
        }
    }
    for (size_t t = 0; t < network->tensors; t++) {
        b->twin[t] = SKEL_NONE;
    }
    mark_absorbed(b);
    b->mapped[0] = add_tensor(b->graph, network->tensor[0], PLAIN, 0);
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        if (!is_absorbed_norm(b, op->output) && !extends_last_step(b, op) &&
            !pools_last_step(b, op)) {
            append(b, step_of(b, op));
        }
    }
    b->graph->logits = tensor_as(b, network->op[network->ops - 1].output, PLAIN);
}

skel_status skel_graph_build(const skel_network *network, size_t block, bool widely,
                             skel_graph *graph)
{
    /* each operation is at most one step and two changes of layout, and one more for the logits */
    size_t most = 3 * network->ops + 2;
    size_t tensors = network->tensors;
    builder b = {.network = network, .graph = graph, .widely = widely};
    skel_status status = SKEL_OK;

    *graph = (skel_graph){.network = network, .block = block};
    SKEL_TRY(SKEL_ALLOC(most, sizeof *graph->tensor, &graph->tensor));
    SKEL_TRY(SKEL_ALLOC(most, sizeof *graph->step, &graph->step));
    SKEL_TRY(SKEL_ALLOC(SKEL_STEP_OPERANDS * most, sizeof *graph->use, &graph->use));
    SKEL_TRY(SKEL_ALLOC(tensors, sizeof *b.readers, &b.readers));
    SKEL_TRY(SKEL_ALLOC(tensors, sizeof *b.reader, &b.reader));
    SKEL_TRY(SKEL_ALLOC(tensors, sizeof *b.producer, &b.producer));
    SKEL_TRY(SKEL_ALLOC(tensors, sizeof *b.mapped, &b.mapped));
    SKEL_TRY(SKEL_ALLOC(tensors, sizeof *b.twin, &b.twin));
    SKEL_TRY(SKEL_ALLOC(tensors, sizeof *b.absorbed, &b.absorbed));
    build(&b);
    status = list_uses(graph);
done:
    SKEL_FREE(&b.readers);
    SKEL_FREE(&b.reader);
    SKEL_FREE(&b.producer);
    SKEL_FREE(&b.mapped);
    SKEL_FREE(&b.twin);
    SKEL_FREE(&b.absorbed);
    return status;
}

void skel_graph_clear(skel_graph *graph)
{
    SKEL_FREE(&graph->tensor);
    SKEL_FREE(&graph->step);
    SKEL_FREE(&graph->use);
}

skel_status skel_graph_visit_backward(const skel_graph *graph, skel_graph_visit *visit,
                                      const void *context)
{
    skel_status status = SKEL_OK;

    for (size_t i = graph->steps; status == SKEL_OK && i-- > 0;) {
        if (graph->tensor[graph->step[i].output].differentiable) {
            status = visit(context, i);
        }
    }
    return status;
}
