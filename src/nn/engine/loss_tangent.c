/* The losses' second derivatives with respect to the logits, as products with a tangent. */
#include "loss.h"

#include <math.h>
#include <string.h>

/* Softmax of logits / temperature, up to the factor 1 / *sum. */
static void exponentials(double cold, size_t classes, const double logits[], double out[],
                         double *sum)
{
    double largest = logits[0];

    for (size_t k = 1; k < classes; k++) {
        largest = logits[k] > largest ? logits[k] : largest;
    }
    *sum = 0;
    for (size_t k = 0; k < classes; k++) {
        out[k] = exp((logits[k] - largest) * cold);
        *sum += out[k];
    }
}

void skel_loss_tangent_image(const skel_engine_options *options, size_t classes,
                             const double logits[], const double tangent[], double out[])
{
    double cold = options->temperature > 0 ? 1 / options->temperature : 1;
    double p[SKEL_CLASSES_MAX];
    double sum = 0;
    double mean = 0; /* of the tangent, weighted with p */

    SKEL_ASSERT(classes <= SKEL_CLASSES_MAX && options->loss != SKEL_LOSS_LINEAR);
    if (options->loss == SKEL_LOSS_RAW_NLL) {
        memset(out, 0, classes * sizeof *out);
        return;
    }
    exponentials(cold, classes, logits, p, &sum);
    for (size_t k = 0; k < classes; k++) {
        mean += p[k] / sum * tangent[k];
    }
    for (size_t k = 0; k < classes; k++) {
        out[k] = cold * cold * (p[k] / sum) * (tangent[k] - mean);
    }
}

void skel_loss_tangent_batch(const skel_engine_options *options, size_t classes, size_t images,
                             const float logits[], const float tangent[], double scale, float out[])
{
    double row[SKEL_CLASSES_MAX] = {0};
    double tangent_row[SKEL_CLASSES_MAX] = {0};

    SKEL_ASSERT(classes <= SKEL_CLASSES_MAX);
    for (size_t n = 0; n < images; n++) {
        size_t at = n * classes;

        for (size_t k = 0; k < classes; k++) {
            row[k] = (double)logits[at + k];
            tangent_row[k] = (double)tangent[at + k];
        }
        skel_loss_tangent_image(options, classes, row, tangent_row, row);
        for (size_t k = 0; k < classes; k++) {
            out[at + k] = (float)(scale * row[k]);
        }
    }
}
