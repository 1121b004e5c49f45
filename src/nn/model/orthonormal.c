/* The Gram-Schmidt process, in double.
 *
 * Each vector is made orthogonal to those before it, and once more if that removed most of it: then
 * the rounding errors of the removed part are large beside the rest. Twice is enough (the criterion
 * is that of Daniel, Gragg, Kaufman and Stewart 1976). */
#include "skel/orthonormal.h"

#include <math.h>

enum { LANES = 16 };

/* Partial sums in a fixed order: the compiler can vectorise the loop, and the bits stay the same.
 */
static double dot(size_t length, const double a[], const double b[])
{
    double lane[LANES] = {0};
    double sum = 0;
    size_t i = 0;

    for (; i + LANES <= length; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            lane[j] += a[i + j] * b[i + j];
        }
    }
    for (; i < length; i++) {
        sum += a[i] * b[i];
    }
    for (size_t j = 0; j < LANES; j++) {
        sum += lane[j];
    }
    return sum;
}

static void remove_component(size_t length, const double direction[], double vector[])
{
    double component = dot(length, direction, vector);

    for (size_t i = 0; i < length; i++) {
        vector[i] -= component * direction[i];
    }
}

/* Makes a vector orthogonal to `count` orthonormal ones; returns its norm afterwards. */
static double project_out(size_t count, size_t length, const double directions[], double vector[])
{
    for (size_t i = 0; i < count; i++) {
        remove_component(length, directions + i * length, vector);
    }
    return sqrt(dot(length, vector, vector));
}

void skel_orthonormal_here(size_t count, size_t length, double vectors[])
{
    static const double most = 0.7; /* about sqrt 1/2 */

    for (size_t i = 0; i < count; i++) {
        double *vector = vectors + i * length;
        double before = sqrt(dot(length, vector, vector));
        double norm = project_out(i, length, vectors, vector);

        if (norm < most * before) {
            norm = project_out(i, length, vectors, vector);
        }
        for (size_t k = 0; k < length; k++) {
            vector[k] /= norm;
        }
    }
}
