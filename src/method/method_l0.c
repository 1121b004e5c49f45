/* L0 regularisation with hard concrete gates: the network computes with w z, one gate z for each
 * filter of a convolution and each input of a linear layer. With gamma = -0.1, zeta = 1.1,
 * beta = 2/3, and u uniform, drawn anew for each step and gate:
 *     s = sigmoid((ln u - ln(1 - u) + ln a) / beta),  z = clamp(s (zeta - gamma) + gamma, 0, 1)
 * A test computes with clamp(sigmoid(ln a) (zeta - gamma) + gamma, 0, 1); a gate that is 0 there
 * removes its weights. The penalty is strength / N times the expected number of weights, sum over
 * the gates of their weights times sigmoid(ln a - beta ln(-gamma / zeta)), N being the images of an
 * epoch. ln a starts at ln((1 - p) / p) + N(0, 0.01^2) with p = 0.5, or 0.2 for a linear layer that
 * reads the image, is trained by Adam, and stays within [ln 0.01, ln 100], as in the authors' code.
 * There, weight decay is weighed by the gates' probabilities, Adam trains the weights, too, and a
 * filter's gate also closes its bias, with a penalty of the wrong sign; here the weights have the
 * job's optimiser and decay, and biases have no gates. Sparsity is an outcome of the strength.
 * Source: Louizos, Welling and Kingma 2018, equations 10 to 13 and their code. */
#include "methods.h"

#include "skel/random.h"

#include <math.h>

static const double gamma_ = -0.1;
static const double zeta = 1.1;
static const double beta = 2.0 / 3;
static const double least_uniform = 1e-6; /* the authors' code's */

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static size_t gates_of(const skel_reparameterised *tensor)
{
    return skel_auxiliary_count(SKEL_AUXILIARY_UNIT, tensor);
}

static void start(const skel_reparameterised *tensor)
{
    double closed = tensor->linear && tensor->number == 0 ? 0.2 : 0.5;
    skel_stream stream =
        skel_stream_open(tensor->job->seed, SKEL_PURPOSE_GATE, 0, (uint32_t)tensor->number);

    for (size_t g = 0; g < gates_of(tensor); g++) {
        tensor->auxiliary[0][g] =
            (float)(log((1 - closed) / closed) + 0.01 * skel_stream_normal(&stream));
    }
}

/* A gate before it is clamped, and its derivative by ln a. */
static double gate_of(const skel_reparameterised *tensor, double log_alpha, skel_stream *stream,
                      double *slope)
{
    double share = 0;
    double factor = 1;

    if (tensor->step == 0) {
        share = sigmoid(log_alpha);
    } else {
        double u = least_uniform + (1 - 2 * least_uniform) * skel_stream_uniform(stream);

        share = sigmoid((log(u) - log(1 - u) + log_alpha) / beta);
        factor = 1 / beta;
    }
    *slope = share * (1 - share) * factor * (zeta - gamma_);
    return share * (zeta - gamma_) + gamma_;
}

static skel_stream draws_of(const skel_reparameterised *tensor)
{
    return skel_stream_open(tensor->job->seed, SKEL_PURPOSE_GATE, (uint32_t)tensor->step,
                            (uint32_t)tensor->number);
}

/* Weights of one gate: `count` of them, `apart` from each other. */
typedef struct gated {
    size_t first;
    size_t count;
    size_t apart;
} gated;

static gated weights_of(const skel_reparameterised *tensor, size_t gate)
{
    size_t fan = tensor->count / tensor->outputs;

    return tensor->linear ? (gated){gate, tensor->outputs, tensor->inputs}
                          : (gated){gate * fan, fan, 1};
}

static void effective(const skel_reparameterised *tensor, float effective[])
{
    skel_stream stream = draws_of(tensor);

    for (size_t g = 0; g < gates_of(tensor); g++) {
        gated of = weights_of(tensor, g);
        double slope = 0;
        double gate = gate_of(tensor, (double)tensor->auxiliary[0][g], &stream, &slope);
        float open = (float)fmin(fmax(gate, 0), 1);

        for (size_t i = 0; i < of.count; i++) {
            size_t at = of.first + i * of.apart;

            effective[at] = open > 0 ? open * tensor->stored[at] : 0;
        }
    }
}

/* The penalty's derivative by ln a. */
static double pressure(const skel_reparameterised *tensor, double log_alpha, size_t weights)
{
    double kept = sigmoid(log_alpha - beta * log(-gamma_ / zeta));

    return tensor->job->strength * (double)weights * kept * (1 - kept) /
           (double)tensor->job->train_images;
}

static void backward(const skel_reparameterised *tensor, float gradient[], float slope[])
{
    skel_stream stream = draws_of(tensor);

    for (size_t g = 0; g < gates_of(tensor); g++) {
        gated of = weights_of(tensor, g);
        double log_alpha = (double)tensor->auxiliary[0][g];
        double along = 0;
        double gate = gate_of(tensor, log_alpha, &stream, &along);
        float open = (float)fmin(fmax(gate, 0), 1);
        double sum = 0;

        for (size_t i = 0; i < of.count; i++) {
            size_t at = of.first + i * of.apart;

            sum += (double)gradient[at] * (double)tensor->stored[at];
            gradient[at] *= open;
        }
        along = gate > 0 && gate < 1 ? along : 0;
        slope[g] = (float)(sum * along + pressure(tensor, log_alpha, of.count));
    }
}

static void constrain(const skel_reparameterised *tensor)
{
    for (size_t g = 0; g < gates_of(tensor); g++) {
        tensor->auxiliary[0][g] =
            fminf(fmaxf(tensor->auxiliary[0][g], (float)log(0.01)), (float)log(100));
    }
}

static const skel_reparameterisation reparameterisation = {
    .auxiliary = {{"log_alpha", SKEL_AUXILIARY_UNIT, SKEL_AUXILIARY_ADAM}},
    .remask = SKEL_REMASK_ZEROS,
    .more = "a larger prune.strength or prune.auxiliary-rate, or more epochs, removes more",
    .less = "a smaller prune.strength removes less",
    .start = start,
    .effective = effective,
    .backward = backward,
    .constrain = constrain,
};

const skel_method skel_method_l0 = {
    .name = "l0",
    .summary = "random gates on filters and inputs, closed by a penalty; sparsity is an outcome",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_DURING,
    .reparameterisation = &reparameterisation,
    .defaults = {.strength = 0.1, .auxiliary_rate = 1e-3},
    .score = skel_score_magnitude,
};
