/* Writes JPEG files into memory. */
#include "jpeg_internal.h"

#include "skel/memory.h"

#include <jerror.h>

enum {
    QUALITY = 95,
    SIDE = 65500,    /* largest that libjpeg writes */
    FIRST = 1 << 16, /* bytes of room at the beginning */
};

/* Room for more; jumps if there is none. */
static void grow(j_compress_ptr info)
{
    skel_jpeg *jpeg = info->client_data;
    size_t room = jpeg->room > 0 ? 2 * jpeg->room : FIRST;

    if (SKEL_GROW(room, 1, &jpeg->written) != SKEL_OK) {
        info->err->msg_code = JERR_OUT_OF_MEMORY;
        (*info->err->error_exit)((j_common_ptr)info);
    }
    jpeg->room = room;
}

static void begin_sink(j_compress_ptr info)
{
    skel_jpeg *jpeg = info->client_data;

    if (jpeg->room == 0) {
        grow(info);
    }
    jpeg->sink.next_output_byte = jpeg->written;
    jpeg->sink.free_in_buffer = jpeg->room;
}

static boolean extend_sink(j_compress_ptr info)
{
    skel_jpeg *jpeg = info->client_data;
    size_t full = jpeg->room;

    grow(info);
    jpeg->sink.next_output_byte = jpeg->written + full;
    jpeg->sink.free_in_buffer = jpeg->room - full;
    return TRUE;
}

static void end_sink(j_compress_ptr info)
{
    skel_jpeg *jpeg = info->client_data;

    jpeg->written_bytes = jpeg->room - jpeg->sink.free_in_buffer;
}

static void write_rows(skel_jpeg *jpeg, void *context)
{
    const skel_picture *picture = context;

    jpeg->sink.init_destination = begin_sink;
    jpeg->sink.empty_output_buffer = extend_sink;
    jpeg->sink.term_destination = end_sink;
    jpeg->out.dest = &jpeg->sink;
    jpeg->out.image_height = (JDIMENSION)picture->height;
    jpeg->out.image_width = (JDIMENSION)picture->width;
    jpeg->out.input_components = (int)picture->channels;
    jpeg->out.in_color_space = picture->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg->out);
    jpeg_set_quality(&jpeg->out, QUALITY, TRUE);
    jpeg->out.dct_method = JDCT_ISLOW;
    jpeg_start_compress(&jpeg->out, TRUE);
    while (jpeg->out.next_scanline < jpeg->out.image_height) {
        JSAMPROW row =
            picture->pixels + (size_t)jpeg->out.next_scanline * picture->width * picture->channels;

        (void)jpeg_write_scanlines(&jpeg->out, &row, 1);
    }
    jpeg_finish_compress(&jpeg->out);
}

skel_status skel_jpeg_write(skel_jpeg *jpeg, const skel_picture *picture, size_t *bytes,
                            const uint8_t **data)
{
    skel_picture borrowed = *picture;
    bool done = false;

    *bytes = 0;
    *data = NULL;
    if (picture->height > SIDE || picture->width > SIDE) {
        return SKEL_FAIL(SKEL_ERR_DATA, "an image of %zu x %zu pixels; a JPEG has at most %d x %d",
                         picture->height, picture->width, SIDE, SIDE);
    }
    done = skel_jpeg_attempt(jpeg, write_rows, &borrowed);
    jpeg_abort_compress(&jpeg->out);
    if (!done) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "writing a JPEG: %s", jpeg->message);
    }
    *bytes = jpeg->written_bytes;
    *data = jpeg->written;
    return SKEL_OK;
}

void skel_jpeg_library(char out[SKEL_LIBRARIES])
{
#define TEXT_OF(version) #version
#define VERSION_TEXT(version) TEXT_OF(version)
    (void)snprintf(out, SKEL_LIBRARIES, "libjpeg-turbo %s", VERSION_TEXT(LIBJPEG_TURBO_VERSION));
}
