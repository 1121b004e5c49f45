/* The network of a job: of the zoo, or of a file. */
#include "skel/settings.h"

#include "padding.h"

#include "skel/onnx.h"

#include <stdio.h>

skel_status skel_settings_fit(const skel_job *job, const skel_settings *settings,
                              const skel_network *network)
{
    const skel_tensor *image = &network->tensor[0];
    skel_view view;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_settings_view(job, &settings->data, settings->augment, &view));
    if (image->channels != settings->data.channels || image->height != view.side_h ||
        image->width != view.side_w) {
        SKEL_TRY(
            SKEL_FAIL(SKEL_ERR_CONFIG,
                      "%s takes images of %zu channel%s and %zux%zu pixels, those of %s have "
                      "%zu channel%s and %zux%zu pixels%s; export the network for an example "
                      "of this shape",
                      network->name, image->channels, image->channels == 1 ? "" : "s",
                      image->height, image->width, settings->data.name, settings->data.channels,
                      settings->data.channels == 1 ? "" : "s", view.side_h, view.side_w,
                      image->channels == settings->data.channels && image->height == image->width &&
                              image->height > view.side_h && image->width > view.side_w
                          ? " (data.pad-to makes them larger)"
                          : ""));
    }
    if (network->classes != settings->data.classes) {
        status = SKEL_FAIL(SKEL_ERR_CONFIG, "%s has %zu outputs, %s has %zu classes", network->name,
                           network->classes, settings->data.name, settings->data.classes);
    }
done:
    return status;
}

/* The network of the job's own file. */
static skel_status read_file(const skel_job *job, const skel_settings *settings, skel_network **out)
{
    skel_onnx_model model = {0};
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_onnx_read(job->model.file, false, &model));
    SKEL_TRY(skel_settings_fit(job, settings, model.network));
    *out = model.network;
    model.network = NULL;
done:
    skel_onnx_free(&model);
    return status;
}

skel_status skel_settings_build(const skel_job *job, const skel_settings *settings,
                                skel_network **out)
{
    skel_view view;
    skel_tensor input;
    size_t padding = 0;
    char hint[64] = "";
    skel_status status = SKEL_OK;

    *out = NULL;
    if (job->model.file[0] != '\0') {
        return read_file(job, settings, out);
    }
    SKEL_TRY(skel_settings_view(job, &settings->data, settings->augment, &view));
    input = (skel_tensor){settings->data.channels, view.side_h, view.side_w};
    status =
        skel_model_create(job->model.name, job->model.width, input, settings->data.classes, out);
    if (status == SKEL_ERR_CONFIG) {
        padding = skel_padding_needed(job, input, settings->data.classes);
    }
    if (padding > 0) {
        (void)snprintf(hint, sizeof hint, " (data.pad-to %zu makes them large enough)", padding);
    }
    if (status != SKEL_OK) {
        return skel_error_prefix("images of %s%s", settings->data.name, hint);
    }
done:
    return status;
}

skel_status skel_settings_network(const skel_job *job, const skel_settings *settings,
                                  skel_network **out)
{
    skel_status status = skel_settings_build(job, settings, out);

    if (status == SKEL_OK) {
        status = skel_settings_check(job, settings, *out);
    }
    if (status != SKEL_OK) {
        skel_network_destroy(out);
    }
    return status;
}
