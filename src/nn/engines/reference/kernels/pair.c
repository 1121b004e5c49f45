/* Operations on two tensors, but for addition: product and concatenation. */
#include "kernels.h"

#include <string.h>

static size_t elements(const skel_reference_factors *s)
{
    return s->images * s->shape.channels * s->shape.height * s->shape.width;
}

/* Elements of the product for each element of the second factor. */
static size_t pixels_of_one(const skel_reference_factors *s)
{
    return s->is_one_pixel ? s->shape.height * s->shape.width : 1;
}

void skel_reference_mul_forward(const skel_reference_factors *s, const double a[], const double b[],
                                double y[])
{
    for (size_t i = 0; i < elements(s); i++) {
        y[i] = a[i] * b[i / pixels_of_one(s)];
    }
}

void skel_reference_mul_backward_first(const skel_reference_factors *s, const double b[],
                                       const double dy[], double da[])
{
    for (size_t i = 0; i < elements(s); i++) {
        da[i] += dy[i] * b[i / pixels_of_one(s)];
    }
}

void skel_reference_mul_backward_second(const skel_reference_factors *s, const double a[],
                                        const double dy[], double db[])
{
    for (size_t i = 0; i < elements(s); i++) {
        db[i / pixels_of_one(s)] += dy[i] * a[i];
    }
}

void skel_reference_concat_forward(size_t images, size_t a_count, size_t b_count, const double a[],
                                   const double b[], double y[])
{
    for (size_t n = 0; n < images; n++) {
        double *to = y + n * (a_count + b_count);

        memcpy(to, a + n * a_count, a_count * sizeof *to);
        memcpy(to + a_count, b + n * b_count, b_count * sizeof *to);
    }
}

void skel_reference_concat_backward(size_t images, size_t first, size_t count, size_t total,
                                    const double dy[], double dx[])
{
    for (size_t n = 0; n < images; n++) {
        for (size_t i = 0; i < count; i++) {
            dx[n * count + i] += dy[n * total + first + i];
        }
    }
}
