/* ONNX models of any origin: messages, names, shapes, operators, values. */
#include "target.h"

#include "skel/memory.h"
#include "skel/onnx.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    skel_onnx_model model = {0};
    skel_network *network = NULL;
    char sum[SKEL_CHECKSUM_TEXT];
    const char *path = skel_fuzz_file(size, data);

    skel_fuzz_expect(skel_onnx_checksum(path, sum));
    skel_fuzz_expect(skel_onnx_read(path, true, &model));
    if (model.network != NULL) { /* what is read can be described, and read again */
        size_t bytes = 0;
        uint8_t *description = NULL;

        if (skel_onnx_pack(model.network, NULL, &bytes, &description) != SKEL_OK ||
            skel_onnx_parse("description", model.network->name, bytes, description, &network) !=
                SKEL_OK ||
            network->parameter_count != model.network->parameter_count) {
            abort();
        }
        SKEL_FREE(&description);
        skel_network_destroy(&network);
    }
    skel_onnx_free(&model);
    skel_fuzz_expect(skel_onnx_parse("description", "description", size, data, &network));
    skel_network_destroy(&network);
    return 0;
}
