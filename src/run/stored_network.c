/* Networks that run files describe. */
#include "skel/stored_network.h"

#include "skel/memory.h"
#include "skel/onnx.h"
#include "skel/run_file.h"

skel_status skel_stored_network(skel_reader *reader, const skel_job *job,
                                const skel_settings *settings, skel_network **out)
{
    size_t bytes = 0;
    uint8_t *model = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_reader_bytes(reader, SKEL_RUN_FILE_NETWORK, &bytes, &model));
    SKEL_TRY(skel_onnx_parse(skel_reader_path(reader), job->model.name, bytes, model, out));
    SKEL_TRY(skel_settings_fit(job, settings, *out));
done:
    SKEL_FREE(&model);
    if (status != SKEL_OK) {
        skel_network_destroy(out);
    }
    return status;
}
