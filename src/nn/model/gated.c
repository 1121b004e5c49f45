/* Gated networks: two branches, joined by products at each ReLU. */
#include "skel/gated.h"

#include "builder.h"
#include "path_sizes.h"

#include "skel/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What an operation of the gated network is for. */
enum {
    ROLE_NONE,   /* has no parameters */
    ROLE_REAL,   /* a copy of the whole network's */
    ROLE_UNIT,   /* a layer of the path's branch, with weights 0 and 2^e */
    ROLE_FIRST,  /* multiplies the first operand of an addition or a concatenation by 2^e */
    ROLE_SECOND, /* the same with the second one */
    ROLE_RAISED, /* multiplies what a gate has passed by 2^-GATE, before the next gate */
};

enum { MOST = 4 }; /* operations that stand for one of the whole network, at most */

/* A gate is 0 for 0 and this power of two for all other outputs of a ReLU: far below any of them,
 * and far above the smallest float. The next layer's power of two makes up for it. */
enum { GATE = -60 };

/* A gated network under construction, and what the whole network's tensors have become. */
typedef struct gating {
    const skel_network *whole;
    skel_gated *gated;
    skel_builder builder;
    size_t *real;  /* [whole->tensors] in the copy; SKEL_NONE: nobody needs it */
    size_t *paths; /* [whole->tensors] in the branch of the paths */
    bool *needed;  /* [whole->tensors] some ReLU depends on it */
} gating;

static bool is_gate(skel_op_kind kind)
{
    return kind == SKEL_OP_RELU || kind == SKEL_OP_LEAKY_RELU || kind == SKEL_OP_CLIP;
}

static bool is_layer(const skel_network *network, const skel_op *op)
{
    return (op->kind == SKEL_OP_CONV || op->kind == SKEL_OP_LINEAR) &&
           network->parameter[op->weight].prunable;
}

skel_status skel_gated_check(const skel_network *network)
{
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];
        const char *what = op->kind == SKEL_OP_SIGMOID ? "a sigmoid"
                           : op->kind == SKEL_OP_MUL   ? "a product of two tensors"
                           : op->kind == SKEL_OP_CLIP && op->low != 0
                               ? "a clip whose lower bound is not 0"
                               : NULL;

        if (what != NULL) {
            return SKEL_FAIL(
                SKEL_ERR_CONFIG,
                "%s: active paths are known in networks of ReLU, leaky ReLU and ReLU6; "
                "this one has %s (operation %zu of %zu)",
                network->name, what, i + 1, network->ops);
        }
    }
    return SKEL_OK;
}

/* Whether a tensor has passed a gate since the last operation that keeps numbers near 1: several
 * gates in a row would leave the range of floats. */
static bool is_gated(const skel_network *whole, size_t tensor)
{
    for (size_t i = whole->ops; i-- > 0;) {
        const skel_op *op = &whole->op[i];

        if (op->output != tensor) {
            continue;
        }
        if (is_gate(op->kind)) {
            return true;
        }
        if (is_layer(whole, op) || op->other != SKEL_NONE) {
            return false;
        }
        tensor = op->input;
    }
    return false;
}

/* Notes what the operation that was added last is for. */
static size_t note(gating *of, size_t tensor, size_t origin, uint8_t role)
{
    if (of->builder.status == SKEL_OK) {
        size_t last = of->builder.network->ops - 1;

        of->gated->origin[last] = origin;
        of->gated->role[last] = role;
    }
    return tensor;
}

static void find_needed(gating *of)
{
    for (size_t i = of->whole->ops; i-- > 0;) {
        const skel_op *op = &of->whole->op[i];

        of->needed[op->output] = of->needed[op->output] || is_gate(op->kind);
        if (of->needed[op->output]) {
            of->needed[op->input] = true;
            if (op->other != SKEL_NONE) {
                of->needed[op->other] = true;
            }
        }
    }
}

static void add_real(gating *of, size_t i)
{
    const skel_op *op = &of->whole->op[i];

    of->real[op->output] =
        note(of,
             skel_builder_like(&of->builder, of->whole, op, of->real[op->input],
                               op->other != SKEL_NONE ? of->real[op->other] : SKEL_NONE,
                               op->bias != SKEL_NONE),
             i, op->weight != SKEL_NONE ? ROLE_REAL : ROLE_NONE);
}

static size_t add_unit(gating *of, size_t i)
{
    const skel_op *op = &of->whole->op[i];
    size_t outputs = of->whole->tensor[op->output].channels;
    size_t x = of->paths[op->input];
    char name[SKEL_NAME / 2];

    (void)snprintf(name, sizeof name, "paths.%zu", i); /* no other name begins so: see below */
    x = op->kind == SKEL_OP_CONV ? skel_builder_grouped_conv(&of->builder, x, name, outputs,
                                                             &op->window, op->groups, false)
                                 : skel_builder_linear(&of->builder, x, name, outputs, false);
    return note(of, x, i, ROLE_UNIT);
}

static size_t add_gate(gating *of, size_t i)
{
    const skel_op *op = &of->whole->op[i];
    size_t paths = of->paths[op->input];
    size_t gate = note(of, skel_builder_clip(&of->builder, of->real[op->output], 0, ldexp(1, GATE)),
                       i, ROLE_NONE);

    if (is_gated(of->whole, op->input)) {
        char name[SKEL_NAME / 2];

        (void)snprintf(name, sizeof name, "paths.%zu.raised", i);
        paths = note(of, skel_builder_affine(&of->builder, paths, name), i, ROLE_RAISED);
    }
    return note(of, skel_builder_mul(&of->builder, paths, gate), i, ROLE_NONE);
}

static size_t add_pair(gating *of, size_t i)
{
    const skel_op *op = &of->whole->op[i];
    char name[SKEL_NAME / 2];
    size_t first = 0;
    size_t second = 0;

    (void)snprintf(name, sizeof name, "paths.%zu.first", i);
    first = note(of, skel_builder_affine(&of->builder, of->paths[op->input], name), i, ROLE_FIRST);
    (void)snprintf(name, sizeof name, "paths.%zu.second", i);
    second =
        note(of, skel_builder_affine(&of->builder, of->paths[op->other], name), i, ROLE_SECOND);
    return note(of, skel_builder_like(&of->builder, of->whole, op, first, second, false), i,
                ROLE_NONE);
}

static void add_paths(gating *of, size_t i)
{
    const skel_op *op = &of->whole->op[i];
    size_t *y = &of->paths[op->output];

    if (is_layer(of->whole, op)) {
        *y = add_unit(of, i);
    } else if (is_gate(op->kind)) {
        *y = add_gate(of, i);
    } else if (op->other != SKEL_NONE) {
        *y = add_pair(of, i);
    } else if (op->kind == SKEL_OP_MAXPOOL || op->kind == SKEL_OP_AVGPOOL) {
        *y = note(
            of,
            skel_builder_like(&of->builder, of->whole, op, of->paths[op->input], SKEL_NONE, false),
            i, ROLE_NONE);
    } else {
        *y = of->paths[op->input]; /* batch norm, or a factor for each channel */
    }
}

/* Names of the whole network's operations are not looked up in the gated one, so a layer that is
 * called "paths.1" does no harm. */
static skel_status build(gating *of)
{
    skel_status status = SKEL_OK;

    skel_builder_start(&of->builder, of->whole->name, of->whole->width, of->whole->tensor[0],
                       of->whole->classes);
    of->real[0] = 0;
    of->paths[0] = note(of, skel_builder_mul(&of->builder, 0, 0), SKEL_NONE, ROLE_NONE);
    find_needed(of);
    for (size_t i = 0; i < of->whole->ops; i++) {
        if (of->needed[of->whole->op[i].output]) {
            add_real(of, i);
        }
        add_paths(of, i);
    }
    status = skel_builder_finish(&of->builder, &of->gated->network);
    skel_network_destroy(&of->builder.network);
    return status;
}

skel_status skel_gated_create(const skel_network *whole, skel_gated **out)
{
    gating of = {.whole = whole};
    size_t ops = MOST * whole->ops + 1;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_gated_check(whole));
    SKEL_TRY(SKEL_ALLOC(1, sizeof *of.gated, &of.gated));
    of.gated->whole = whole;
    SKEL_TRY(SKEL_ALLOC(ops, sizeof *of.gated->origin, &of.gated->origin));
    SKEL_TRY(SKEL_ALLOC(ops, 1, &of.gated->role));
    SKEL_TRY(SKEL_ALLOC(whole->tensors, sizeof *of.real, &of.real));
    SKEL_TRY(SKEL_ALLOC(whole->tensors, sizeof *of.paths, &of.paths));
    SKEL_TRY(SKEL_ALLOC(whole->tensors, sizeof *of.needed, &of.needed));
    SKEL_TRY(build(&of));
    *out = of.gated;
    of.gated = NULL;
done:
    SKEL_FREE(&of.needed);
    SKEL_FREE(&of.paths);
    SKEL_FREE(&of.real);
    skel_gated_destroy(&of.gated);
    return status;
}

void skel_gated_destroy(skel_gated **gated)
{
    if (*gated == NULL) {
        return;
    }
    skel_network_destroy(&(*gated)->network);
    SKEL_FREE(&(*gated)->origin);
    SKEL_FREE(&(*gated)->role);
    SKEL_FREE(gated);
}

/* Sets for each tensor of the whole network the exponent that the branch of the paths leaves out:
 * numbers are kept near 1 by layers and by what adds two tensors, and a gate makes them smaller. */
static void set_exponents(const skel_network *whole, const int size[], int exponent[])
{
    exponent[0] = 0;
    for (size_t i = 0; i < whole->ops; i++) {
        const skel_op *op = &whole->op[i];

        if (is_layer(whole, op) || op->other != SKEL_NONE) {
            exponent[op->output] = size[op->output];
        } else {
            bool lowers = is_gate(op->kind) && !is_gated(whole, op->input);

            exponent[op->output] = exponent[op->input] - (lowers ? GATE : 0);
        }
    }
}

/* What copies read. Borrowed. */
typedef struct gated_source {
    const float *parameters;
    const uint8_t *keep;
    const float *buffers;
} gated_source;

static void copy_parameter(const skel_gated *gated, size_t old_number, size_t number,
                           const gated_source *from, float out[])
{
    const skel_parameter *old = &gated->whole->parameter[old_number];
    float *values = out + gated->network->parameter[number].offset;

    for (size_t i = 0; i < old->count; i++) {
        values[i] = from->keep[old->offset + i] ? from->parameters[old->offset + i] : 0;
    }
}

static void copy_buffer(const skel_gated *gated, size_t from, size_t to, const float buffers[],
                        float averages[])
{
    const skel_buffer *old = &gated->whole->buffer[from];

    memcpy(averages + gated->network->buffer[to].offset, buffers + old->offset,
           old->count * sizeof *averages);
}

static void copy_op(const skel_gated *gated, size_t i, const gated_source *from, float out[],
                    float averages[])
{
    const skel_op *op = &gated->network->op[i];
    const skel_op *old = &gated->whole->op[gated->origin[i]];

    copy_parameter(gated, old->weight, op->weight, from, out);
    if (op->bias != SKEL_NONE && old->bias != SKEL_NONE) {
        copy_parameter(gated, old->bias, op->bias, from, out);
    }
    if (op->mean != SKEL_NONE) {
        copy_buffer(gated, old->mean, op->mean, from->buffers, averages);
        copy_buffer(gated, old->variance, op->variance, from->buffers, averages);
    }
}

/* The weights of a layer, or of a factor for each channel, of which all are kept. */
static void fill_power(const skel_gated *gated, size_t i, int power, const uint8_t keep[],
                       float out[])
{
    const skel_parameter *weight = &gated->network->parameter[gated->network->op[i].weight];
    float value = ldexpf(1, power);

    for (size_t k = 0; k < weight->count; k++) {
        out[weight->offset + k] = keep == NULL || keep[k] ? value : 0;
    }
}

skel_status skel_gated_fill(const skel_gated *gated, const float parameters[], const uint8_t keep[],
                            const float buffers[], float out[], float averages[])
{
    const skel_network *whole = gated->whole;
    const gated_source from = {parameters, keep, buffers};
    int *size = NULL;
    int *exponent = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(whole->tensors, sizeof *size, &size));
    SKEL_TRY(SKEL_ALLOC(whole->tensors, sizeof *exponent, &exponent));
    SKEL_TRY(skel_path_sizes_of(whole, keep, size));
    set_exponents(whole, size, exponent);
    memset(out, 0, gated->network->parameter_count * sizeof *out);
    for (size_t i = 0; i < gated->network->ops; i++) {
        uint8_t role = gated->role[i];
        const skel_op *old = NULL;

        if (role == ROLE_NONE) {
            continue;
        }
        old = &whole->op[gated->origin[i]];
        if (role == ROLE_REAL) {
            copy_op(gated, i, &from, out, averages);
        } else if (role == ROLE_UNIT) {
            fill_power(gated, i, exponent[old->input] - exponent[old->output],
                       keep + whole->parameter[old->weight].offset, out);
        } else if (role == ROLE_RAISED) {
            fill_power(gated, i, -GATE, NULL, out);
        } else {
            size_t operand = role == ROLE_FIRST ? old->input : old->other;

            fill_power(gated, i, exponent[operand] - exponent[old->output], NULL, out);
        }
    }
done:
    SKEL_FREE(&exponent);
    SKEL_FREE(&size);
    return status;
}
