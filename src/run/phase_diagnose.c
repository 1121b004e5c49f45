/* The diagnosis of a run's final mask. */
#include "phases.h"

/* The images are those of the first iteration. Their order is the seed's also where the method's
 * are balanced by class, as GraSP's are by default: it is the same for every method, so that all
 * objectives are on one scale. */
skel_status skel_phase_diagnose(const skel_inputs *in, const skel_mask *mask, skel_scratch *scratch,
                                skel_diagnosis *out)
{
    skel_worker_options options = skel_settings_gradient_worker(in->job, &in->settings);
    skel_sampling sampling = in->settings.sampling == SKEL_SAMPLING_BALANCED
                                 ? SKEL_SAMPLING_SHUFFLED
                                 : in->settings.sampling;
    skel_progress progress;
    skel_batches batches;
    const skel_diagnosis_request request = {.comm = in->comm,
                                            .network = in->network,
                                            .mask = mask,
                                            .parameters = in->initial,
                                            .worker = &options,
                                            .batches = &batches,
                                            .gradient = scratch->gradient};
    skel_status status = SKEL_OK;

    skel_inputs_progress(in, "diagnose", in->settings.prune_batches * in->settings.prune_batch_size,
                         &progress);
    SKEL_TRY(skel_inputs_batches(in, sampling, 1, scratch->order, &progress, &batches));
    SKEL_TRY(skel_diagnosis_make(&request, out));
done:
    (void)skel_progress_finish(&progress);
    return status != SKEL_OK ? skel_error_prefix("diagnosis of the final mask") : SKEL_OK;
}
