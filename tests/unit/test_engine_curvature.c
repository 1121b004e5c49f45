/* Optimal Brain Damage's diagonal: closed forms, the Hessian itself where they are the same, every
 * operation's factors from finite differences. */
#include "rig.h"
#include "small_networks.h"
#include "suite.h"

#include "nn/engine/loss.h"
#include "nn/engines/reference/kernels/kernels.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { CLASSES = 5, IMAGES = 3 };

/* Floats' roundings of the result; in the dense engine of all factors, which are squared, and of
 * what batch norm subtracts. */
static double tolerance_of(const char *kind)
{
    return skel_rig_is_double(kind) ? 0x1p-22 : 1e-5;
}

static skel_engine *engine_of(const skel_rig *rig, const char *kind, double temperature)
{
    return skel_rig_engine(rig, kind,
                           &(skel_engine_options){.microbatch = IMAGES,
                                                  .curvature = true,
                                                  .label_smoothing = 0.1,
                                                  .temperature = temperature});
}

static void rig_of_one_layer(skel_rig *rig)
{
    skel_builder builder;
    skel_network *network = NULL;

    skel_builder_start(&builder, "one layer", 7, (skel_tensor){2, 2, 3}, CLASSES);
    (void)skel_builder_linear(&builder, 0, "fc", CLASSES, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    skel_rig_make(network, IMAGES, 3, rig);
}

/* Of one linear layer p_k (1 - p_k) x_j^2 / T^2, summed over the images, is the Hessian's diagonal,
 * which is also the slope of the gradient. */
START_TEST(one_linear_layer_has_the_diagonal_of_its_hessian)
{
    enum { IN = 12 };
    const double scale = 0.25;
    const double temperature = 2;
    const float h = 0x1p-8F;
    float logits[IMAGES * CLASSES];
    float slope[CLASSES * IN] = {0};
    skel_engine *engine = NULL;
    skel_engine *reference = NULL;
    skel_batch batch;
    skel_pass pass;
    skel_rig rig;

    rig_of_one_layer(&rig);
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    reference = engine_of(&rig, "reference", temperature);
    ck_assert_ok(skel_engine_forward(reference, &batch, rig.buffers, logits));
    for (size_t at = 0; at < (size_t)CLASSES * IN; at++) {
        float before = rig.parameters[at];
        double side[2];

        for (size_t k = 0; k < 2; k++) {
            rig.parameters[at] = before + (k == 0 ? h : -h);
            ck_assert_ok(skel_engine_load(reference, rig.parameters, NULL));
            ck_assert_ok(skel_engine_gradient(reference, 1, &batch, scale, &pass));
            side[k] = (double)rig.gradient[at] / ((double)rig.parameters[at] - (double)before);
        }
        rig.parameters[at] = before;
        slope[at] = (float)((side[0] + side[1]) / 2); /* each side is gradient / +-h */
    }
    engine = engine_of(&rig, skel_rig_able(SKEL_ENGINE_CURVATURE, _i), temperature);
    ck_assert_ok(
        skel_engine_curvature(engine, rig.parameters, NULL, rig.buffers, &batch, scale, &pass));
    for (size_t k = 0; k < CLASSES; k++) {
        for (size_t j = 0; j < IN; j++) {
            double expected = 0;

            for (size_t n = 0; n < IMAGES; n++) {
                double sum = 0;
                double p = exp((double)logits[n * CLASSES + k] / temperature);

                for (size_t l = 0; l < CLASSES; l++) {
                    sum += exp((double)logits[n * CLASSES + l] / temperature);
                }
                expected += scale * p / sum * (1 - p / sum) *
                            pow((double)rig.image[n * IN + j] / temperature, 2);
            }
            ck_assert(fabs((double)rig.gradient[k * IN + j] - expected) <=
                      tolerance_of(skel_rig_able(SKEL_ENGINE_CURVATURE, _i)) * expected);
        }
    }
    /* gradients are floats of about 1: 2^-24 over 2 h; and h^2 of what comes next in the series */
    ck_assert(skel_relative_error((size_t)CLASSES * IN, slope, rig.gradient) < 1e-4);
    skel_engine_destroy(&engine);
    skel_engine_destroy(&reference);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(an_image_that_is_sure_of_its_class_keeps_its_digits)
{
    static const double logits[] = {-40, 3, 0};
    skel_engine_options options = {.microbatch = 1};
    double h[3];

    skel_loss_curvature_image(&options, 3, logits, h);
    /* p = 1 / (1 + e^-3 + e^-43), e^-3 p, e^-43 p */
    ck_assert(fabs(h[0] / (exp(-43) / (1 + exp(-3))) - 1) < 1e-15);
    options.temperature = 1e-2;
    skel_loss_curvature_image(&options, 3, logits, h);
    ck_assert(fabs(h[1] / (1e4 * exp(-300)) - 1) < 1e-12);
    ck_assert(fabs(h[2] / (1e4 * exp(-300)) - 1) < 1e-12);
    ck_assert(h[0] == 0);
}
END_TEST

/* One operation of one image as a function of its inputs and weights. */
typedef struct function {
    const skel_rig *rig;
    const skel_op *op;
    skel_reference_window window;
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

        y[i] = (x[i] - mean) / sqrt(variance + 1e-5) * f->parameters[scale->offset + c] +
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
    case SKEL_OP_MUL:
    case SKEL_OP_CONCAT:
        ck_abort_msg("no row of small_networks.c has it");
    case SKEL_OP_ADD:
        skel_reference_add_forward(in, x, other, y);
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
} naive;

/* Sum over the outputs of (d output / d *at)^2 h(output), by central differences. */
static double squares_of(const function *f, naive *n, double *at)
{
    const double step = 0x1p-16;
    const double *x = n->value + f->op->input * n->room;
    const double *other = f->op->other == SKEL_NONE ? NULL : n->value + f->op->other * n->room;
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
    return (function){.rig = rig,
                      .op = op,
                      .window = {.images = 1,
                                 .in = rig->network->tensor[op->input],
                                 .out = rig->network->tensor[op->output],
                                 .kernel = op->window.kernel[0],
                                 .stride = op->window.stride[0],
                                 .padding = op->window.before[0]},
                      .parameters = n->parameters};
}

/* Back through one operation: to its operands and its weights. An addition of x and x has the
 * slope of each operand alone, as the recursion adds the parts of each reader. */
static void naive_backward(const skel_rig *rig, naive *n, const skel_op *op, double out[])
{
    function f = function_of(rig, n, op);
    skel_tensor in = f.window.in;

    for (size_t i = 0; i < in.channels * in.height * in.width; i++) {
        if (op->kind == SKEL_OP_ADD) {
            n->curvature[op->input * n->room + i] += n->curvature[op->output * n->room + i];
            n->curvature[op->other * n->room + i] += n->curvature[op->output * n->room + i];
        } else {
            n->curvature[op->input * n->room + i] +=
                squares_of(&f, n, &n->value[op->input * n->room + i]);
        }
    }
    if (op->weight != SKEL_NONE && rig->network->parameter[op->weight].prunable) {
        const skel_parameter *p = &rig->network->parameter[op->weight];

        for (size_t k = p->offset; k < p->offset + p->count; k++) {
            out[k] += squares_of(&f, n, &n->parameters[k]);
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

        evaluate(&f, n->value + op->input * n->room,
                 op->other == SKEL_NONE ? NULL : n->value + op->other * n->room,
                 n->value + op->output * n->room);
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
 * operations are exact but for double's rounding over the step, 1e-11. */
START_TEST(every_operation_squares_what_it_passes_back)
{
    size_t checked = 0;

    for (size_t i = 0; i < skel_smalls(); i++) {
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
    ck_assert_uint_ge(checked, 10);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, one_linear_layer_has_the_diagonal_of_its_hessian, 0,
                        skel_rig_ables(SKEL_ENGINE_CURVATURE));
    tcase_add_test(tcase, an_image_that_is_sure_of_its_class_keeps_its_digits);
    tcase_add_loop_test(tcase, every_operation_squares_what_it_passes_back, 0,
                        skel_rig_ables(SKEL_ENGINE_CURVATURE));
}

int main(void)
{
    return skel_suite_run("engine, curvature", fill);
}
