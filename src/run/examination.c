/* Examines the mask of a run: prepares the run once more, with mask and weights of its file. */
#include "skel/examination.h"

#include "phases.h"

#include "skel/weight_file.h"

static skel_status load(skel_prepared *run, bool trained)
{
    const skel_inputs *in = &run->inputs;
    skel_mask *mask = run->state.mask;
    bool has_mask = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_weight_file_read_group(
        in->comm, in->assignment->path, trained ? "/weights" : "/initial", in->network, in->initial,
        run->state.weights.buffers, mask->keep, &has_mask));
    skel_mask_recount(mask);
done:
    return status;
}

static void describe(const skel_mask *mask, const skel_diagnosis *diagnosis, skel_examination *out)
{
    *out = (skel_examination){
        .prunable = mask->prunable,
        .kept = mask->kept,
        .effective = diagnosis->effective,
        .collapsed = diagnosis->paths.collapsed,
        .result = diagnosis->result,
        .figures = diagnosis->figures,
    };
}

skel_status skel_examination_make(const skel_assignment *assignment,
                                  const skel_examination_options *options, skel_examination *out)
{
    skel_prepared run = {0};
    skel_diagnosis diagnosis = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_phase_prepare(assignment, &run));
    SKEL_TRY(load(&run, options->trained));
    SKEL_TRY(skel_phase_diagnose(&run.inputs, run.state.mask, &run.scratch, &diagnosis));
    describe(run.state.mask, &diagnosis, out);
    if (options->method != NULL) {
        status =
            skel_foresight_scores(options->method, run.state.mask, run.inputs.initial,
                                  run.scratch.gradient, options->seed, &out->scores, &out->best);
    }
    SKEL_TRY(skel_comm_agree(assignment->comm, status));
done:
    skel_diagnosis_clear(&diagnosis);
    skel_phase_release(&run);
    return status;
}
