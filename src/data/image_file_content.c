/* Labels, offsets and checksums of a data file. */
#include "image_file_content.h"

#include "skel/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 256 };

skel_status skel_image_file_labels(const char *path, const skel_image_part *part, size_t classes,
                                   const int64_t wide[], uint16_t out[])
{
    bool different = false;

    for (size_t i = 0; i < part->count; i++) {
        if (wide[i] < 0 || (uint64_t)wide[i] >= classes) {
            return SKEL_FAIL(SKEL_ERR_DATA,
                             "%s: element %zu of %s is %" PRId64
                             ", expected 0 to %zu (the attribute classes is %zu)",
                             path, i, part->labels.path, wide[i], classes - 1, classes);
        }
        different = different || wide[i] != wide[0];
        if (out != NULL) {
            out[i] = (uint16_t)wide[i];
        }
    }
    if (!different && strncmp(part->labels.path, "/train/", 7) == 0) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: all %zu elements of %s are %" PRId64
                         ": there is nothing to learn from one class",
                         path, part->count, part->labels.path, wide[0]);
    }
    return SKEL_OK;
}

skel_status skel_image_file_offsets(const char *path, const skel_image_part *part,
                                    const int64_t offset[])
{
    for (size_t i = 0; i <= part->count; i++) {
        int64_t least = i == 0 ? 0 : offset[i - 1] + 1;
        int64_t most = i == 0 ? 0 : (int64_t)part->images.array.count;

        if (offset[i] < least || offset[i] > most) {
            return SKEL_FAIL(SKEL_ERR_DATA,
                             "%s: element %zu of %s is %" PRId64 ", expected %" PRId64
                             " to %" PRId64 ": the file is damaged",
                             path, i, part->offsets.path, offset[i], least, most);
        }
    }
    return SKEL_OK;
}

void skel_image_file_arrays(const skel_image_part *part,
                            const skel_image_array *out[SKEL_IMAGE_FILE_ARRAYS])
{
    const skel_image_array *const all[SKEL_IMAGE_FILE_ARRAYS] = {
        &part->images, &part->labels, &part->offsets, &part->heights, &part->widths};

    memcpy(out, all, sizeof all);
}

static void add_array(skel_checksum *whole, const skel_image_array *array, const char *sum)
{
    char line[LINE];
    size_t used =
        (size_t)snprintf(line, sizeof line, "%s %s ", array->path, array->array.type_text);

    for (size_t i = 0; i < array->array.dims; i++) {
        used += (size_t)snprintf(line + used, sizeof line - used, "%zu ", array->array.shape[i]);
    }
    used += (size_t)snprintf(line + used, sizeof line - used, "%s\n", sum);
    skel_checksum_add(whole, used, line);
}

/* Adds all that a run reads but the statistics. */
static void add_content(skel_checksum *whole, const skel_image_file *file,
                        const skel_image_sums *sums)
{
    char line[LINE];

    for (size_t half = 0; half < SKEL_DATA_LAYOUT_HALVES; half++) {
        const skel_image_array *array[SKEL_IMAGE_FILE_ARRAYS];

        skel_image_file_arrays(&file->part[half], array);
        for (size_t i = 0; i < SKEL_IMAGE_FILE_ARRAYS && file->part[half].count > 0; i++) {
            if (array[i]->present) {
                add_array(whole, array[i], sums->of[half][i]);
            }
        }
    }
    skel_checksum_add(
        whole, (size_t)snprintf(line, sizeof line, "classes %zu\n", file->info.classes), line);
}

skel_status skel_image_file_mark(const char *content, size_t channels, const float statistics[],
                                 char out[SKEL_CHECKSUM_TEXT])
{
    skel_checksum *mark = NULL;
    skel_status status = skel_checksum_begin(&mark);

    out[0] = '\0';
    if (status == SKEL_OK) {
        skel_checksum_add(mark, strlen(content), content);
        skel_checksum_add(mark, 2 * channels * sizeof *statistics, statistics);
    }
    skel_checksum_end(&mark, out);
    return status;
}

/* Statistics that skel computed from these images say nothing new: then `out`, the checksum of the
 * content without them, stays. Others belong to the content. */
static skel_status join_statistics(skel_reader *reader, const skel_image_file *file,
                                   const skel_image_sums *sums, char out[SKEL_CHECKSUM_TEXT])
{
    size_t channels = file->info.channels;
    float *value = NULL;
    skel_checksum *whole = NULL;
    char mark[SKEL_CHECKSUM_TEXT];
    char expected[SKEL_CHECKSUM_TEXT];
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(2 * channels, sizeof *value, &value));
    SKEL_TRY(skel_image_file_statistics(reader, &file->info, value, value + channels));
    SKEL_TRY(skel_image_file_mark(out, channels, value, expected));
    skel_reader_attribute(reader, "/", SKEL_DATA_LAYOUT_ATTRIBUTE_MARK, sizeof mark, mark);
    if (strcmp(mark, expected) != 0) {
        SKEL_TRY(skel_checksum_begin(&whole));
        add_content(whole, file, sums);
        skel_checksum_add(whole, 2 * channels * sizeof *value, value);
        skel_checksum_end(&whole, out);
    }
done:
    SKEL_FREE(&value);
    return status;
}

skel_status skel_image_file_join(skel_reader *reader, const skel_image_file *file,
                                 const skel_image_sums *sums, char out[SKEL_CHECKSUM_TEXT])
{
    skel_checksum *whole = NULL;
    skel_status status = skel_checksum_begin(&whole);

    out[0] = '\0';
    if (status == SKEL_OK) {
        add_content(whole, file, sums);
    }
    skel_checksum_end(&whole, out);
    if (status == SKEL_OK && file->has_statistics) {
        status = join_statistics(reader, file, sums, out);
    }
    return status;
}

skel_status skel_image_file_checksum(const char *path, size_t side, char out[SKEL_CHECKSUM_TEXT])
{
    skel_image_file file;
    skel_image_sums sums;
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    out[0] = '\0';
    SKEL_TRY(skel_image_file_look(path, side, &file));
    SKEL_TRY(skel_reader_open(path, &reader));
    for (size_t half = 0; half < SKEL_DATA_LAYOUT_HALVES; half++) {
        const skel_image_array *array[SKEL_IMAGE_FILE_ARRAYS];

        skel_image_file_arrays(&file.part[half], array);
        for (size_t i = 0; i < SKEL_IMAGE_FILE_ARRAYS && file.part[half].count > 0; i++) {
            if (array[i]->present) {
                SKEL_TRY(skel_array_checksum(reader, array[i]->path, sums.of[half][i]));
            }
        }
    }
    SKEL_TRY(skel_image_file_join(reader, &file, &sums, out));
done:
    return skel_reader_close(&reader, status);
}
