/* Sums over the whole network. */
#include "objective.h"

#include "sums_kernels.h"

const skel_prune_sums *skel_prune_sums_of(skel_isa isa)
{
    static const skel_prune_sums *const tables[SKEL_ISAS] = SKEL_ISA_TABLES(skel_prune_sums);

    return tables[isa];
}

double skel_objective(const skel_mask *mask, const float parameters[], const float gradient[])
{
    const skel_prune_sums *sums = skel_prune_sums_of(skel_isa_best());
    double sum = 0;

    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        sum += sums->products(mask->segment[s].count, mask->keep + offset, parameters + offset,
                              gradient + offset);
    }
    return sum;
}
