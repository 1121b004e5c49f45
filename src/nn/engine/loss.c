/* Cross-entropy with label smoothing, minus the raw logit, and the linear error. */
#include "loss.h"

#include <math.h>

/* The logits of one image, as doubles or as floats. */
typedef struct logits_row {
    const double *real;
    const float *single; /* NULL: `real` */
} logits_row;

/* Where the gradient of one image goes; both NULL if nobody wants it. It may be where the logits
 * are: an element is written after the last reading of the same element. */
typedef struct gradient_row {
    double *real;
    float *single;
    double scale; /* of `single` */
} gradient_row;

static double at(const logits_row *logits, size_t k)
{
    return logits->single != NULL ? (double)logits->single[k] : logits->real[k];
}

static bool is_wanted(const gradient_row *gradient)
{
    return gradient->real != NULL || gradient->single != NULL;
}

static void put(const gradient_row *gradient, size_t k, double value)
{
    if (gradient->single != NULL) {
        gradient->single[k] = (float)(gradient->scale * value);
    } else if (gradient->real != NULL) {
        gradient->real[k] = value;
    }
}

static size_t first_largest(size_t classes, const logits_row *logits)
{
    size_t best = 0;

    for (size_t k = 1; k < classes; k++) {
        best = at(logits, k) > at(logits, best) ? k : best;
    }
    return best;
}

static double raw_nll(size_t classes, const logits_row *logits, size_t label,
                      const gradient_row *gradient)
{
    double loss = -at(logits, label);

    for (size_t k = 0; k < classes && is_wanted(gradient); k++) {
        put(gradient, k, k == label ? -1.0 : 0.0);
    }
    return loss;
}

static double raw_sum(size_t classes, const logits_row *logits, const gradient_row *gradient)
{
    double loss = 0;

    for (size_t k = 0; k < classes; k++) {
        loss -= at(logits, k);
    }
    for (size_t k = 0; k < classes && is_wanted(gradient); k++) {
        put(gradient, k, -1.0);
    }
    return loss;
}

/* The softmax outputs p add up to 1, so the distances are 2 (1 - p of the label). */
static double linear_error(const skel_engine_options *options, size_t classes,
                           const logits_row *logits, size_t label, const gradient_row *gradient)
{
    double cold = options->temperature > 0 ? 1 / options->temperature : 1;
    double largest = at(logits, first_largest(classes, logits));
    double own = 0;
    double others = 0;
    double sum = 0;

    for (size_t k = 0; k < classes; k++) {
        *(k == label ? &own : &others) += exp((at(logits, k) - largest) * cold);
    }
    sum = own + others;
    for (size_t k = 0; k < classes && is_wanted(gradient); k++) {
        double p = exp((at(logits, k) - largest) * cold) / sum;

        put(gradient, k, 2 * cold * (own / sum) * (k == label ? -others / sum : p));
    }
    return 2 * others / sum;
}

static double cross_entropy(const skel_engine_options *options, size_t classes,
                            const logits_row *logits, size_t label, const gradient_row *gradient)
{
    double cold = options->temperature > 0 ? 1 / options->temperature : 1;
    double smoothing = options->label_smoothing;
    double largest = at(logits, first_largest(classes, logits));
    double spread = smoothing / (double)classes;
    double sum = 0;
    double loss = 0;
    double logarithm = 0; /* of the sum of all exponentials over the largest */

    for (size_t k = 0; k < classes; k++) {
        sum += exp((at(logits, k) - largest) * cold);
    }
    logarithm = log(sum);
    for (size_t k = 0; k < classes; k++) {
        double target = spread + (k == label ? 1.0 - smoothing : 0.0);
        double log_probability = (at(logits, k) - largest) * cold - logarithm;

        loss -= target > 0 ? target * log_probability : 0;
        if (is_wanted(gradient)) {
            put(gradient, k, (exp(log_probability) - target) * cold);
        }
    }
    return loss;
}

static double loss_of(const skel_engine_options *options, size_t classes, const logits_row *logits,
                      uint16_t label, const gradient_row *gradient, bool *correct)
{
    SKEL_ASSERT(label < classes);
    *correct = first_largest(classes, logits) == label;
    if (options->loss == SKEL_LOSS_RAW_NLL) {
        return raw_nll(classes, logits, label, gradient);
    }
    if (options->loss == SKEL_LOSS_SUM) {
        return raw_sum(classes, logits, gradient);
    }
    if (options->loss == SKEL_LOSS_LINEAR) {
        return linear_error(options, classes, logits, label, gradient);
    }
    return cross_entropy(options, classes, logits, label, gradient);
}

double skel_loss_image(const skel_engine_options *options, size_t classes, const double logits[],
                       uint16_t label, double gradient[], bool *correct)
{
    return loss_of(options, classes, &(logits_row){logits, NULL}, label,
                   &(gradient_row){gradient, NULL, 1}, correct);
}

static double squares(size_t classes, const logits_row *logits, const float target[],
                      const gradient_row *gradient)
{
    double loss = 0;

    for (size_t k = 0; k < classes; k++) {
        double distance = at(logits, k) - (double)target[k];

        loss += distance * distance;
        put(gradient, k, 2 * distance);
    }
    return loss;
}

double skel_loss_squares(size_t classes, const double logits[], const float target[],
                         double gradient[])
{
    return squares(classes, &(logits_row){logits, NULL}, target,
                   &(gradient_row){gradient, NULL, 1});
}

void skel_loss_batch(const skel_engine_options *options, size_t classes, const skel_batch *batch,
                     const float logits[], double scale, float gradient[], double *loss,
                     size_t *correct)
{
    bool right = false;

    SKEL_ASSERT(logits != NULL);
    *loss = 0;
    *correct = 0;
    for (size_t n = 0; n < batch->count; n++) {
        size_t first = n * classes;
        const logits_row row = {NULL, logits + first};
        const gradient_row out = {NULL, gradient != NULL ? gradient + first : NULL, scale};

        if (options->loss == SKEL_LOSS_SQUARES) {
            *loss += squares(classes, &row, batch->targets + first, &out);
            continue;
        }
        *loss += loss_of(options, classes, &row, batch->labels[n], &out, &right);
        *correct += right;
    }
}
