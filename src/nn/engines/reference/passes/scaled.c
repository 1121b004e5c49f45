/* Tensors with exponents: each operation chooses the exponent of its result. */
#include "scaled.h"

#include "../../../engine/flow.h"
#include "../kernels/kernels.h"

#include <math.h>

int skel_reference_scaled_larger(int a, int b)
{
    return a > b ? a : b;
}

int skel_reference_scaled_sum(int a, int b)
{
    int sum = a + b; /* of two that are far from INT_MIN and INT_MAX */

    sum = sum < SKEL_FLOW_NOTHING ? SKEL_FLOW_NOTHING : sum;
    return sum > -SKEL_FLOW_NOTHING ? -SKEL_FLOW_NOTHING : sum;
}

void skel_reference_scaled_express(skel_reference_scaled t, int exponent)
{
    for (size_t i = 0; exponent != *t.exponent && i < t.count; i++) {
        t.value[i] = ldexp(t.value[i], *t.exponent - exponent);
    }
    *t.exponent = exponent;
}

void skel_reference_scaled_normalise(skel_reference_scaled t)
{
    double largest = 0;
    int by = 0;

    for (size_t i = 0; i < t.count; i++) {
        largest = fmax(largest, fabs(t.value[i]));
    }
    (void)frexp(largest, &by);
    if (largest > 0) {
        skel_reference_scaled_express(t, *t.exponent + by);
    } else {
        *t.exponent = SKEL_FLOW_NOTHING;
    }
}

void skel_reference_scaled_meet(skel_reference_scaled a, skel_reference_scaled b)
{
    int exponent = skel_reference_scaled_larger(*a.exponent, *b.exponent);

    skel_reference_scaled_express(a, exponent);
    skel_reference_scaled_express(b, exponent);
}

void skel_reference_scaled_affine(skel_tensor shape, const double slope[], const double shift[],
                                  int exponent, const double x[], skel_reference_scaled y)
{
    size_t plane = shape.height * shape.width;
    bool shifts = false;

    for (size_t c = 0; shift != NULL && c < shape.channels; c++) {
        shifts = shifts || shift[c] != 0;
    }
    *y.exponent = shifts ? skel_reference_scaled_larger(exponent, 0) : exponent;
    for (size_t i = 0; i < y.count; i++) {
        double passed = slope != NULL ? slope[i / plane] * x[i] : x[i];

        y.value[i] = ldexp(passed, exponent - *y.exponent);
        y.value[i] += shifts ? ldexp(shift[i / plane], -*y.exponent) : 0;
    }
}

void skel_reference_scaled_bound(double low, skel_reference_scaled x, skel_reference_scaled y)
{
    bool raises = isfinite(low) && low != 0;
    int exponent = *x.exponent;

    *y.exponent = raises ? skel_reference_scaled_larger(exponent, 0) : exponent;
    for (size_t i = 0; i < y.count; i++) {
        double bound = ldexp(low, -*y.exponent);

        y.value[i] = ldexp(x.value[i], exponent - *y.exponent);
        y.value[i] = y.value[i] < bound ? bound : y.value[i];
    }
}

static const skel_reference_activation sigmoid = {.kind = SKEL_OP_SIGMOID};

void skel_reference_scaled_sigmoid(skel_reference_scaled x, skel_reference_scaled y)
{
    *y.exponent = 0;
    for (size_t i = 0; i < y.count; i++) {
        double value = ldexp(x.value[i], *x.exponent);

        skel_reference_activation_forward(&sigmoid, 1, &value, &y.value[i]);
    }
}

void skel_reference_scaled_sigmoid_backward(skel_reference_scaled x, skel_reference_scaled dy,
                                            skel_reference_scaled dx)
{
    for (size_t i = 0; i < dx.count; i++) {
        double value = ldexp(x.value[i], *x.exponent);

        skel_reference_activation_backward(&sigmoid, 1, &value, &dy.value[i], &dx.value[i]);
    }
}

void skel_reference_scaled_add(skel_reference_scaled a, skel_reference_scaled b,
                               skel_reference_scaled y)
{
    *y.exponent = skel_reference_scaled_larger(*a.exponent, *b.exponent);
    for (size_t i = 0; i < y.count; i++) {
        y.value[i] = ldexp(a.value[i], *a.exponent - *y.exponent) +
                     ldexp(b.value[i], *b.exponent - *y.exponent);
    }
}

void skel_reference_scaled_mul(skel_reference_scaled a, skel_reference_scaled b,
                               skel_reference_scaled y)
{
    *y.exponent = skel_reference_scaled_sum(*a.exponent, *b.exponent);
    for (size_t i = 0; i < y.count; i++) {
        y.value[i] = a.value[i] * b.value[i / (a.count / b.count)];
    }
}

void skel_reference_scaled_mul_backward(skel_reference_scaled factor, skel_reference_scaled dy,
                                        skel_reference_scaled dx)
{
    int exponent = skel_reference_scaled_sum(*factor.exponent, *dy.exponent);

    skel_reference_scaled_express(dx, skel_reference_scaled_larger(exponent, *dx.exponent));
    for (size_t i = 0; i < dy.count; i++) {
        double product = dy.value[i] * factor.value[i / (dy.count / factor.count)];

        dx.value[i / (dy.count / dx.count)] += ldexp(product, exponent - *dx.exponent);
    }
}

void skel_reference_scaled_concat(skel_reference_scaled a, skel_reference_scaled b,
                                  skel_reference_scaled y)
{
    *y.exponent = skel_reference_scaled_larger(*a.exponent, *b.exponent);
    for (size_t i = 0; i < y.count; i++) {
        y.value[i] = i < a.count ? ldexp(a.value[i], *a.exponent - *y.exponent)
                                 : ldexp(b.value[i - a.count], *b.exponent - *y.exponent);
    }
}
