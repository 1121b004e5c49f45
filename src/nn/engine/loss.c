/* Cross-entropy with label smoothing, minus the raw logit, and the linear error. */
#include "loss.h"

#include <math.h>

static size_t first_largest(size_t classes, const double logits[])
{
    size_t best = 0;

    for (size_t k = 1; k < classes; k++) {
        best = logits[k] > logits[best] ? k : best;
    }
    return best;
}

static double raw_nll(size_t classes, const double logits[], size_t label, double gradient[])
{
    double loss = -logits[label];

    for (size_t k = 0; gradient != NULL && k < classes; k++) {
        gradient[k] = k == label ? -1.0 : 0.0;
    }
    return loss;
}

/* The softmax outputs p add up to 1, so the distances are 2 (1 - p of the label). */
static double linear_error(const skel_engine_options *options, size_t classes,
                           const double logits[], size_t label, double gradient[])
{
    double cold = options->temperature > 0 ? 1 / options->temperature : 1;
    double largest = logits[first_largest(classes, logits)];
    double own = 0;
    double others = 0;
    double sum = 0;

    for (size_t k = 0; k < classes; k++) {
        *(k == label ? &own : &others) += exp((logits[k] - largest) * cold);
    }
    sum = own + others;
    for (size_t k = 0; gradient != NULL && k < classes; k++) {
        double p = exp((logits[k] - largest) * cold) / sum;

        gradient[k] = 2 * cold * (own / sum) * (k == label ? -others / sum : p);
    }
    return 2 * others / sum;
}

static double cross_entropy(const skel_engine_options *options, size_t classes,
                            const double logits[], size_t label, double gradient[])
{
    double cold = options->temperature > 0 ? 1 / options->temperature : 1;
    double smoothing = options->label_smoothing;
    double largest = logits[first_largest(classes, logits)];
    double spread = smoothing / (double)classes;
    double sum = 0;
    double loss = 0;
    double logarithm = 0; /* of the sum of all exponentials over the largest */

    for (size_t k = 0; k < classes; k++) {
        sum += exp((logits[k] - largest) * cold);
    }
    logarithm = log(sum);
    for (size_t k = 0; k < classes; k++) {
        double target = spread + (k == label ? 1.0 - smoothing : 0.0);
        double log_probability = (logits[k] - largest) * cold - logarithm;

        loss -= target > 0 ? target * log_probability : 0;
        if (gradient != NULL) {
            gradient[k] = (exp(log_probability) - target) * cold;
        }
    }
    return loss;
}

double skel_loss_image(const skel_engine_options *options, size_t classes, const double logits[],
                       uint8_t label, double gradient[], bool *correct)
{
    SKEL_ASSERT(label < classes);
    *correct = first_largest(classes, logits) == label;
    if (options->loss == SKEL_LOSS_RAW_NLL) {
        return raw_nll(classes, logits, label, gradient);
    }
    if (options->loss == SKEL_LOSS_LINEAR) {
        return linear_error(options, classes, logits, label, gradient);
    }
    return cross_entropy(options, classes, logits, label, gradient);
}

void skel_loss_batch(const skel_engine_options *options, size_t classes, const skel_batch *batch,
                     const float logits[], double scale, float gradient[], double *loss,
                     size_t *correct)
{
    double row[SKEL_CLASSES_MAX];
    bool right = false;

    SKEL_ASSERT(classes <= SKEL_CLASSES_MAX);
    *loss = 0;
    *correct = 0;
    for (size_t n = 0; n < batch->count; n++) {
        for (size_t k = 0; k < classes; k++) {
            row[k] = (double)logits[n * classes + k];
        }
        *loss += skel_loss_image(options, classes, row, batch->labels[n], row, &right);
        *correct += right;
        for (size_t k = 0; gradient != NULL && k < classes; k++) {
            gradient[n * classes + k] = (float)(scale * row[k]);
        }
    }
}
