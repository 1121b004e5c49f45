/* The diagonal of the softmax cross-entropy's Hessian. */
#include "loss.h"

#include <math.h>

/* What all classes of an image share. */
typedef struct softmax {
    double cold;
    double most;   /* the largest logit */
    size_t top;    /* its class */
    double others; /* sum of exponentials over the largest, without the largest itself */
} softmax;

/* p (1 - p) / T^2 */
static double curvature_of(const softmax *of, size_t k, double logit)
{
    double p = exp((logit - of->most) * of->cold) / (1 + of->others);
    /* where p rounds to 1, 1 - p would be 0 */
    double rest = k == of->top ? of->others / (1 + of->others) : 1 - p;

    return p * rest * of->cold * of->cold;
}

static void look_at(softmax *of, size_t k, double logit)
{
    of->top = logit > of->most ? k : of->top;
    of->most = logit > of->most ? logit : of->most;
}

static softmax start(const skel_engine_options *options, double first)
{
    return (softmax){options->temperature > 0 ? 1 / options->temperature : 1, first, 0, 0};
}

void skel_loss_curvature_image(const skel_engine_options *options, size_t classes,
                               const double logits[], double curvature[])
{
    softmax of = start(options, logits[0]);

    for (size_t k = 1; k < classes; k++) {
        look_at(&of, k, logits[k]);
    }
    for (size_t k = 0; k < classes; k++) {
        of.others += k == of.top ? 0 : exp((logits[k] - of.most) * of.cold);
    }
    for (size_t k = 0; k < classes; k++) {
        curvature[k] = curvature_of(&of, k, logits[k]);
    }
}

static void curvature_of_floats(const skel_engine_options *options, size_t classes,
                                const float logits[], double scale, float curvature[])
{
    softmax of = start(options, (double)logits[0]);

    for (size_t k = 1; k < classes; k++) {
        look_at(&of, k, (double)logits[k]);
    }
    for (size_t k = 0; k < classes; k++) {
        of.others += k == of.top ? 0 : exp(((double)logits[k] - of.most) * of.cold);
    }
    for (size_t k = 0; k < classes; k++) {
        curvature[k] = (float)(scale * curvature_of(&of, k, (double)logits[k]));
    }
}

void skel_loss_curvature_batch(const skel_engine_options *options, size_t classes, size_t images,
                               const float logits[], double scale, float curvature[])
{
    for (size_t n = 0; n < images; n++) {
        curvature_of_floats(options, classes, logits + n * classes, scale, curvature + n * classes);
    }
}
