/* The losses' second derivatives with respect to the logits, as products with a tangent. */
#include "loss.h"

#include <math.h>

/* What all classes of an image share: softmax of logits / temperature is exp() / sum. */
typedef struct softmax {
    double cold;
    double largest;
    double sum;
    double mean; /* of the tangent, weighted with the softmax */
} softmax;

static double part(const softmax *of, double logit)
{
    return exp((logit - of->largest) * of->cold) / of->sum;
}

/* An element of `out` may be written once both its operands have been read for the last time. */
static double product(const skel_engine_options *options, const softmax *of, double logit,
                      double tangent)
{
    return options->loss == SKEL_LOSS_RAW_NLL || options->loss == SKEL_LOSS_SUM
               ? 0
               : of->cold * of->cold * part(of, logit) * (tangent - of->mean);
}

static double cold_of(const skel_engine_options *options)
{
    return options->temperature > 0 ? 1 / options->temperature : 1;
}

void skel_loss_tangent_image(const skel_engine_options *options, size_t classes,
                             const double logits[], const double tangent[], double out[])
{
    softmax of = {cold_of(options), logits[0], 0, 0};

    SKEL_ASSERT(options->loss != SKEL_LOSS_LINEAR && options->loss != SKEL_LOSS_SQUARES);
    for (size_t k = 1; k < classes; k++) {
        of.largest = logits[k] > of.largest ? logits[k] : of.largest;
    }
    for (size_t k = 0; k < classes; k++) {
        of.sum += exp((logits[k] - of.largest) * of.cold);
    }
    for (size_t k = 0; k < classes; k++) {
        of.mean += part(&of, logits[k]) * tangent[k];
    }
    for (size_t k = 0; k < classes; k++) {
        out[k] = product(options, &of, logits[k], tangent[k]);
    }
}

static void tangent_of_floats(const skel_engine_options *options, size_t classes,
                              const float logits[], const float tangent[], double scale,
                              float out[])
{
    softmax of = {cold_of(options), (double)logits[0], 0, 0};

    for (size_t k = 1; k < classes; k++) {
        of.largest = (double)logits[k] > of.largest ? (double)logits[k] : of.largest;
    }
    for (size_t k = 0; k < classes; k++) {
        of.sum += exp(((double)logits[k] - of.largest) * of.cold);
    }
    for (size_t k = 0; k < classes; k++) {
        of.mean += part(&of, (double)logits[k]) * (double)tangent[k];
    }
    for (size_t k = 0; k < classes; k++) {
        out[k] = (float)(scale * product(options, &of, (double)logits[k], (double)tangent[k]));
    }
}

void skel_loss_tangent_batch(const skel_engine_options *options, size_t classes, size_t images,
                             const float logits[], const float tangent[], double scale, float out[])
{
    SKEL_ASSERT(options->loss != SKEL_LOSS_LINEAR && options->loss != SKEL_LOSS_SQUARES);
    for (size_t n = 0; n < images; n++) {
        size_t first = n * classes;

        tangent_of_floats(options, classes, logits + first, tangent + first, scale, out + first);
    }
}
