/* Figures of a mask, from the gradient at the pruned network. */
#include "skel/foresight.h"

#include "objective.h"
#include "scores.h"
#include "skel/memory.h"
#include "skel/topk.h"
#include "skel/traits.h"
#include "sums_kernels.h"

#include <math.h>

skel_foresight skel_foresight_of(const skel_mask *mask, const float parameters[],
                                 const float gradient[])
{
    const skel_prune_sums *sums = skel_prune_sums_of(skel_isa_best());
    skel_prune_squares whole = {0};

    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;
        skel_prune_squares sum =
            sums->squares(mask->segment[s].count, mask->keep + offset, gradient + offset);

        whole.kept += sum.kept;
        whole.all += sum.all;
    }
    return (skel_foresight){
        .objective = skel_objective(mask, parameters, gradient),
        .gradient_norm = sqrt(whole.kept),
        .gradient_norm_all = sqrt(whole.all),
    };
}

static double sum_scores(const skel_mask *mask, const uint8_t keep[], const float scores[])
{
    double sum = 0;

    for (size_t s = 0; s < mask->segments; s++) {
        for (size_t i = 0; i < mask->segment[s].count; i++) {
            size_t at = mask->segment[s].offset + i;

            sum += keep[at] != 0 ? (double)scores[at] : 0.0;
        }
    }
    return sum;
}

skel_status skel_foresight_scores(const skel_method *method, const skel_mask *mask,
                                  const float parameters[], const float gradient[], uint64_t seed,
                                  double *sum, double *best)
{
    float *scores = NULL;
    uint8_t *keep = NULL;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(skel_method_prunes(method) &&
                (method->signal == SKEL_SIGNAL_NONE || method->signal == SKEL_SIGNAL_GRADIENT));
    *sum = 0;
    *best = 0;
    if (mask->kept == 0) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC_RAW(mask->count, sizeof *scores, &scores));
    SKEL_TRY(SKEL_ALLOC_RAW(mask->count, 1, &keep));
    skel_scores_compute(method, mask, parameters, gradient, seed, scores);
    SKEL_TRY(skel_topk(mask->kept, mask->segments, mask->segment, scores, keep, NULL));
    *sum = sum_scores(mask, mask->keep, scores);
    *best = sum_scores(mask, keep, scores);
done:
    SKEL_FREE(&keep);
    SKEL_FREE(&scores);
    return status;
}
