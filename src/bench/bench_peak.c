/* The processor's arithmetic peak. This file is compiled with fused multiply-adds. */
#include "bench_peak.h"

#include "skel/progress.h"

#include <stddef.h>

#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif

enum {
    SUMS = 12, /* independent: two units of 4 to 5 cycles need 8 to 10; 16 registers hold them */
    STEPS = 1 << 20,
    ROUNDS = 4,
};

typedef float vector __attribute__((vector_size(4 * LANES)));

/* The compiler cannot know what the sums are, so that it keeps every multiply-add. */
static float multiply_add(float factor)
{
    vector sum[SUMS];
    vector all = {0};

    for (size_t j = 0; j < SUMS; j++) {
        sum[j] = all + (float)j;
    }
    for (size_t i = 0; i < STEPS; i++) {
        for (size_t j = 0; j < SUMS; j++) {
            sum[j] = sum[j] * factor + factor;
        }
    }
    for (size_t j = 0; j < SUMS; j++) {
        all += sum[j];
    }
    return all[0];
}

double skel_peak_measure(void)
{
    const double operations = 2.0 * SUMS * LANES * STEPS;
    volatile float factor = 0.5F;
    volatile float result = 0;
    double best = 0;

    for (size_t i = 0; i < ROUNDS; i++) {
        double started = skel_seconds();
        double rate = 0;

        result = multiply_add(factor);
        rate = operations / (skel_seconds() - started);
        best = rate > best ? rate : best;
    }
    (void)result;
    return best;
}
