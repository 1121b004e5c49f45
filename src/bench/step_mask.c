/* Masks for benchmarks of training steps. */
#include "step_mask.h"

#include "skel/memory.h"
#include "skel/random.h"
#include "skel/reader.h"

#include <stdio.h>
#include <string.h>

static const double default_density = 0.01;

enum { BLOCK = 8 }; /* output channels of a block */

/* Output channels that a unit of a drawn mask covers; 0: the mask is a file's. */
static size_t channels_of(const char *source)
{
    return strcmp(source, "uniform") == 0 ? 1 : strcmp(source, "blocks") == 0 ? BLOCK : 0;
}

/* Keeps or prunes the weights of some neighbouring output channels at one place. */
static void set_unit(const skel_parameter *parameter, size_t unit, size_t channels, uint8_t keep,
                     uint8_t mask[])
{
    size_t row = parameter->count / parameter->shape[0];
    size_t first = unit / row * channels;

    for (size_t c = first; c < first + channels && c < parameter->shape[0]; c++) {
        mask[parameter->offset + c * row + unit % row] = keep;
    }
}

/* Keeps exactly the share of the units of one tensor: each with the chance that makes the count
 * right. */
static void draw_tensor(const skel_parameter *parameter, size_t channels, double density,
                        uint32_t number, uint8_t mask[])
{
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 5, number);
    size_t row = parameter->count / parameter->shape[0];
    size_t units = (parameter->shape[0] + channels - 1) / channels * row;
    size_t wanted = (size_t)(density * (double)units + 0.5);

    for (size_t i = 0; i < units; i++) {
        double chance = (double)wanted / (double)(units - i);
        uint8_t keep = skel_stream_uniform(&stream) < chance;

        set_unit(parameter, i, channels, keep, mask);
        wanted -= keep;
    }
}

static skel_status read_tensor(skel_reader *reader, const skel_parameter *parameter, uint8_t mask[])
{
    char path[SKEL_NAME + 16];
    uint8_t *keep = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "/masks/%s", parameter->name);
    SKEL_TRY(skel_reader_bytes(reader, path, &count, &keep));
    if (count != parameter->count) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s has %zu elements, the network's %s %zu",
                           skel_reader_path(reader), path, count, parameter->name,
                           parameter->count));
    }
    for (size_t i = 0; i < count; i++) {
        mask[parameter->offset + i] = keep[i] != 0;
    }
done:
    SKEL_FREE(&keep);
    return status;
}

static skel_status read_mask(const skel_network *network, const char *path, uint8_t mask[])
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    for (size_t i = 0; i < network->parameters; i++) {
        if (network->parameter[i].prunable) {
            SKEL_TRY(read_tensor(reader, &network->parameter[i], mask));
        }
    }
done:
    skel_reader_close(&reader);
    return status;
}

static skel_status shape_of(skel_reader *reader, const skel_parameter *parameter, size_t shape[4])
{
    char path[SKEL_NAME + 16];
    size_t dims = 0;

    (void)snprintf(path, sizeof path, "/masks/%s", parameter->name);
    return skel_reader_shape(reader, path, &dims, shape);
}

skel_status skel_step_mask_fit(const skel_network *network, const char *source, size_t *channels,
                               size_t *classes)
{
    size_t first = skel_network_prunable(network, 0);
    size_t last = network->op[network->ops - 1].weight;
    skel_reader *reader = NULL;
    size_t shape[4] = {0};
    skel_status status = SKEL_OK;

    if (channels_of(source) > 0) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_open(source, &reader));
    SKEL_TRY(shape_of(reader, &network->parameter[last], shape));
    *classes = shape[0];
    SKEL_TRY(shape_of(reader, &network->parameter[first], shape));
    if (network->parameter[first].dims == 4) { /* OIHW; a linear layer's OI has all pixels in I */
        *channels = shape[1];
    }
done:
    skel_reader_close(&reader);
    return status;
}

skel_status skel_step_mask_create(const skel_network *network, const char *source, double density,
                                  uint8_t **mask, size_t *kept)
{
    size_t channels = channels_of(source);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(network->parameter_count, 1, mask));
    memset(*mask, 1, network->parameter_count);
    for (size_t i = 0; channels > 0 && i < network->parameters; i++) {
        if (network->parameter[i].prunable) {
            draw_tensor(&network->parameter[i], channels, density > 0 ? density : default_density,
                        (uint32_t)i, *mask);
        }
    }
    if (channels == 0) {
        SKEL_TRY(read_mask(network, source, *mask));
    }
    *kept = 0;
    for (size_t i = 0; i < network->parameter_count; i++) {
        *kept += (*mask)[i];
    }
    *kept -= network->parameter_count - network->prunable_count;
    if (channels == 0 && density > 0 && (double)*kept > density * (double)network->prunable_count) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_USAGE,
                           "skel bench: %s keeps %zu of %zu weights, more than --density %g",
                           source, *kept, network->prunable_count, density));
    }
done:
    return status;
}
