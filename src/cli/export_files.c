/* Networks of finished runs as ONNX models and NumPy's arrays, for skel export. */
#include "export_files.h"

#include "skel/memory.h"
#include "skel/npz.h"
#include "skel/onnx.h"
#include "skel/output.h"
#include "skel/overwrite.h"
#include "skel/text.h"
#include "skel/trained.h"

#include <stdio.h>
#include <sys/stat.h>

static void print_file(const char *path, const char *what)
{
    char size[SKEL_TEXT_BYTES] = "";
    struct stat facts;

    if (stat(path, &facts) == 0) {
        skel_text_bytes((double)facts.st_size, size);
    }
    (void)printf("%s: %s, %s\n", path, what, size);
}

static skel_status write_onnx(const skel_trained *trained, const char *path, bool sparse)
{
    const skel_onnx_values values = {.parameters = trained->parameters,
                                     .buffers = trained->buffers,
                                     .keep = trained->keep,
                                     .sparse = sparse};
    skel_output *output = NULL;
    size_t bytes = 0;
    uint8_t *model = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_pack(trained->network, &values, &bytes, &model));
    SKEL_TRY(skel_output_open(path, &output));
    skel_output_write(output, bytes, model);
    SKEL_TRY(skel_output_publish(&output));
    print_file(path, sparse ? "ONNX model, sparse initializers" : "ONNX model");
done:
    skel_output_discard(&output);
    SKEL_FREE(&model);
    return status;
}

/* What the input is, for whoever feeds the exported network. */
static void print_input(const skel_trained *trained)
{
    const skel_dataset_info *data = &trained->settings.data;
    const skel_tensor *image = &trained->network->tensor[0];

    (void)printf("network: %s, kept %zu of %zu weights\n", trained->network->name, trained->kept,
                 trained->network->prunable_count);
    (void)printf("input: %zux%zux%zu, pixels of 0 to 1 minus the mean, divided by the deviation:",
                 image->channels, image->height, image->width);
    for (size_t c = 0; c < image->channels; c++) {
        (void)printf(" %.6g/%.6g", (double)data->mean[c], (double)data->deviation[c]);
    }
    (void)printf("\n");
}

skel_status skel_export_files(const char *run, const char *onnx, bool sparse, const char *numpy)
{
    skel_trained *trained = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(onnx != NULL ? skel_output_look(onnx) : SKEL_OK);
    SKEL_TRY(numpy != NULL ? skel_output_look(numpy) : SKEL_OK);
    SKEL_TRY(skel_overwrite_check(onnx, SKEL_OVERWRITE_NONE, 1, &run));
    SKEL_TRY(skel_overwrite_check(numpy, SKEL_OVERWRITE_NONE, 1, &run));
    SKEL_TRY(skel_trained_open(run, &trained));
    print_input(trained);
    if (onnx != NULL) {
        SKEL_TRY(write_onnx(trained, onnx, sparse));
    }
    if (numpy != NULL) {
        SKEL_TRY(skel_npz_write(numpy, trained->network, trained->parameters, trained->buffers,
                                trained->keep));
        print_file(numpy, "NumPy's arrays");
    }
done:
    skel_trained_close(&trained);
    return status;
}
