/* The processor's arithmetic peak: the best of some rounds. */
#include "peak.h"

#include "skel/progress.h"

#include <stddef.h>

double skel_peak_measure(void)
{
    static const skel_peak_kernels *const tables[SKEL_ISAS] = SKEL_ISA_TABLES(skel_peak_kernels);
    enum { ROUNDS = 4 };
    const skel_peak_kernels *kernels = tables[skel_isa_best()];
    volatile float factor = 0.5F;
    volatile float result = 0;
    double best = 0;

    for (size_t i = 0; i < ROUNDS; i++) {
        double started = skel_seconds();
        double rate = 0;

        result = kernels->multiply_add(factor);
        rate = kernels->operations / (skel_seconds() - started);
        best = rate > best ? rate : best;
    }
    (void)result;
    return best;
}
