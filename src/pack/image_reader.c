/* From a file, or a record of a file, to the bytes that are packed. */
#include "image_reader.h"

#include "skel/input.h"
#include "skel/jpeg.h"
#include "skel/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIDE = 32, PLANE = SIDE * SIDE, RGB = 3, LARGEST_FILE = 1 << 30 };

/* Bytes with room for more. */
typedef struct byte_buffer {
    size_t room;
    size_t count;
    uint8_t *data;
} byte_buffer;

struct skel_image_reader {
    const skel_pack_options *options;
    const skel_image_list *list;
    skel_jpeg *jpeg;
    skel_resizer *resizer;
    byte_buffer file;
    byte_buffer planes;
    skel_picture picture;
};

skel_status skel_image_reader_create(const skel_pack_options *options, const skel_image_list *list,
                                     skel_image_reader **out)
{
    skel_image_reader *reader = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *reader, &reader));
    reader->options = options;
    reader->list = list;
    SKEL_TRY(skel_jpeg_create(&reader->jpeg));
    SKEL_TRY(skel_resizer_create(&reader->resizer));
    *out = reader;
    reader = NULL;
done:
    skel_image_reader_destroy(&reader);
    return status;
}

void skel_image_reader_destroy(skel_image_reader **reader)
{
    if (*reader == NULL) {
        return;
    }
    skel_jpeg_destroy(&(*reader)->jpeg);
    skel_resizer_destroy(&(*reader)->resizer);
    skel_picture_clear(&(*reader)->picture);
    SKEL_FREE(&(*reader)->file.data);
    SKEL_FREE(&(*reader)->planes.data);
    SKEL_FREE(reader);
}

static skel_status reserve(byte_buffer *buffer, size_t count)
{
    skel_status status = SKEL_OK;

    if (count > buffer->room || buffer->data == NULL) {
        SKEL_FREE(&buffer->data);
        buffer->room = 0;
        SKEL_TRY(SKEL_ALLOC_RAW(count, 1, &buffer->data));
        buffer->room = count;
    }
    buffer->count = count;
done:
    return status;
}

/* An image that is a link to nothing, or no file, is damaged; one that cannot be read for another
 * reason is not. */
static skel_status check_file(const char *path)
{
    struct stat facts;

    if (stat(path, &facts) != 0) {
        return errno == ENOENT || errno == ELOOP
                   ? SKEL_FAIL(SKEL_ERR_DATA,
                               "there is no file: it was removed, or it is a link to "
                               "a file that is not there")
                   : SKEL_OK;
    }
    return S_ISREG(facts.st_mode)
               ? SKEL_OK
               : SKEL_FAIL(SKEL_ERR_DATA, "it is a pipe, a socket or a device, not a file");
}

/* Loads the image's file, or its record of the file. */
static skel_status load(skel_image_reader *reader, const skel_image_item *item)
{
    const char *path = reader->list->text + item->path;
    const size_t record = reader->list->label_bytes + (size_t)RGB * PLANE;
    char shown[SKEL_IMAGE_LIST_SHOWN];
    size_t bytes = 0;
    size_t offset = 0;
    int descriptor = -1;
    skel_status status = SKEL_OK;

    skel_image_list_show(path, shown);
    if (item->record == SKEL_IMAGE_LIST_NO_RECORD) {
        SKEL_TRY(check_file(path));
    }
    SKEL_TRY(skel_input_open(path, &descriptor, &bytes));
    if (item->record != SKEL_IMAGE_LIST_NO_RECORD) {
        offset = (size_t)item->record * record;
        bytes = record;
    }
    if (bytes == 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "the file is empty");
        goto done;
    }
    if (bytes > LARGEST_FILE) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "a file of %zu bytes; at most %d bytes are read", bytes,
                           LARGEST_FILE);
        goto done;
    }
    SKEL_TRY(reserve(&reader->file, bytes));
    SKEL_TRY(skel_input_read_whole(descriptor, shown, offset, bytes, reader->file.data));
done:
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return status;
}

/* The formats that are not read, by how their files begin. */
static skel_status refuse(const byte_buffer *file)
{
    static const struct {
        size_t at;
        const char *begin;
        const char *name;
    } formats[] = {{0, "GIF8", "a GIF"}, {0, "BM", "a BMP"},  {8, "WEBP", "a WebP"},
                   {0, "II*", "a TIFF"}, {0, "MM", "a TIFF"}, {4, "ftyp", "a HEIF or AVIF"},
                   {0, "P5", "a PGM"},   {0, "P6", "a PPM"},  {0, "version https://git-lfs", NULL}};

    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
        size_t length = strlen(formats[f].begin);

        if (file->count >= formats[f].at + length &&
            memcmp(file->data + formats[f].at, formats[f].begin, length) == 0) {
            if (formats[f].name == NULL) {
                return SKEL_FAIL(SKEL_ERR_DATA, "it is a pointer of Git LFS, not the image: run "
                                                "`git lfs pull`");
            }
            return SKEL_FAIL(SKEL_ERR_DATA, "it is %s; JPEG and PNG are read: convert it",
                             formats[f].name);
        }
    }
    return SKEL_FAIL(SKEL_ERR_DATA, "it is neither JPEG nor PNG");
}

/* Decodes a record: label bytes, then planes. */
static skel_status decode_record(skel_image_reader *reader, skel_image_result *out)
{
    const size_t label_bytes = reader->list->label_bytes;
    const uint8_t *planes = reader->file.data + label_bytes;
    skel_status status = SKEL_OK;

    out->label = reader->file.data[label_bytes - 1];
    if (out->label >= reader->list->classes) {
        return SKEL_FAIL(SKEL_ERR_DATA, "its label is %u; there are %zu classes", out->label,
                         reader->list->classes);
    }
    SKEL_TRY(skel_picture_shape(&reader->picture, SIDE, SIDE, RGB));
    for (size_t p = 0; p < PLANE; p++) {
        for (size_t c = 0; c < RGB; c++) {
            reader->picture.pixels[p * RGB + c] = planes[c * PLANE + p];
        }
    }
done:
    return status;
}

static skel_status decode_file(skel_image_reader *reader, skel_image_result *out)
{
    const byte_buffer *file = &reader->file;
    skel_jpeg_facts facts = {.orientation = 1};
    skel_status status = SKEL_OK;

    if (skel_jpeg_is(file->count, file->data)) {
        SKEL_TRY(skel_jpeg_look(reader->jpeg, file->count, file->data, &facts));
        SKEL_TRY(skel_jpeg_decode(reader->jpeg, file->count, file->data, 0, &reader->picture));
    } else if (skel_picture_is_png(file->count, file->data)) {
        SKEL_TRY(
            skel_picture_decode_png(file->count, file->data, &reader->picture, &out->has_alpha));
    } else {
        return refuse(file);
    }
    out->asks_turn = facts.orientation != 1;
    if (reader->options->turn) {
        SKEL_TRY(skel_picture_turn(&reader->picture, facts.orientation));
    }
done:
    return status;
}

/* Resizes the picture in place; the planes are its new pixels. */
static skel_status resize(skel_image_reader *reader, const skel_resizer_plan *plan)
{
    skel_picture *picture = &reader->picture;
    const size_t channels = picture->channels;
    const size_t count = plan->part_height * plan->part_width;
    skel_status status = SKEL_OK;

    SKEL_TRY(reserve(&reader->planes, channels * count));
    SKEL_TRY(skel_resizer_apply(reader->resizer, picture, plan, false, reader->planes.data));
    SKEL_TRY(skel_picture_shape(picture, plan->part_height, plan->part_width, channels));
    for (size_t c = 0; c < channels; c++) {
        for (size_t p = 0; p < count; p++) {
            picture->pixels[p * channels + c] = reader->planes.data[c * count + p];
        }
    }
done:
    return status;
}

/* The image as pixels. */
static skel_status make_planes(skel_image_reader *reader, skel_image_result *out)
{
    const skel_pack_options *options = reader->options;
    skel_picture *picture = &reader->picture;
    skel_resizer_plan plan;
    skel_status status = SKEL_OK;

    if (options->height != 0 &&
        (picture->height != options->height || picture->width != options->width)) {
        plan = skel_resizer_plan_centre(picture->height, picture->width, options->height,
                                        options->width, options->height, options->width);
        SKEL_TRY(resize(reader, &plan));
    } else {
        SKEL_TRY(reserve(&reader->planes, picture->channels * picture->height * picture->width));
        skel_picture_planes(picture, reader->planes.data);
    }
    out->bytes = reader->planes.count;
    out->data = reader->planes.data;
done:
    return status;
}

/* The image as a JPEG file: the one that is there, or a new one of other formats and smaller size.
 */
static skel_status make_jpeg(skel_image_reader *reader, skel_image_result *out)
{
    const size_t side = reader->options->height;
    skel_picture *picture = &reader->picture;
    bool is_jpeg =
        skel_jpeg_is(reader->file.count, reader->file.data) && reader->list->label_bytes == 0;
    bool is_large = side != 0 && picture->height > side && picture->width > side;
    skel_status status = SKEL_OK;

    out->converted = !is_jpeg;
    if (is_jpeg && !is_large) {
        out->bytes = reader->file.count;
        out->data = reader->file.data;
        return SKEL_OK;
    }
    if (is_large) {
        skel_resizer_plan plan =
            skel_resizer_plan_centre(picture->height, picture->width, side, side, side, side);

        plan.part_top = 0;
        plan.part_left = 0;
        plan.part_height = plan.rows;
        plan.part_width = plan.columns;
        SKEL_TRY(resize(reader, &plan));
    }
    SKEL_TRY(skel_jpeg_write(reader->jpeg, picture, &out->bytes, &out->data));
done:
    return status;
}

skel_status skel_image_reader_read(skel_image_reader *reader, size_t index, skel_image_result *out)
{
    const skel_image_item *item = &reader->list->item[index];
    bool is_record = item->record != SKEL_IMAGE_LIST_NO_RECORD;
    skel_status status = SKEL_OK;

    *out = (skel_image_result){.label = item->label};
    SKEL_TRY(load(reader, item));
    SKEL_TRY(is_record ? decode_record(reader, out) : decode_file(reader, out));
    SKEL_TRY(skel_picture_convert(&reader->picture, reader->options->channels));
    SKEL_TRY(reader->options->keep_bytes ? make_jpeg(reader, out) : make_planes(reader, out));
    out->height = reader->picture.height;
    out->width = reader->picture.width;
    out->picture = &reader->picture;
done:
    return status;
}
