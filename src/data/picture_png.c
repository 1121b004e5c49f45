/* Decodes PNG files from memory. */
#include "skel/picture.h"

#include "skel/memory.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

enum { SIGNATURE = 8, CHUNK = 8, CRC = 4, WORD = 4, MESSAGE = 160, LARGEST_CHUNK = 1 << 27 };

/* What libpng's callbacks know. */
typedef struct png_source {
    const uint8_t *data;
    size_t bytes;
    size_t at;
    char message[MESSAGE];
} png_source;

bool skel_picture_is_png(size_t bytes, const uint8_t data[])
{
    static const uint8_t magic[SIGNATURE] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    return bytes >= SIGNATURE && memcmp(data, magic, SIGNATURE) == 0;
}

static size_t word_at(const uint8_t data[])
{
    return (size_t)data[0] << 24 | (size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3];
}

/* Whether the head, which is the first chunk, has a side of 0 pixels. */
static bool has_no_pixel(size_t bytes, const uint8_t data[])
{
    const uint8_t *head = data + SIGNATURE + CHUNK;

    return bytes >= SIGNATURE + CHUNK + 2 * WORD &&
           (word_at(head) == 0 || word_at(head + WORD) == 0);
}

/* Pictures of an animation: an animated PNG has a chunk acTL before its pixels. 1 without it. */
static size_t count_frames(size_t bytes, const uint8_t data[])
{
    size_t at = SIGNATURE;

    while (at + CHUNK + WORD <= bytes && memcmp(data + at + WORD, "IDAT", WORD) != 0) {
        size_t length = word_at(data + at);

        if (memcmp(data + at + WORD, "acTL", WORD) == 0) {
            return word_at(data + at + CHUNK);
        }
        if (length > bytes - at) {
            break;
        }
        at += CHUNK + length + CRC;
    }
    return 1;
}

static void take_bytes(png_structp png, png_bytep out, size_t count)
{
    png_source *source = png_get_io_ptr(png);

    if (count > source->bytes - source->at) {
        png_error(png, "the file ends early");
    }
    memcpy(out, source->data + source->at, count);
    source->at += count;
}

static void keep_message(png_structp png, png_const_charp message)
{
    png_source *source = png_get_error_ptr(png);

    (void)snprintf(source->message, sizeof source->message, "%s", message);
    png_longjmp(png, 1);
}

static void pass_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* Has libpng give 8 bits a channel, without transparency. */
static void set_transforms(png_structp png, png_infop info)
{
    int colour = png_get_color_type(png, info);

    if (colour == PNG_COLOR_TYPE_PALETTE) {
        png_set_palette_to_rgb(png);
    }
    if (png_get_bit_depth(png, info) < 8) {
        png_set_expand_gray_1_2_4_to_8(png);
    }
    png_set_scale_16(png);
    png_set_strip_alpha(png);
    (void)png_set_interlace_handling(png);
    png_read_update_info(png, info);
}

/* Rows of the picture, for libpng; all that can jump is called from here on. */
static bool read_pixels(png_structp png, png_infop info, png_source *source, skel_picture *out,
                        png_bytep **rows, bool *has_alpha, skel_status *status)
{
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_set_read_fn(png, source, take_bytes);
    png_set_user_limits(png, SKEL_PICTURE_PIXELS, SKEL_PICTURE_PIXELS);
    png_set_chunk_malloc_max(png, LARGEST_CHUNK);
    png_read_info(png, info);
    *has_alpha = (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0 ||
                 png_get_valid(png, info, PNG_INFO_tRNS) != 0;
    set_transforms(png, info);
    *status = skel_picture_shape(out, png_get_image_height(png, info),
                                 png_get_image_width(png, info), png_get_channels(png, info));
    if (*status == SKEL_OK) {
        *status = SKEL_ALLOC(out->height, sizeof **rows, rows);
    }
    if (*status != SKEL_OK) {
        return true;
    }
    SKEL_ASSERT(png_get_rowbytes(png, info) == out->width * out->channels);
    for (size_t y = 0; y < out->height; y++) {
        (*rows)[y] = out->pixels + y * out->width * out->channels;
    }
    png_read_image(png, *rows);
    png_read_end(png, NULL);
    return true;
}

skel_status skel_picture_decode_png(size_t bytes, const uint8_t data[], skel_picture *out,
                                    bool *has_alpha)
{
    png_source source = {.data = data, .bytes = bytes};
    png_structp png = NULL;
    png_infop info = NULL;
    png_bytep *rows = NULL;
    skel_status status = SKEL_OK;

    *has_alpha = false;
    if (!skel_picture_is_png(bytes, data)) {
        return SKEL_FAIL(SKEL_ERR_DATA, "not a PNG file");
    }
    if (has_no_pixel(bytes, data)) {
        return SKEL_FAIL(SKEL_ERR_DATA, "a PNG without a pixel: its height or its width is 0");
    }
    if (count_frames(bytes, data) > 1) {
        return SKEL_FAIL(SKEL_ERR_DATA, "an animated PNG of %zu pictures; one is expected",
                         count_frames(bytes, data));
    }
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, keep_message, pass_warning);
    info = png != NULL ? png_create_info_struct(png) : NULL;
    if (info == NULL) {
        status = SKEL_FAIL(SKEL_ERR_MEMORY, "libpng has no memory to begin with");
    } else if (!read_pixels(png, info, &source, out, &rows, has_alpha, &status)) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "a damaged PNG: %s", source.message);
    }
    SKEL_FREE(&rows);
    png_destroy_read_struct(png != NULL ? &png : NULL, info != NULL ? &info : NULL, NULL);
    return status;
}
