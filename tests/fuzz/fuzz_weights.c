/* Weight files of any origin: names, shapes, types, values, masks. */
#include "target.h"

#include "nn/model/builder.h"

#include "skel/memory.h"
#include "skel/weight_file.h"

#include <stdlib.h>

/* The network of the seeds. */
static skel_network *make_network(void)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;

    skel_builder_start(&builder, "seeds", 1, (skel_tensor){1, 4, 4}, 2);
    x = skel_builder_conv(&builder, x, "conv1", 1, 3, 1, 0, false);
    x = skel_builder_norm(&builder, x, "bn1");
    x = skel_builder_relu(&builder, x);
    (void)skel_builder_linear(&builder, x, "fc", 2, true);
    if (skel_builder_finish(&builder, &network) != SKEL_OK) {
        abort();
    }
    return network;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static skel_network *network;
    static float *parameters;
    static float *buffers;
    static uint8_t *mask;
    char sum[SKEL_CHECKSUM_TEXT];
    const char *path = skel_fuzz_file(size, data);
    bool has_mask = false;
    size_t blocks = 0;

    if (network == NULL) {
        network = make_network();
        if (SKEL_ALLOC(network->parameter_count, sizeof *parameters, &parameters) != SKEL_OK ||
            SKEL_ALLOC(network->buffer_count, sizeof *buffers, &buffers) != SKEL_OK ||
            SKEL_ALLOC(network->parameter_count, 1, &mask) != SKEL_OK) {
            abort();
        }
    }
    (void)skel_fuzz_comm(); /* its memory stays */
    blocks = skel_memory_blocks();
    skel_fuzz_expect(skel_weight_file_checksum(path, sum));
    skel_fuzz_expect(skel_weight_file_read(skel_fuzz_comm(), path, network, parameters, buffers,
                                           mask, &has_mask));
    skel_fuzz_expect_blocks(blocks);
    return 0;
}
