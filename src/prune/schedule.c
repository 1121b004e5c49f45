/* The number of kept weights after each iteration. */
#include "skel/schedule.h"

#include "skel/text.h"

#include <math.h>

/* Densities are decimal fractions: without this, removing 90 % of 1000 weights would leave 99. */
static const double nudge = 1e-6;

size_t skel_schedule_kept(skel_schedule schedule, size_t prunable, double density, size_t iteration,
                          size_t iterations)
{
    double weights = (double)prunable;
    double progress = (double)iteration / (double)iterations;
    double kept = weights * density;

    SKEL_ASSERT(density > 0 && density <= 1 && iteration >= 1 && iteration <= iterations);
    if (iteration < iterations && schedule == SKEL_SCHEDULE_EXPONENTIAL) {
        kept = weights * exp(progress * log(density));
    } else if (iteration < iterations) {
        kept = weights * (1 - progress * (1 - density));
    }
    kept = floor(kept + nudge);
    return kept < 1 ? 1 : (size_t)kept;
}

skel_status skel_schedule_check(size_t prunable, double density)
{
    char sparsity[SKEL_TEXT_REAL];

    if (floor((double)prunable * density + nudge) < 1) {
        skel_text_real(1 - density, sparsity);
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "sparsity %s leaves less than one of %zu weights: at most %.15g is "
                         "possible",
                         sparsity, prunable, 1 - 1 / (double)prunable);
    }
    return SKEL_OK;
}
