/* Energies: whether those of removed units had vanished. */
#include "energies.h"

#include "skel/log.h"
#include "skel/traits.h"

#include <stdio.h>

void skel_energies_warn(const skel_job *job, const skel_settings *settings, size_t iteration,
                        const skel_prune_report *report)
{
    static const double vanished = 0.01; /* of the mean; ours */
    char reason[128] = "prune.check: invert removes the largest energies";

    if (!skel_method_has_energy(settings->method) ||
        !(report->best_pruned > vanished * report->mean_score)) { /* NaN: no unit went */
        return;
    }
    if (settings->sanity != SKEL_SANITY_INVERT) {
        (void)snprintf(reason, sizeof reason,
                       "a larger prune.strength (%g) or more epochs lower it, a smaller "
                       "prune.sparsity (%g) removes fewer units",
                       job->prune.strength, job->prune.sparsity);
    }
    SKEL_WARN("iteration %zu of %zu: units go whose energy has not vanished: up to %.2g, the "
              "mean of all being %.2g; %s",
              iteration, settings->iterations, report->best_pruned, report->mean_score, reason);
}
