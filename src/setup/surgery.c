/* The arithmetic of Optimal Brain Surgeon. */
#include "surgery.h"

/* N^2 for each weight in the Gram matrix of the gradients and in the solution, and again in the
 * Gram matrix of the weights that stay. */
double skel_surgery_flop(const skel_job *job, const skel_settings *settings,
                         const skel_network *network)
{
    double samples = (double)job->prune.fisher_samples;
    double weights = 0;
    size_t kept = network->prunable_count;

    for (size_t t = 1; skel_method_operates(settings->method) && t <= settings->iterations; t++) {
        weights += 2 * (double)kept;
        kept = skel_schedule_kept(settings->schedule, network->prunable_count,
                                  1 - job->prune.sparsity, t, settings->iterations);
        weights += (double)kept;
    }
    return samples * samples * weights;
}
