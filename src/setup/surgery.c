/* The arithmetic of Optimal Brain Surgeon, and its memory. */
#include "surgery.h"

#include "skel/layer_surgeon.h"
#include "skel/surgeon.h"
#include "skel/traits.h"

skel_status skel_surgery_bytes(const skel_job *job, const skel_settings *settings,
                               const skel_network *network, int ranks, size_t *bytes)
{
    if (settings->method->signal == SKEL_SIGNAL_ELIMINATION) {
        return skel_layer_surgeon_bytes(network, bytes);
    }
    return skel_surgeon_bytes(network, job->compute.engine, (int)job->compute.threads,
                              job->prune.fisher_samples, network->prunable_count, ranks, bytes);
}

/* By layers: each row of n inputs is n^3 / 3 multiply-adds of removals in the first iteration, and
 * as much again to solve for the update; the share of weights that is left counts by its cube. */
static double elimination_flop(const skel_network *network, double share)
{
    double flop = 0;

    for (size_t p = skel_network_prunable(network, 0); p < network->parameters;
         p = skel_network_prunable(network, p + 1)) {
        double rows = (double)network->parameter[p].shape[0];
        double order = (double)network->parameter[p].count / rows * share;

        flop += 4.0 / 3 * rows * order * order * order;
    }
    return flop;
}

/* Weights that are kept after iteration t; all before the first one. */
static size_t kept_after(const skel_job *job, const skel_settings *settings,
                         const skel_network *network, size_t t)
{
    return t == 0 ? network->prunable_count
                  : skel_schedule_kept(settings->schedule, network->prunable_count,
                                       1 - job->prune.sparsity, t, settings->iterations);
}

double skel_surgery_flop(const skel_job *job, const skel_settings *settings,
                         const skel_network *network, size_t done)
{
    double samples = (double)job->prune.fisher_samples;
    double flop = 0;

    for (size_t t = done + 1; skel_method_operates(settings->method) && t <= settings->iterations;
         t++) {
        size_t before = kept_after(job, settings, network, t - 1);
        size_t kept = kept_after(job, settings, network, t);

        if (settings->method->signal == SKEL_SIGNAL_ELIMINATION) {
            flop += elimination_flop(network, (double)before / (double)network->prunable_count);
        } else {
            /* N^2 for each weight in the Gram matrix of the gradients and in the solution, and
             * again in the Gram matrix of the weights that stay */
            flop += samples * samples * (2 * (double)before + (double)kept);
        }
    }
    return flop;
}
