/* Reads a data file into one block of memory. */
#include "data_block.h"

#include "skel/input.h"
#include "skel/memory.h"
#include "skel/watchdog.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

enum { ALIGNMENT = 64, SLICE = 1 << 22, COLUMNS = 3 };

static size_t take(size_t bytes, size_t *used)
{
    size_t at = *used;

    *used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return at;
}

void skel_data_block_plan(const skel_image_file *file, skel_data_block_layout *plan)
{
    plan->bytes = 0;
    for (size_t half = 0; half < SKEL_DATA_LAYOUT_HALVES; half++) {
        const skel_image_part *part = &file->part[half];
        skel_data_block_place *place = &plan->half[half];

        place->images = take(plan->in_memory ? skel_image_file_bytes(part) : 0, &plan->bytes);
        place->labels = take(part->count * sizeof(uint16_t), &plan->bytes);
        for (size_t i = 0; i < COLUMNS && part->offsets.present; i++) {
            place->column[i] = take((part->count + (i == 0)) * sizeof(int64_t), &plan->bytes);
        }
    }
}

/* The place of a part's labels, offsets, heights or widths. */
static uint16_t *labels_of(const skel_data_block_place *place, uint8_t block[])
{
    return (uint16_t *)(void *)(block + place->labels);
}

static int64_t *column_of(const skel_data_block_place *place, size_t i, uint8_t block[])
{
    return (int64_t *)(void *)(block + place->column[i]);
}

skel_status skel_data_block_compare(skel_reader *reader, const char *path, const char *found)
{
    char noted[SKEL_CHECKSUM_TEXT];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_array_noted(reader, path, noted));
    if (noted[0] != '\0' && strcmp(noted, found) != 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: %s is damaged, or was changed since skel wrote the file: its "
                           "XXH3-128 is %s, it was written with %s",
                           skel_reader_path(reader), path, found, noted);
    }
done:
    return status;
}

static skel_status was_written(const char *path)
{
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s was written to while it was read: try again when the program that "
                     "writes it has closed it",
                     path);
}

skel_status skel_data_block_look(skel_reader *reader, const skel_image_array *array)
{
    skel_array now;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_array_look(reader, array->path, &now));
    if (now.type != array->array.type || now.width != array->array.width ||
        now.dims != array->array.dims ||
        memcmp(now.shape, array->array.shape, sizeof now.shape) != 0) {
        status = was_written(skel_reader_path(reader));
    }
done:
    return status;
}

/* A small dataset of whole numbers: as it is stored for its checksum, then as 64-bit numbers. */
static skel_status read_numbers(skel_reader *reader, const skel_image_array *array, int64_t **out,
                                char sum[SKEL_CHECKSUM_TEXT])
{
    uint8_t *stored = NULL;
    size_t bytes = array->array.count * array->array.width;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_data_block_look(reader, array));
    SKEL_TRY(SKEL_ALLOC_RAW(bytes, 1, &stored));
    SKEL_TRY(skel_array_read(reader, array->path, 0, array->array.shape[0], stored));
    skel_checksum_xxh3(bytes, stored, sum);
    SKEL_TRY(skel_data_block_compare(reader, array->path, sum));
    SKEL_TRY(skel_array_integers(reader, array->path, &array->array, out));
done:
    SKEL_FREE(&stored);
    return status;
}

static skel_status check_numbers(const char *path, const skel_image_part *part, size_t first,
                                 size_t floats, size_t count, const float values[])
{
    SKEL_ASSERT(values != NULL);
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i])) {
            const size_t *shape = part->images.array.shape;
            size_t at = (first * floats + i) % floats;

            return SKEL_FAIL(SKEL_ERR_DATA,
                             "%s: image %zu of %s is %g in channel %zu at row %zu, column %zu: "
                             "expected numbers",
                             path, first + i / floats, part->images.path, (double)values[i],
                             at / (shape[2] * shape[3]), at / shape[3] % shape[2], at % shape[3]);
        }
    }
    return SKEL_OK;
}

/* All images of a part, in slices of rows; a row is an image, or a byte of packed ones. */
static skel_status read_images(skel_reader *reader, const skel_image_part *part, uint8_t images[],
                               char sum[SKEL_CHECKSUM_TEXT])
{
    const skel_array *array = &part->images.array;
    size_t row = array->count / array->shape[0];
    size_t most = SLICE / (row * array->width) + 1;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_data_block_look(reader, &part->images));
    for (size_t first = 0; first < array->shape[0]; first += most) {
        size_t left = array->shape[0] - first;
        size_t rows = left < most ? left : most;
        uint8_t *to = images + first * row * array->width;

        SKEL_TRY(skel_array_read(reader, part->images.path, first, rows, to));
        if (part->pixels == SKEL_PIXELS_FLOATS) {
            SKEL_TRY(check_numbers(skel_reader_path(reader), part, first, row, rows * row,
                                   (const float *)(const void *)to));
        }
        skel_watchdog_beat();
    }
    skel_checksum_xxh3(skel_image_file_bytes(part), images, sum);
    SKEL_TRY(skel_data_block_compare(reader, part->images.path, sum));
done:
    return status;
}

/* Heights and widths of packed images. */
static skel_status check_sizes(const char *path, const skel_image_array *array, size_t count,
                               const int64_t value[])
{
    for (size_t i = 0; i < count; i++) {
        if (value[i] < 1 || value[i] > INT32_MAX) {
            return SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of %s is %lld, expected 1 to %d", path,
                             i, array->path, (long long)value[i], INT32_MAX);
        }
    }
    return SKEL_OK;
}

/* Pixels of many sizes: each image has as many bytes as its size asks for. */
static skel_status check_pixels(const char *path, const skel_image_part *part, size_t channels,
                                const int64_t offset[], const int64_t height[],
                                const int64_t width[])
{
    for (size_t i = 0; i < part->count; i++) {
        int64_t bytes = offset[i + 1] - offset[i];
        int64_t plane = height[i] * width[i]; /* below 2^62: check_sizes() has seen both */

        if (bytes % plane != 0 || (uint64_t)(bytes / plane) != channels) {
            return SKEL_FAIL(SKEL_ERR_DATA,
                             "%s: image %zu of %s has %lld bytes, expected %zu x %lld x %lld "
                             "(channels, height, width): the file is damaged",
                             path, i, part->images.path, (long long)bytes, channels,
                             (long long)height[i], (long long)width[i]);
        }
    }
    return SKEL_OK;
}

static skel_status read_columns(skel_reader *reader, const skel_image_part *part, size_t channels,
                                const skel_data_block_place *place, uint8_t block[],
                                char sums[SKEL_IMAGE_FILE_ARRAYS][SKEL_CHECKSUM_TEXT])
{
    const skel_image_array *const columns[COLUMNS] = {&part->offsets, &part->heights,
                                                      &part->widths};
    const char *path = skel_reader_path(reader);
    int64_t *values = NULL;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < COLUMNS && columns[i]->present; i++) {
        SKEL_TRY(read_numbers(reader, columns[i], &values, sums[2 + i]));
        SKEL_TRY(i == 0 ? skel_image_file_offsets(path, part, values)
                        : check_sizes(path, columns[i], part->count, values));
        memcpy(column_of(place, i, block), values, columns[i]->array.count * sizeof *values);
        SKEL_FREE(&values);
    }
    if (part->pixels == SKEL_PIXELS_VARIED) {
        status = check_pixels(path, part, channels, column_of(place, 0, block),
                              column_of(place, 1, block), column_of(place, 2, block));
    }
done:
    SKEL_FREE(&values);
    return status;
}

skel_status skel_data_block_numbers(skel_reader *reader, const skel_image_file *file, size_t half,
                                    const skel_data_block_layout *plan, uint8_t block[],
                                    char sums[SKEL_IMAGE_FILE_ARRAYS][SKEL_CHECKSUM_TEXT])
{
    const skel_image_part *part = &file->part[half];
    const skel_data_block_place *place = &plan->half[half];
    int64_t *wide = NULL;
    skel_status status = SKEL_OK;

    memset(sums, 0, SKEL_IMAGE_FILE_ARRAYS * sizeof *sums);
    SKEL_TRY(read_numbers(reader, &part->labels, &wide, sums[1]));
    SKEL_TRY(skel_image_file_labels(skel_reader_path(reader), part, file->info.classes, wide,
                                    labels_of(place, block)));
    SKEL_TRY(read_columns(reader, part, file->info.channels, place, block, sums));
done:
    SKEL_FREE(&wide);
    return status;
}

skel_status skel_data_block_read(skel_reader *reader, const skel_image_file *file, size_t half,
                                 const skel_data_block_layout *plan, uint8_t block[],
                                 char sums[SKEL_IMAGE_FILE_ARRAYS][SKEL_CHECKSUM_TEXT])
{
    const skel_image_part *part = &file->part[half];
    skel_status status = SKEL_OK;

    memset(sums, 0, SKEL_IMAGE_FILE_ARRAYS * sizeof *sums);
    if (part->count == 0) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_data_block_numbers(reader, file, half, plan, block, sums));
    if (plan->in_memory) {
        SKEL_TRY(read_images(reader, part, block + plan->half[half].images, sums[0]));
    } else {
        SKEL_TRY(skel_array_checksum(reader, part->images.path, sums[0]));
    }
done:
    return status;
}

skel_samples skel_data_block_samples(const skel_image_file *file, size_t half,
                                     const skel_data_block_layout *plan, uint8_t block[])
{
    const skel_image_part *part = &file->part[half];
    const skel_data_block_place *place = &plan->half[half];
    bool packed = part->offsets.present;

    return (skel_samples){
        .count = part->count,
        .images = plan->in_memory ? block + place->images : NULL,
        .labels = labels_of(place, block),
        .pixels = part->pixels,
        .offset = packed ? column_of(place, 0, block) : NULL,
        .heights = packed ? column_of(place, 1, block) : NULL,
        .widths = packed ? column_of(place, 2, block) : NULL,
        .begin = part->images.array.offset,
    };
}

skel_status skel_data_block_slice(const char *path, const skel_image_part *part, size_t first,
                                  size_t count, const uint8_t images[], skel_statistics *statistics)
{
    const float *reals = (const float *)(const void *)images;
    size_t row = part->images.array.count / part->count;
    skel_status status = SKEL_OK;

    if (part->pixels == SKEL_PIXELS_FLOATS) {
        SKEL_TRY(check_numbers(path, part, first, row, count * row, reals));
    }
    if (statistics != NULL && part->pixels == SKEL_PIXELS_FLOATS) {
        skel_statistics_add_floats(statistics, count, reals);
    } else if (statistics != NULL) {
        skel_statistics_add_bytes(statistics, count, images);
    }
done:
    return status;
}

skel_status skel_data_block_count(const char *path, const skel_image_file *file,
                                  const skel_samples *samples, skel_statistics *statistics)
{
    const skel_image_part *part = &file->part[SKEL_DATA_LAYOUT_TRAIN];
    size_t row = statistics->channels * statistics->plane;
    size_t bytes = row * part->images.array.width;
    size_t most = SLICE / bytes + 1;
    uint8_t *slice = NULL;
    skel_status status = SKEL_OK;

    if (samples->images == NULL) {
        SKEL_TRY(SKEL_ALLOC_RAW(most, bytes, &slice));
    }
    for (size_t first = 0; first < samples->count; first += most) {
        size_t left = samples->count - first;
        size_t count = left < most ? left : most;
        const uint8_t *images = samples->images != NULL ? samples->images + first * bytes : slice;

        if (slice != NULL) {
            SKEL_TRY(skel_input_read_whole(samples->descriptor, path,
                                           samples->begin + first * bytes, count * bytes, slice));
        }
        SKEL_TRY(skel_data_block_slice(path, part, first, count, images, statistics));
        skel_watchdog_beat();
    }
done:
    SKEL_FREE(&slice);
    return status;
}

skel_image_stamp skel_image_stamp_of(const char *path)
{
    struct stat facts;

    if (stat(path, &facts) != 0) {
        return (skel_image_stamp){0};
    }
    return (skel_image_stamp){(uint64_t)facts.st_ino, (uint64_t)facts.st_size,
                              (int64_t)facts.st_mtim.tv_sec, (int64_t)facts.st_mtim.tv_nsec};
}

skel_status skel_image_stamp_compare(const char *path, const skel_image_stamp *before)
{
    skel_image_stamp now = skel_image_stamp_of(path);

    return memcmp(&now, before, sizeof now) == 0 ? SKEL_OK : was_written(path);
}
