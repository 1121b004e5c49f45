/* Checks a data file without a run. */
#include "skel/dataset_verify.h"

#include "skel/jpeg.h"
#include "skel/memory.h"
#include "skel/watchdog.h"

#include "data_block.h"
#include "image_file_content.h"
#include "statistics.h"

#include <string.h>

enum { SLICE = 1 << 22 };

/* A file that is being checked. */
typedef struct verification {
    const char *path;
    skel_image_file file;
    skel_reader *reader;
    skel_statistics sums;
} verification;

/* Images of one size, in slices; those of training are counted. */
static skel_status verify_images(verification *it, const skel_image_part *part, bool counts)
{
    const skel_array *array = &part->images.array;
    size_t row = array->count / array->shape[0];
    size_t most = SLICE / (row * array->width) + 1;
    uint8_t *slice = NULL;
    skel_checksum *sum = NULL;
    char found[SKEL_CHECKSUM_TEXT];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_data_block_look(it->reader, &part->images));
    SKEL_TRY(SKEL_ALLOC_RAW(most, row * array->width, &slice));
    SKEL_TRY(skel_checksum_begin(&sum));
    for (size_t first = 0; first < array->shape[0]; first += most) {
        size_t left = array->shape[0] - first;
        size_t rows = left < most ? left : most;

        SKEL_TRY(skel_array_read(it->reader, part->images.path, first, rows, slice));
        skel_checksum_add(sum, rows * row * array->width, slice);
        if (part->pixels == SKEL_PIXELS_BYTES || part->pixels == SKEL_PIXELS_FLOATS) {
            SKEL_TRY(skel_data_block_slice(it->path, part, first, rows, slice,
                                           counts ? &it->sums : NULL));
        }
        skel_watchdog_beat();
    }
    skel_checksum_end(&sum, found);
    SKEL_TRY(skel_data_block_compare(it->reader, part->images.path, found));
done:
    skel_checksum_end(&sum, found);
    SKEL_FREE(&slice);
    return status;
}

/* The head of each JPEG file has the size that the file says. */
static skel_status verify_heads(verification *it, const skel_image_part *part,
                                const skel_samples *samples)
{
    skel_jpeg *jpeg = NULL;
    uint8_t *bytes = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_jpeg_create(&jpeg));
    for (size_t i = 0; i < part->count; i++) {
        size_t begin = (size_t)samples->offset[i];
        size_t count = (size_t)samples->offset[i + 1] - begin;
        skel_jpeg_facts facts;

        SKEL_TRY(SKEL_GROW(count, 1, &bytes));
        SKEL_TRY(skel_array_read(it->reader, part->images.path, begin, count, bytes));
        status = skel_jpeg_look(jpeg, count, bytes, &facts);
        if (status == SKEL_OK && ((int64_t)facts.height != samples->heights[i] ||
                                  (int64_t)facts.width != samples->widths[i])) {
            status = SKEL_FAIL(SKEL_ERR_DATA, "%zux%zu pixels, expected %lldx%lld", facts.height,
                               facts.width, (long long)samples->heights[i],
                               (long long)samples->widths[i]);
        }
        if (status != SKEL_OK) {
            status = skel_error_prefix("%s: image %zu of %s", it->path, i, part->images.path);
            goto done;
        }
        skel_watchdog_beat();
    }
done:
    SKEL_FREE(&bytes);
    skel_jpeg_destroy(&jpeg);
    return status;
}

static skel_status verify_part(verification *it, size_t half)
{
    const skel_image_part *part = &it->file.part[half];
    skel_data_block_layout plan = {.in_memory = false};
    skel_image_sums sums;
    uint8_t *block = NULL;
    skel_status status = SKEL_OK;

    if (part->count == 0) {
        return SKEL_OK;
    }
    skel_data_block_plan(&it->file, &plan);
    SKEL_TRY(SKEL_ALLOC(plan.bytes, 1, &block));
    SKEL_TRY(skel_data_block_numbers(it->reader, &it->file, half, &plan, block, sums.of[half]));
    SKEL_TRY(verify_images(it, part, half == SKEL_DATA_LAYOUT_TRAIN && !it->file.has_statistics));
    if (part->pixels == SKEL_PIXELS_JPEG) {
        const skel_samples samples = skel_data_block_samples(&it->file, half, &plan, block);

        SKEL_TRY(verify_heads(it, part, &samples));
    }
done:
    SKEL_FREE(&block);
    return status;
}

skel_status skel_dataset_verify(const char *path, skel_dataset_info *out, bool *has_statistics,
                                float **statistics)
{
    verification it = {.path = path};
    size_t channels = 0;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    *statistics = NULL;
    SKEL_TRY(skel_image_file_look(path, 0, &it.file));
    channels = it.file.info.channels;
    SKEL_TRY(SKEL_ALLOC(2 * channels, sizeof **statistics, statistics));
    SKEL_TRY(skel_statistics_begin(&it.file.info, &it.sums));
    SKEL_TRY(skel_reader_open(path, &it.reader));
    for (size_t half = 0; half < SKEL_DATA_LAYOUT_HALVES; half++) {
        SKEL_TRY(verify_part(&it, half));
    }
    if (it.file.has_statistics) {
        SKEL_TRY(skel_image_file_statistics(it.reader, &it.file.info, *statistics,
                                            *statistics + channels));
    } else {
        skel_statistics_end(&it.sums, !it.file.info.reals, *statistics, *statistics + channels);
    }
    *has_statistics = it.file.has_statistics;
    *out = it.file.info;
    out->mean = *statistics;
    out->deviation = *statistics + channels;
done:
    status = skel_reader_close(&it.reader, status);
    skel_statistics_free(&it.sums);
    if (status != SKEL_OK) {
        SKEL_FREE(statistics);
    }
    return status;
}

skel_status skel_dataset_store(const char *path, const skel_dataset_info *info)
{
    const char *const names[] = {SKEL_DATA_LAYOUT_ATTRIBUTE_MEAN,
                                 SKEL_DATA_LAYOUT_ATTRIBUTE_DEVIATION};
    const float *const values[] = {info->mean, info->deviation};
    char content[SKEL_CHECKSUM_TEXT];
    char mark[SKEL_CHECKSUM_TEXT];
    const skel_annotation what = {.attributes = 2,
                                  .name = names,
                                  .count = info->channels,
                                  .values = values,
                                  .text_name = SKEL_DATA_LAYOUT_ATTRIBUTE_MARK,
                                  .text = mark};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_image_file_checksum(path, 0, content));
    SKEL_TRY(skel_image_file_mark(content, info->channels, info->mean, mark));
    status = skel_array_annotate(path, &what);
done:
    return status;
}
