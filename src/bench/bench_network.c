/* Networks with drawn weights, and images for them. */
#include "bench_network.h"

#include "skel/divided.h"
#include "skel/memory.h"
#include "skel/random.h"

#include <string.h>

skel_status skel_bench_network_create(const char *model, size_t width, size_t groups,
                                      skel_bench_network *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(
        skel_model_create(model, width, skel_model_image(model), BENCH_CLASSES, &out->network));
    if (groups > 1) {
        skel_network *whole = out->network;

        out->network = NULL;
        status = skel_divided_create(whole, groups, &out->network);
        skel_network_destroy(&whole);
        SKEL_TRY(status);
    }
    SKEL_TRY(skel_bench_network_draw(out));
done:
    return status;
}

skel_status skel_bench_network_draw(skel_bench_network *out)
{
    const skel_network *network = out->network;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(network->parameter_count, sizeof(float), &out->parameters));
    SKEL_TRY(SKEL_ALLOC_RAW(network->buffer_count, sizeof(float), &out->buffers));
    SKEL_TRY(skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, 0, NULL, out->parameters,
                                     out->buffers));
done:
    return status;
}

void skel_bench_network_destroy(skel_bench_network *network)
{
    skel_network_destroy(&network->network);
    SKEL_FREE(&network->parameters);
    SKEL_FREE(&network->buffers);
}

size_t skel_bench_image_floats(const skel_network *network)
{
    const skel_tensor *image = &network->tensor[0];

    return image->channels * image->height * image->width;
}

skel_status skel_bench_images_draw(const skel_network *network, size_t count, uint32_t stream,
                                   float **images, uint16_t **labels)
{
    size_t floats = count * skel_bench_image_floats(network);
    skel_stream random = skel_stream_open(0, SKEL_PURPOSE_BENCH, 2, stream);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(floats, sizeof(float), images));
    SKEL_TRY(SKEL_ALLOC_RAW(count, sizeof **labels, labels));
    for (size_t i = 0; i < floats; i++) {
        (*images)[i] = (float)skel_stream_normal(&random);
    }
    for (size_t i = 0; i < count; i++) {
        (*labels)[i] = (uint16_t)skel_stream_below(&random, (uint32_t)network->classes);
    }
done:
    return status;
}

skel_status skel_bench_mask_draw(const skel_network *network, uint32_t number, double density,
                                 uint8_t **mask)
{
    skel_stream random = skel_stream_open(0, SKEL_PURPOSE_BENCH, number, 0);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(network->parameter_count, 1, mask));
    memset(*mask, 1, network->parameter_count);
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t k = p->offset; p->prunable && k < p->offset + p->count; k++) {
            (*mask)[k] = skel_stream_uniform(&random) < density;
        }
    }
done:
    return status;
}
