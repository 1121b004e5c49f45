/* The arithmetic of a run: images of its legs and signals, and linear algebra. */
#include "skel/effort.h"

#include "cost_signal.h"
#include "skel/leg.h"
#include "surgery.h"

skel_status skel_effort_of(skel_networks *networks, const skel_job *job, skel_effort *out)
{
    skel_settings settings;
    const skel_network *network = NULL;
    double gradient = 0; /* multiply-adds of one image's */
    size_t train = 0;
    size_t last = 0;
    skel_status status = SKEL_OK;

    *out = (skel_effort){0};
    SKEL_TRY(skel_settings_resolve(job, &settings));
    SKEL_TRY(skel_networks_of(networks, job, &settings, &network));
    gradient = 3 * skel_network_macs(network);
    train = settings.train_samples - settings.validation_samples;
    last = skel_leg_count(&settings) - 1;
    for (size_t number = 0; number <= last; number++) {
        skel_leg leg = skel_leg_after(job, &settings, number);
        double *part = number < last ? &out->mask : &out->training;

        *part += gradient * skel_leg_images(job, &leg, train);
    }
    out->mask += gradient * skel_cost_signal_images(job, &settings, settings.iterations) +
                 skel_surgery_flop(job, &settings, network, 0) / 2;
done:
    return status;
}
