/* The diagonal of the softmax cross-entropy's Hessian. */
#include "loss.h"

#include <math.h>

void skel_loss_curvature_image(const skel_engine_options *options, size_t classes,
                               const double logits[], double curvature[])
{
    double cold = options->temperature > 0 ? 1 / options->temperature : 1;
    double most = logits[0];
    double others = 0; /* sum of exponentials over the largest, without the largest itself */
    size_t top = 0;

    for (size_t k = 1; k < classes; k++) {
        top = logits[k] > most ? k : top;
        most = logits[top];
    }
    for (size_t k = 0; k < classes; k++) {
        others += k == top ? 0 : exp((logits[k] - most) * cold);
    }
    for (size_t k = 0; k < classes; k++) {
        double p = exp((logits[k] - most) * cold) / (1 + others);
        /* where p rounds to 1, 1 - p would be 0 */
        double rest = k == top ? others / (1 + others) : 1 - p;

        curvature[k] = p * rest * cold * cold;
    }
}

void skel_loss_curvature_batch(const skel_engine_options *options, size_t classes, size_t images,
                               const float logits[], double scale, float curvature[])
{
    double row[SKEL_CLASSES_MAX] = {0};
    double diagonal[SKEL_CLASSES_MAX];

    SKEL_ASSERT(classes <= SKEL_CLASSES_MAX);
    for (size_t n = 0; n < images; n++) {
        for (size_t k = 0; k < classes; k++) {
            row[k] = (double)logits[n * classes + k];
        }
        skel_loss_curvature_image(options, classes, row, diagonal);
        for (size_t k = 0; k < classes; k++) {
            curvature[n * classes + k] = (float)(scale * diagonal[k]);
        }
    }
}
