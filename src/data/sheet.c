/* Converts PNG sheets of images to CIFAR's record files. */
#include "source.h"

#include "skel/input.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/writer.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RGB = 3, LABEL_DIGITS = 24, STEP = 250 };

/* Reads the sheet's pixels; *pixels is owned, [count][height * width][3]. */
static skel_status read_sheet(const skel_catalog_entry *entry, const skel_catalog_file *file,
                              const char *path, uint8_t **pixels)
{
    const size_t width = entry->info.height * entry->info.width;
    png_image image = {.version = PNG_IMAGE_VERSION};
    skel_status status = SKEL_OK;

    *pixels = NULL;
    SKEL_TRY(skel_input_look(path, NULL));
    if (png_image_begin_read_from_file(&image, path) == 0) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %s", path, image.message);
    }
    if (image.width != width || image.height != file->count) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: %u x %u pixels, expected %zu x %zu", path,
                           image.width, image.height, width, file->count);
        goto done;
    }
    image.format = PNG_FORMAT_RGB;
    SKEL_TRY(SKEL_ALLOC_RAW(file->count * width, RGB, pixels));
    if (png_image_finish_read(&image, NULL, *pixels, 0, NULL) == 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: %s", path, image.message);
    }
done:
    png_image_free(&image);
    if (status != SKEL_OK) {
        SKEL_FREE(pixels);
    }
    return status;
}

/* Takes the numbers `first`, ..., `first + count - 1` of a text like "[3, 1, 4]". */
static skel_status parse_labels(const char *path, const char *text, const skel_catalog_file *file,
                                uint8_t labels[])
{
    const char *at = text + strspn(text, " \n[");

    for (size_t i = 0; i < file->first + file->count; i++) {
        char *end = NULL;
        unsigned long label = strtoul(at, &end, 10);

        if (end == at || label > UINT8_MAX) {
            return SKEL_FAIL(SKEL_ERR_DATA, "%s: label %zu of %zu is missing or not a number", path,
                             i, file->first + file->count);
        }
        if (i >= file->first) {
            labels[i - file->first] = (uint8_t)label;
        }
        at = end + strspn(end, " ,\n");
    }
    return SKEL_OK;
}

static skel_status read_labels(const skel_catalog_file *file, const char *path, uint8_t labels[])
{
    const size_t limit = (file->first + file->count) * LABEL_DIGITS;
    FILE *in = NULL;
    char *text = NULL;
    size_t got = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_input_stream(path, &in));
    SKEL_TRY(SKEL_ALLOC(limit + 1, 1, &text));
    got = fread(text, 1, limit, in);
    if (ferror(in) != 0 || got == 0) {
        status = SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", path, strerror(errno));
        goto done;
    }
    SKEL_TRY(parse_labels(path, text, file, labels));
done:
    if (in != NULL) {
        (void)fclose(in);
    }
    SKEL_FREE(&text);
    return status;
}

/* Writes one record: the label, then one plane of each colour. */
static bool write_record(size_t pixels, const uint8_t rgb[], uint8_t label, uint8_t record[],
                         FILE *out)
{
    record[0] = label;
    for (size_t c = 0; c < RGB; c++) {
        for (size_t p = 0; p < pixels; p++) {
            record[1 + c * pixels + p] = rgb[p * RGB + c];
        }
    }
    return fwrite(record, 1, 1 + RGB * pixels, out) == 1 + RGB * pixels;
}

static skel_status write_records(const skel_catalog_entry *entry, const skel_catalog_file *file,
                                 const uint8_t pixels[], const uint8_t labels[], const char *path)
{
    const size_t plane = entry->info.height * entry->info.width;
    uint8_t *record = NULL;
    skel_writer out = {0};
    skel_progress progress;
    char label[96];
    skel_status status = skel_writer_open(NULL, path, &out);

    if (status != SKEL_OK) {
        return status;
    }
    (void)snprintf(label, sizeof label, "writing %s", file->name);
    skel_progress_start(&progress, label, "images", file->count);
    SKEL_TRY(SKEL_ALLOC_RAW(1 + RGB * plane, 1, &record));
    for (size_t i = 0; i < file->count; i++) {
        if (!write_record(plane, pixels + i * plane * RGB, labels[i], record, out.file)) {
            break; /* closing says why */
        }
        if ((i + 1) % STEP == 0) {
            skel_progress_advance(&progress, STEP, NULL);
        }
    }
done:
    (void)skel_progress_finish(&progress);
    SKEL_FREE(&record);
    status = skel_writer_close(&out, status);
    if (status != SKEL_OK) {
        (void)remove(path);
    }
    return status;
}

skel_status skel_sheet_convert(const skel_catalog_entry *entry, const skel_catalog_file *file,
                               const char *sheet, const char *labels, const char *out)
{
    uint8_t *pixels = NULL;
    uint8_t *label = NULL;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(entry->info.channels == RGB && entry->label_bytes == 1);
    SKEL_TRY(SKEL_ALLOC_RAW(file->count, 1, &label));
    SKEL_TRY(read_labels(file, labels, label));
    SKEL_TRY(read_sheet(entry, file, sheet, &pixels));
    SKEL_TRY(write_records(entry, file, pixels, label, out));
done:
    SKEL_FREE(&pixels);
    SKEL_FREE(&label);
    return status;
}
