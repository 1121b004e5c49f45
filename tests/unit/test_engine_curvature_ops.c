/* Optimal Brain Damage's diagonal: every operation's factors from finite differences. */
#include "rig.h"
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include "nn/engine/loss.h"
#include "nn/engines/reference/passes/reference.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { IMAGES = 3 };

/* Floats' roundings of the result; in the dense engine of all factors, which are squared, and of
 * what batch norm subtracts. */
static double tolerance_of(const char *kind)
{
    return skel_rig_is_double(kind) ? 0x1p-22 : 1e-5;
}

/* One operation of one image as a function of its inputs and weights. */
typedef struct function {
    const skel_rig *rig;
    const skel_op *op;
    skel_reference_window window;
    skel_reference_factors factors;
    const double *parameters; /* [parameter_count] */
} function;

static const double *parameter_of(const function *f, size_t parameter)
{
    return parameter == SKEL_NONE ? NULL
                                  : f->parameters + f->rig->network->parameter[parameter].offset;
}

static void normalise(const function *f, const double x[], double y[])
{
    const skel_network *network = f->rig->network;
    const skel_parameter *scale = &network->parameter[f->op->weight];
    const skel_parameter *shift = &network->parameter[f->op->bias];
    size_t plane = f->window.in.height * f->window.in.width;

    for (size_t i = 0; i < scale->count * plane; i++) {
        size_t c = i / plane;
        double mean = (double)f->rig->buffers[network->buffer[f->op->mean].offset + c];
        double variance = (double)f->rig->buffers[network->buffer[f->op->variance].offset + c];

        y[i] = (x[i] - mean) / sqrt(variance + f->op->epsilon) * f->parameters[scale->offset + c] +
               f->parameters[shift->offset + c];
    }
}

static void evaluate(const function *f, const double x[], const double other[], double y[])
{
    const skel_op *op = f->op;
    size_t in = f->window.in.channels * f->window.in.height * f->window.in.width;
    size_t out = f->window.out.channels * f->window.out.height * f->window.out.width;
    const double *w = parameter_of(f, op->weight);
    const double *b = parameter_of(f, op->bias);
    skel_reference_activation activation = {op->kind, op->slope, op->low, op->high};

    switch (op->kind) {
    case SKEL_OP_CONV:
        skel_reference_conv_forward(&f->window, x, w, b, y);
        break;
    case SKEL_OP_LINEAR:
        skel_reference_linear_forward(1, in, out, x, w, b, y);
        break;
    case SKEL_OP_BATCHNORM:
        normalise(f, x, y);
        break;
    case SKEL_OP_RELU:
        skel_reference_relu_forward(in, x, y);
        break;
    case SKEL_OP_LEAKY_RELU:
    case SKEL_OP_CLIP:
    case SKEL_OP_SIGMOID:
        skel_reference_activation_forward(&activation, in, x, y);
        break;
    case SKEL_OP_ADD:
        skel_reference_add_forward(in, x, other, y);
        break;
    case SKEL_OP_MUL:
        skel_reference_mul_forward(&f->factors, x, other, y);
        break;
    case SKEL_OP_CONCAT:
        skel_reference_concat_forward(1, in, out - in, x, other, y);
        break;
    case SKEL_OP_MAXPOOL:
        skel_reference_maxpool_forward(&f->window, x, y);
        break;
    case SKEL_OP_AVGPOOL:
        skel_reference_avgpool_forward(&f->window, x, y);
        break;
    }
}

/* All that a naive evaluation holds: values and second derivatives of all tensors, each at its own
 * block of `room`. */
typedef struct naive {
    size_t room;
    double *value;
    double *curvature;
    double *parameters;
    double *side[2];
    double *held; /* the operand that does not move */
} naive;

static double *value_of(const naive *n, size_t tensor)
{
    return tensor == SKEL_NONE ? NULL : n->value + tensor * n->room;
}

/* Sum over the outputs of (d output / d *at)^2 h(output), by central differences. */
static double squares_of(const function *f, naive *n, const double x[], const double other[],
                         double *at)
{
    const double step = 0x1p-16;
    const double *h = n->curvature + f->op->output * n->room;
    size_t outputs = f->window.out.channels * f->window.out.height * f->window.out.width;
    double before = *at;
    double sum = 0;

    for (size_t k = 0; k < 2; k++) {
        *at = before + (k == 0 ? step : -step);
        evaluate(f, x, other, n->side[k]);
    }
    *at = before;
    for (size_t i = 0; i < outputs; i++) {
        double slope = (n->side[0][i] - n->side[1][i]) / (2 * step);

        sum += slope * slope * h[i];
    }
    return sum;
}

static function function_of(const skel_rig *rig, const naive *n, const skel_op *op)
{
    skel_reference_factors factors = {0};

    if (op->kind == SKEL_OP_MUL) {
        factors = skel_reference_factors_of(rig->network, op, 1);
    }
    return (function){.rig = rig,
                      .factors = factors,
                      .op = op,
                      .window = skel_reference_window_of(rig->network, op, 1),
                      .parameters = n->parameters};
}

/* Back to one operand, 0 or 1, while a copy of the other one stays as it is: of x and x each is an
 * operand of its own, as the recursion adds the parts of each reader. */
static void naive_operand(const function *f, naive *n, size_t k)
{
    const size_t tensors[] = {f->op->input, f->op->other};
    const skel_tensor *shape = &f->rig->network->tensor[tensors[k]];
    double *moved = value_of(n, tensors[k]);

    if (tensors[1] != SKEL_NONE) {
        memcpy(n->held, value_of(n, tensors[1 - k]), n->room * sizeof(double));
    }
    for (size_t i = 0; i < shape->channels * shape->height * shape->width; i++) {
        n->curvature[tensors[k] * n->room + i] +=
            squares_of(f, n, k == 0 ? moved : n->held, k == 0 ? n->held : moved, &moved[i]);
    }
}

/* Back through one operation: to its operands and its weights. */
static void naive_backward(const skel_rig *rig, naive *n, const skel_op *op, double out[])
{
    function f = function_of(rig, n, op);

    naive_operand(&f, n, 0);
    if (op->other != SKEL_NONE) {
        naive_operand(&f, n, 1);
    }
    if (op->weight != SKEL_NONE && rig->network->parameter[op->weight].prunable) {
        const skel_parameter *p = &rig->network->parameter[op->weight];

        for (size_t k = p->offset; k < p->offset + p->count; k++) {
            out[k] += squares_of(&f, n, value_of(n, op->input), NULL, &n->parameters[k]);
        }
    }
}

static void naive_image(const skel_rig *rig, naive *n, size_t image, double out[])
{
    const skel_network *network = rig->network;
    const skel_engine_options options = {.microbatch = 1};
    skel_tensor in = network->tensor[0];
    size_t pixels = in.channels * in.height * in.width;
    size_t last = network->op[network->ops - 1].output;

    for (size_t i = 0; i < pixels; i++) {
        n->value[i] = (double)rig->image[image * pixels + i];
    }
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];
        function f = function_of(rig, n, op);

        evaluate(&f, value_of(n, op->input), value_of(n, op->other), value_of(n, op->output));
    }
    memset(n->curvature, 0, network->tensors * n->room * sizeof(double));
    skel_loss_curvature_image(&options, network->classes, n->value + last * n->room,
                              n->curvature + last * n->room);
    for (size_t i = network->ops; i-- > 0;) {
        naive_backward(rig, n, &network->op[i], out);
    }
}

/* The diagonal of all images by finite differences of every operation, as floats. */
static void naive_curvature(const skel_rig *rig, size_t room, float out[])
{
    const skel_network *network = rig->network;
    naive n = {.room = room};
    double *sum = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof(double), &sum));
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof(double), &n.parameters));
    ck_assert_ok(SKEL_ALLOC(network->tensors * room, sizeof(double), &n.value));
    ck_assert_ok(SKEL_ALLOC(network->tensors * room, sizeof(double), &n.curvature));
    ck_assert_ok(SKEL_ALLOC(room, sizeof(double), &n.side[0]));
    ck_assert_ok(SKEL_ALLOC(room, sizeof(double), &n.side[1]));
    ck_assert_ok(SKEL_ALLOC(room, sizeof(double), &n.held));
    for (size_t i = 0; i < network->parameter_count; i++) {
        n.parameters[i] = (double)rig->parameters[i];
    }
    for (size_t image = 0; image < rig->images; image++) {
        naive_image(rig, &n, image, sum);
    }
    for (size_t i = 0; i < network->parameter_count; i++) {
        out[i] = (float)sum[i];
    }
    SKEL_FREE(&sum);
    SKEL_FREE(&n.parameters);
    SKEL_FREE(&n.value);
    SKEL_FREE(&n.curvature);
    SKEL_FREE(&n.side[0]);
    SKEL_FREE(&n.side[1]);
    SKEL_FREE(&n.held);
}

static size_t largest_tensor(const skel_network *network)
{
    size_t most = 0;

    for (size_t i = 0; i < network->tensors; i++) {
        skel_tensor t = network->tensor[i];
        size_t count = t.channels * t.height * t.width;

        most = count > most ? count : most;
    }
    return most;
}

/* Of networks with few enough elements that each may be moved. Differences of piecewise linear
 * operations are exact but for double's rounding over the step, 1e-11; those of a sigmoid are off
 * by step^2 / 6 of its third derivative, which is below 1 / 8. */
START_TEST(every_operation_squares_what_it_passes_back)
{
    size_t checked = 0;

    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        size_t room = 0;
        float *expected = NULL;
        skel_engine *engine = NULL;
        skel_batch batch;
        skel_pass pass;
        skel_rig rig;

        skel_rig_make(skel_small_network(skel_small_get(i)), 2, 5, &rig);
        room = largest_tensor(rig.network);
        if (room <= 300) {
            ck_assert_ok(SKEL_ALLOC(rig.network->parameter_count, sizeof(float), &expected));
            naive_curvature(&rig, room, expected);
            engine =
                skel_rig_engine(&rig, skel_rig_able(SKEL_ENGINE_CURVATURE, _i),
                                &(skel_engine_options){.microbatch = IMAGES, .curvature = true});
            batch = skel_rig_batch(&rig, 0, 2);
            pass = skel_rig_pass(&rig);
            ck_assert_ok(
                skel_engine_curvature(engine, rig.parameters, NULL, rig.buffers, &batch, 1, &pass));
            for (size_t k = 0; k < rig.network->parameters; k++) {
                const skel_parameter *p = &rig.network->parameter[k];
                double error = p->prunable ? skel_relative_error(p->count, rig.gradient + p->offset,
                                                                 expected + p->offset)
                                           : 0;

                ck_assert_msg(error < tolerance_of(skel_rig_able(SKEL_ENGINE_CURVATURE, _i)),
                              "%s, %s: %g", skel_small_get(i)->name, p->name, error);
            }
            checked++;
            skel_engine_destroy(&engine);
            SKEL_FREE(&expected);
        }
        skel_rig_free(&rig);
    }
    ck_assert_uint_ge(checked * skel_sample_parts(), 10);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, every_operation_squares_what_it_passes_back, 0,
                        skel_rig_ables(SKEL_ENGINE_CURVATURE));
}

int main(void)
{
    return skel_suite_run("engine, curvature of operations", fill);
}
