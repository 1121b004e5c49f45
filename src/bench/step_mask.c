/* Masks for benchmarks of training steps. */
#include "step_mask.h"

#include "skel/memory.h"
#include "skel/random.h"
#include "skel/reader.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 8 /* output channels */ };

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

static skel_status open_file(const char *source, skel_reader **reader)
{
    static const char *const drawn[] = {"uniform", "blocks"};
    const char *nearest = skel_text_nearest(source, 2, drawn);

    if (nearest != NULL && access(source, F_OK) != 0) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel bench: --mask %s: no such file; did you mean %s?",
                         source, nearest);
    }
    return skel_reader_open(source, reader);
}

/* Refuses a file of another network, and names that if the file is a run's. */
static skel_status refuse(skel_reader *reader, const skel_network *network, const char *why)
{
    char model[SKEL_NAME];

    skel_reader_attribute(reader, "/summary", "model", sizeof model, model);
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "skel bench: %s has no masks of %s of width %zu: %s%s%s; --model and --width "
                     "name the network",
                     skel_reader_path(reader), network->name, network->width, why,
                     model[0] != '\0' ? "; it is a run of " : "", model);
}

/* Whether the file has a mask of a tensor, whose path it writes. */
static skel_status find_tensor(skel_reader *reader, const skel_network *network, size_t parameter,
                               char path[SKEL_READER_PATH])
{
    char why[SKEL_READER_PATH + 32];

    skel_reader_member("/masks", network->parameter[parameter].name, path);
    (void)snprintf(why, sizeof why, "there is no %s", path);
    return skel_reader_has(reader, path) ? SKEL_OK : refuse(reader, network, why);
}

static skel_status read_tensor(skel_reader *reader, const skel_network *network, size_t number,
                               uint8_t mask[])
{
    const skel_parameter *parameter = &network->parameter[number];
    char path[SKEL_READER_PATH];
    char why[SKEL_READER_PATH + 64];
    uint8_t *keep = NULL;
    size_t count = 0;
    size_t dims = 0;
    size_t shape[SKEL_MAX_DIMS] = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(find_tensor(reader, network, number, path));
    SKEL_TRY(skel_reader_bytes(reader, path, &count, &keep));
    SKEL_TRY(skel_reader_shape(reader, path, &dims, shape));
    if (count != parameter->count) {
        (void)snprintf(why, sizeof why, "%s has %zu elements, not %zu", path, count,
                       parameter->count);
        SKEL_TRY(refuse(reader, network, why));
    }
    if (dims != parameter->dims || memcmp(shape, parameter->shape, dims * sizeof *shape) != 0) {
        (void)snprintf(why, sizeof why, "%s has as many elements, but another shape", path);
        SKEL_TRY(refuse(reader, network, why));
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

    SKEL_TRY(open_file(path, &reader));
    for (size_t i = 0; i < network->parameters; i++) {
        if (network->parameter[i].prunable) {
            SKEL_TRY(read_tensor(reader, network, i, mask));
        }
    }
done:
    return skel_reader_close(&reader, status);
}

static skel_status shape_of(skel_reader *reader, const skel_network *network, size_t parameter,
                            size_t shape[4])
{
    char path[SKEL_READER_PATH];
    size_t dims = 0;
    skel_status status = find_tensor(reader, network, parameter, path);

    return status == SKEL_OK ? skel_reader_shape(reader, path, &dims, shape) : status;
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
    SKEL_TRY(open_file(source, &reader));
    SKEL_TRY(shape_of(reader, network, last, shape));
    *classes = shape[0];
    SKEL_TRY(shape_of(reader, network, first, shape));
    if (network->parameter[first].dims == 4) { /* OIHW; a linear layer's OI has all pixels in I */
        *channels = shape[1];
    }
done:
    return skel_reader_close(&reader, status);
}

static void draw_mask(const skel_network *network, size_t channels, double density, uint8_t mask[])
{
    for (size_t i = 0; i < network->parameters; i++) {
        if (network->parameter[i].prunable) {
            draw_tensor(&network->parameter[i], channels, density, (uint32_t)i, mask);
        }
    }
}

/* Prunable weights that a mask keeps. */
static size_t count_kept(const skel_network *network, const uint8_t mask[])
{
    size_t kept = 0;

    for (size_t i = 0; i < network->parameter_count; i++) {
        kept += mask[i];
    }
    return kept - (network->parameter_count - network->prunable_count);
}

skel_status skel_step_mask_create(const skel_network *network, const skel_bench *bench,
                                  uint8_t **mask, size_t *kept)
{
    size_t channels = channels_of(bench->mask);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(network->parameter_count, 1, mask));
    memset(*mask, 1, network->parameter_count);
    if (channels > 0) {
        draw_mask(network, channels, bench->density, *mask);
    } else {
        SKEL_TRY(read_mask(network, bench->mask, *mask));
    }
    *kept = count_kept(network, *mask);
    if (channels == 0 && bench->has_density &&
        (double)*kept > bench->density * (double)network->prunable_count) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_USAGE,
                           "skel bench: %s keeps %zu of %zu weights, more than --density %g",
                           bench->mask, *kept, network->prunable_count, bench->density));
    }
done:
    return status;
}
