/* What a data file claims. Every dataset is opened by the one function of `store` that compares
 * claimed sizes with the file's. */
#include "image_file.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_SIDE = 224 };

/* A file that is being looked at. */
typedef struct look {
    skel_reader *reader;
    const char *path;
    skel_image_file *file;
} look;

static skel_status find(const look *at, skel_data_layout_half half, skel_data_layout_part part,
                        skel_image_array *out)
{
    skel_data_layout_path(half, part, out->path);
    out->present = skel_reader_has(at->reader, out->path);
    return out->present ? skel_array_look(at->reader, out->path, &out->array) : SKEL_OK;
}

static void shape_text(const skel_array *array, char out[96])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < array->dims; i++) {
        used += (size_t)snprintf(out + used, 96 - used, "[%zu]", array->shape[i]);
    }
}

static skel_status refuse(const look *at, const skel_image_array *found, const char *expected)
{
    char shape[96];

    shape_text(&found->array, shape);
    return SKEL_FAIL(SKEL_ERR_DATA, "%s: %s is %s %s, expected %s", at->path, found->path,
                     found->array.type_text, shape[0] != '\0' ? shape : "without a dimension",
                     expected);
}

/* One number for each image. */
static skel_status check_column(const look *at, const skel_image_array *column, size_t rows)
{
    char expected[128];
    bool whole =
        column->array.type == SKEL_ARRAY_BYTES || column->array.type == SKEL_ARRAY_INTEGERS;

    (void)snprintf(expected, sizeof expected, "whole numbers (an integer type) [%zu]", rows);
    if (!column->present) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: there is no %s, expected %s", at->path, column->path,
                         expected);
    }
    return whole && column->array.dims == 1 && column->array.shape[0] == rows
               ? SKEL_OK
               : refuse(at, column, expected);
}

/* Images of one size: every part has the same channels, height and width. */
static skel_status take_images(const look *at, skel_image_part *part)
{
    skel_dataset_info *info = &at->file->info;
    const skel_array *array = &part->images.array;
    char expected[160] = "uint8 or float32 [images][channels][height][width], none of them 0";

    if (array->dims != 4 || array->count == 0 ||
        (array->type != SKEL_ARRAY_BYTES && array->type != SKEL_ARRAY_FLOATS)) {
        return refuse(at, &part->images, expected);
    }
    if (info->channels == 0) {
        info->channels = array->shape[1];
        info->height = array->shape[2];
        info->width = array->shape[3];
    }
    if (array->shape[1] != info->channels || array->shape[2] != info->height ||
        array->shape[3] != info->width) {
        (void)snprintf(expected, sizeof expected, "[%zu][%zu][%zu][%zu] like the training images",
                       array->shape[0], info->channels, info->height, info->width);
        return refuse(at, &part->images, expected);
    }
    part->count = array->shape[0];
    part->pixels = array->type == SKEL_ARRAY_BYTES ? SKEL_PIXELS_BYTES : SKEL_PIXELS_FLOATS;
    return SKEL_OK;
}

static skel_status take_format(const look *at, skel_image_part *part)
{
    skel_data_layout_format format = SKEL_DATA_LAYOUT_JPEG;
    char word[32];

    skel_reader_attribute(at->reader, part->images.path, SKEL_DATA_LAYOUT_ATTRIBUTE_FORMAT,
                          sizeof word, word);
    if (!skel_data_layout_find_format(word, &format)) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: the attribute %s of %s is %s, expected jpeg or pixels",
                         at->path, SKEL_DATA_LAYOUT_ATTRIBUTE_FORMAT, part->images.path,
                         word[0] != '\0' ? word : "missing or damaged");
    }
    part->pixels = format == SKEL_DATA_LAYOUT_JPEG ? SKEL_PIXELS_JPEG : SKEL_PIXELS_VARIED;
    return SKEL_OK;
}

/* Images of any sizes, one behind the other. */
static skel_status take_packed(const look *at, skel_data_layout_half half, skel_image_part *part)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(find(at, half, SKEL_DATA_LAYOUT_OFFSETS, &part->offsets));
    SKEL_TRY(find(at, half, SKEL_DATA_LAYOUT_HEIGHTS, &part->heights));
    SKEL_TRY(find(at, half, SKEL_DATA_LAYOUT_WIDTHS, &part->widths));
    if (part->images.array.type != SKEL_ARRAY_BYTES || part->images.array.dims != 1) {
        SKEL_TRY(refuse(at, &part->images, "uint8 [bytes of all images]"));
    }
    if (!part->offsets.present) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: there is no %s beside %s", at->path,
                           part->offsets.path, part->images.path));
    }
    if (part->offsets.array.dims != 1 || part->offsets.array.count < 2) {
        SKEL_TRY(refuse(at, &part->offsets, "whole numbers [images + 1], and an image"));
    }
    part->count = part->offsets.array.count - 1;
    SKEL_TRY(check_column(at, &part->offsets, part->count + 1));
    SKEL_TRY(check_column(at, &part->heights, part->count));
    SKEL_TRY(check_column(at, &part->widths, part->count));
    SKEL_TRY(take_format(at, part));
done:
    return status;
}

static skel_status take_part(const look *at, skel_data_layout_half half)
{
    skel_image_part *part = &at->file->part[half];
    skel_image_array packed = {.present = false};
    skel_status status = SKEL_OK;

    SKEL_TRY(find(at, half, SKEL_DATA_LAYOUT_IMAGES, &part->images));
    SKEL_TRY(find(at, half, SKEL_DATA_LAYOUT_BYTES, &packed));
    SKEL_TRY(find(at, half, SKEL_DATA_LAYOUT_LABELS, &part->labels));
    if (part->images.present && packed.present) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: there are %s and %s; leave one of them out", at->path,
                         part->images.path, packed.path);
    }
    if (!part->images.present && !packed.present && part->labels.present) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: there is %s, but no %s (and no %s)", at->path,
                         part->labels.path, part->images.path, packed.path);
    }
    if (!part->images.present && !packed.present) {
        return half == SKEL_DATA_LAYOUT_VALIDATION
                   ? SKEL_OK
                   : SKEL_FAIL(SKEL_ERR_DATA,
                               "%s: there is no %s (and no %s): a data set has training and test "
                               "images; `skel data --help` shows how to write one",
                               at->path, part->images.path, packed.path);
    }
    if (part->images.present) {
        SKEL_TRY(take_images(at, part));
    } else {
        part->images = packed;
        SKEL_TRY(take_packed(at, half, part));
    }
    SKEL_TRY(check_column(at, &part->labels, part->count));
    if (part->count > UINT32_MAX) {
        SKEL_TRY(refuse(at, &part->labels, "at most 4,294,967,295 images"));
    }
done:
    return status;
}

/* A whole number of an attribute; 0 if there is none. */
static skel_status take_number(const look *at, const char *name, size_t low, size_t high,
                               size_t *out)
{
    double *value = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    *out = 0;
    SKEL_TRY(skel_array_attribute(at->reader, "/", name, &count, &value));
    if (count == 0) {
        return SKEL_OK;
    }
    if (count > 1) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: the attribute %s has %zu values, expected one number", at->path,
                           name, count));
    }
    if (!(value[0] >= (double)low && value[0] <= (double)high) || value[0] != floor(value[0])) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: the attribute %s is %g, expected a whole number from %zu to %zu",
                           at->path, name, value[0], low, high));
    }
    *out = (size_t)value[0];
done:
    SKEL_FREE(&value);
    return status;
}

static skel_status take_classes(const look *at)
{
    skel_dataset_info *info = &at->file->info;
    skel_status status = take_number(at, SKEL_DATA_LAYOUT_ATTRIBUTE_CLASSES, 2,
                                     SKEL_DATA_LAYOUT_CLASSES, &info->classes);

    if (status == SKEL_OK && info->classes == 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: the attribute classes is missing: write the number of classes, in "
                           "Python f.attrs[\"classes\"] = 10",
                           at->path);
    }
    return status;
}

/* Names of the classes, if there are any: one for each. */
static skel_status check_names(const look *at)
{
    const size_t classes = at->file->info.classes;
    char **names = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    if (!skel_reader_has(at->reader, SKEL_DATA_LAYOUT_NAMES)) {
        return SKEL_OK;
    }
    if (!skel_reader_is_text(at->reader, SKEL_DATA_LAYOUT_NAMES)) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: %s are no texts, expected one for each of the %zu "
                         "classes",
                         at->path, SKEL_DATA_LAYOUT_NAMES, classes);
    }
    SKEL_TRY(skel_reader_texts(at->reader, SKEL_DATA_LAYOUT_NAMES, &count, &names));
    if (count != classes) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: %s has %zu texts, expected one for each of the %zu "
                           "classes",
                           at->path, SKEL_DATA_LAYOUT_NAMES, count, classes);
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

static bool is_packed(const skel_image_part *part)
{
    return part->pixels == SKEL_PIXELS_JPEG || part->pixels == SKEL_PIXELS_VARIED;
}

/* Packed images have the size of the view, and as many channels as the packer says. */
static skel_status take_shape(const look *at, size_t side)
{
    skel_dataset_info *info = &at->file->info;
    const skel_image_part *part = at->file->part;
    bool packed = is_packed(&part[0]);
    size_t channels = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 1; i < SKEL_DATA_LAYOUT_HALVES; i++) {
        if (part[i].count > 0 && part[i].pixels != part[0].pixels) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                               "%s: %s and %s: expected all images of one type, and all of one "
                               "size or all packed in one format",
                               at->path, part[0].images.path, part[i].images.path));
        }
    }
    if (!packed) {
        goto done;
    }
    SKEL_TRY(take_number(at, SKEL_DATA_LAYOUT_ATTRIBUTE_CHANNELS, 1, 65536, &channels));
    info->channels = channels > 0 ? channels : 3;
    if (part[0].pixels == SKEL_PIXELS_JPEG && info->channels != 1 && info->channels != 3) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: JPEG images of %zu channels, expected 1 or 3",
                           at->path, info->channels));
    }
    info->height = side > 0 ? side : DEFAULT_SIDE;
    info->width = info->height;
    info->packed = true;
done:
    return status;
}

/* Both statistics, or none of them; their values are read later. */
static skel_status take_statistics(const look *at)
{
    static const char *const names[] = {SKEL_DATA_LAYOUT_ATTRIBUTE_MEAN,
                                        SKEL_DATA_LAYOUT_ATTRIBUTE_DEVIATION};
    size_t count[2] = {0, 0};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < 2; i++) {
        double *value = NULL;

        SKEL_TRY(skel_array_attribute(at->reader, "/", names[i], &count[i], &value));
        SKEL_FREE(&value);
    }
    if ((count[0] > 0) != (count[1] > 0)) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: there is an attribute %s and none %s: write both, or none to have "
                           "them computed",
                           at->path, names[count[0] > 0 ? 0 : 1], names[count[0] > 0 ? 1 : 0]));
    }
    at->file->has_statistics = count[0] > 0;
    if (count[0] == 0 && at->file->info.packed) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: packed images without the attributes mean and deviation, which "
                           "`skel data pack` writes",
                           at->path));
    }
done:
    return status;
}

static void name_it(const char *path, skel_dataset_info *info)
{
    const char *slash = strrchr(path, '/');

    (void)snprintf(info->name, sizeof info->name, "%.63s", slash != NULL ? slash + 1 : path);
    memcpy(info->title, info->name, sizeof info->title);
}

skel_status skel_image_file_look(const char *path, size_t side, skel_image_file *out)
{
    look at = {.path = path, .file = out};
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    SKEL_TRY(skel_input_check_written(path)); /* a file that looks whole may lack images */
    SKEL_TRY(skel_reader_open(path, &at.reader));
    out->bytes = skel_array_file_bytes(at.reader);
    name_it(path, &out->info);
    SKEL_TRY(take_classes(&at));
    SKEL_TRY(check_names(&at));
    for (size_t half = 0; half < SKEL_DATA_LAYOUT_HALVES; half++) {
        SKEL_TRY(take_part(&at, (skel_data_layout_half)half));
    }
    SKEL_TRY(take_shape(&at, side));
    SKEL_TRY(take_statistics(&at));
    out->info.reals = out->part[SKEL_DATA_LAYOUT_TRAIN].pixels == SKEL_PIXELS_FLOATS;
    out->info.train = out->part[SKEL_DATA_LAYOUT_TRAIN].count;
    out->info.test = out->part[SKEL_DATA_LAYOUT_TEST].count;
    out->info.validation = out->part[SKEL_DATA_LAYOUT_VALIDATION].count;
    for (size_t half = 0; half < SKEL_DATA_LAYOUT_HALVES; half++) {
        out->info.stored += skel_image_file_bytes(&out->part[half]);
    }
done:
    return skel_reader_close(&at.reader, status);
}

size_t skel_image_file_bytes(const skel_image_part *part)
{
    return part->count == 0 ? 0 : part->images.array.count * part->images.array.width;
}

skel_status skel_image_file_statistics(skel_reader *reader, const skel_dataset_info *info,
                                       float mean[], float deviation[])
{
    static const char *const names[] = {SKEL_DATA_LAYOUT_ATTRIBUTE_MEAN,
                                        SKEL_DATA_LAYOUT_ATTRIBUTE_DEVIATION};
    float *const out[] = {mean, deviation};
    double *value = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < 2; i++) {
        SKEL_TRY(skel_array_attribute(reader, "/", names[i], &count, &value));
        if (count != info->channels) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                               "%s: the attribute %s has %zu values, expected one for each of the "
                               "%zu channels",
                               skel_reader_path(reader), names[i], count, info->channels));
        }
        for (size_t c = 0; c < count; c++) {
            float stored = (float)value[c];

            if (!isfinite(stored) || (i == 1 && stored < FLT_MIN)) {
                SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s of channel %zu is %g, expected %s",
                                   skel_reader_path(reader), names[i], c, value[c],
                                   i == 1 ? "a number above 0, within the range of float32"
                                          : "a number within the range of float32"));
            }
            out[i][c] = stored;
        }
        SKEL_FREE(&value);
    }
done:
    SKEL_FREE(&value);
    return status;
}
