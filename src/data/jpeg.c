/* JPEG files in memory, by libjpeg-turbo. Its errors jump: every call of it is made below a
 * setjmp(), by a function that holds nothing to be freed. Files are written in jpeg_write.c. */
#include "jpeg_exif.h"
#include "jpeg_internal.h"

#include "skel/memory.h"

#include <limits.h>
#include <stdio.h>

#include <jerror.h>

enum {
    CMYK = 4,
    SCANS = 500,       /* of a progressive file; each one passes over the whole image */
    MEMORY = 1 << 30,  /* bytes that libjpeg may take: a progressive file is held whole */
    SMALLEST = 8,      /* smallest DCT is an eighth */
    HEAD_EXIF = 65535, /* bytes of a marker that are kept */
};

static void jump(j_common_ptr info)
{
    skel_jpeg *jpeg = info->client_data;

    jpeg->no_memory = info->err->msg_code == JERR_OUT_OF_MEMORY;
    (void)(*info->err->format_message)(info, jpeg->message);
    longjmp(jpeg->back, 1);
}

/* libjpeg goes on after a warning and makes up what is missing; that is damage, but for what leaves
 * the image whole. */
static void judge_warning(j_common_ptr info, int level)
{
    int code = info->err->msg_code;

    if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_JFIF_MAJOR &&
        code != JWRN_ADOBE_XFORM) {
        jump(info);
    }
}

static void print_nothing(j_common_ptr info)
{
    (void)info;
}

static void count_scans(j_common_ptr info)
{
    skel_jpeg *jpeg = info->client_data;

    if (info->is_decompressor && jpeg->in.input_scan_number > SCANS) {
        (void)snprintf(jpeg->message, sizeof jpeg->message, "more than %d scans", SCANS);
        longjmp(jpeg->back, 1);
    }
}

bool skel_jpeg_attempt(skel_jpeg *jpeg, void (*step)(skel_jpeg *jpeg, void *context), void *context)
{
    jpeg->message[0] = '\0';
    jpeg->no_memory = false;
    if (setjmp(jpeg->back) != 0) {
        return false;
    }
    step(jpeg, context);
    return true;
}

static void begin(skel_jpeg *jpeg, void *context)
{
    (void)context;
    jpeg->in.err = &jpeg->errors;
    jpeg->out.err = &jpeg->errors;
    jpeg->in.client_data = jpeg;
    jpeg->out.client_data = jpeg;
    jpeg_create_decompress(&jpeg->in);
    jpeg->has_in = true;
    jpeg_create_compress(&jpeg->out);
    jpeg->has_out = true;
    jpeg->in.progress = &jpeg->progress;
    jpeg->in.mem->max_memory_to_use = MEMORY;
    jpeg_save_markers(&jpeg->in, JPEG_APP0 + 1, HEAD_EXIF);
}

skel_status skel_jpeg_create(skel_jpeg **out)
{
    skel_jpeg *jpeg = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *jpeg, &jpeg));
    (void)jpeg_std_error(&jpeg->errors);
    jpeg->errors.error_exit = jump;
    jpeg->errors.emit_message = judge_warning;
    jpeg->errors.output_message = print_nothing;
    jpeg->progress.progress_monitor = count_scans;
    SKEL_TRY(skel_resizer_create(&jpeg->resizer));
    if (!skel_jpeg_attempt(jpeg, begin, NULL)) {
        status = SKEL_FAIL(SKEL_ERR_MEMORY, "libjpeg cannot begin: %s", jpeg->message);
        goto done;
    }
    *out = jpeg;
    jpeg = NULL;
done:
    skel_jpeg_destroy(&jpeg);
    return status;
}

void skel_jpeg_destroy(skel_jpeg **jpeg)
{
    if (*jpeg == NULL) {
        return;
    }
    if ((*jpeg)->has_in) {
        jpeg_destroy_decompress(&(*jpeg)->in);
    }
    if ((*jpeg)->has_out) {
        jpeg_destroy_compress(&(*jpeg)->out);
    }
    SKEL_FREE(&(*jpeg)->written);
    skel_picture_clear(&(*jpeg)->picture);
    skel_resizer_destroy(&(*jpeg)->resizer);
    SKEL_FREE(jpeg);
}

bool skel_jpeg_is(size_t bytes, const uint8_t data[])
{
    return bytes >= 3 && data[0] == 0xff && data[1] == 0xd8 && data[2] == 0xff;
}

static skel_status failure(const skel_jpeg *jpeg)
{
    if (jpeg->no_memory) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "a JPEG: %s", jpeg->message);
    }
    return SKEL_FAIL(SKEL_ERR_DATA, "a damaged JPEG: %s", jpeg->message);
}

/* What is asked of one file. */
typedef struct decoding {
    size_t bytes;
    const uint8_t *data;
    size_t channels;
    unsigned eighths; /* size of the result: 8, 4, 2 or 1 of the file's */
    size_t rows;      /* that are needed; 0: all */
    skel_picture *out;
    skel_status status;
    size_t row; /* next to be read */
} decoding;

static void read_head(skel_jpeg *jpeg, void *context)
{
    const decoding *it = context;

    jpeg_mem_src(&jpeg->in, it->data, (unsigned long)it->bytes);
    (void)jpeg_read_header(&jpeg->in, TRUE);
}

/* Reads the head; leaves libjpeg there if that was right. */
static skel_status open_file(skel_jpeg *jpeg, decoding *it)
{
    jpeg_abort_decompress(&jpeg->in);
    if (!skel_jpeg_is(it->bytes, it->data) || it->bytes > LONG_MAX) {
        return SKEL_FAIL(SKEL_ERR_DATA, "not a JPEG file");
    }
    if (!skel_jpeg_attempt(jpeg, read_head, it)) {
        return failure(jpeg);
    }
    if (jpeg->in.image_height > SKEL_PICTURE_PIXELS / jpeg->in.image_width) {
        return SKEL_FAIL(SKEL_ERR_DATA, "an image of %u x %u pixels; at most %d pixels are read",
                         jpeg->in.image_height, jpeg->in.image_width, SKEL_PICTURE_PIXELS);
    }
    return SKEL_OK;
}

static int orientation_of(const skel_jpeg *jpeg)
{
    for (jpeg_saved_marker_ptr at = jpeg->in.marker_list; at != NULL; at = at->next) {
        int found = skel_jpeg_exif_orientation(at->data_length, at->data);

        if (found != 0) {
            return found;
        }
    }
    return 1;
}

skel_status skel_jpeg_look(skel_jpeg *jpeg, size_t bytes, const uint8_t data[],
                           skel_jpeg_facts *out)
{
    decoding it = {.bytes = bytes, .data = data};
    skel_status status = open_file(jpeg, &it);

    *out = (skel_jpeg_facts){0};
    if (status == SKEL_OK) {
        *out = (skel_jpeg_facts){.height = jpeg->in.image_height,
                                 .width = jpeg->in.image_width,
                                 .components = (size_t)jpeg->in.num_components,
                                 .orientation = orientation_of(jpeg)};
    }
    jpeg_abort_decompress(&jpeg->in);
    return status;
}

static void start(skel_jpeg *jpeg, void *context)
{
    const decoding *it = context;
    J_COLOR_SPACE space = jpeg->in.jpeg_color_space;

    if (space == JCS_GRAYSCALE) {
        jpeg->in.out_color_space = JCS_GRAYSCALE;
    } else if (space == JCS_CMYK || space == JCS_YCCK) {
        jpeg->in.out_color_space = JCS_CMYK;
    } else {
        jpeg->in.out_color_space = JCS_RGB;
    }
    jpeg->in.scale_num = it->eighths;
    jpeg->in.scale_denom = SMALLEST;
    jpeg->in.dct_method = JDCT_ISLOW;
    jpeg->in.do_fancy_upsampling = TRUE;
    (void)jpeg_start_decompress(&jpeg->in);
}

static void read_rows(skel_jpeg *jpeg, void *context)
{
    decoding *it = context;
    size_t row_bytes = it->out->width * it->out->channels;

    while (jpeg->in.output_scanline < it->rows) {
        JSAMPROW row = it->out->pixels + jpeg->in.output_scanline * row_bytes;

        (void)jpeg_read_scanlines(&jpeg->in, &row, 1);
    }
    if (it->rows == jpeg->in.output_height) {
        (void)jpeg_finish_decompress(&jpeg->in);
    }
}

/* Decodes behind open_file(). */
static skel_status decode_rows(skel_jpeg *jpeg, decoding *it)
{
    skel_status status = SKEL_OK;

    if (!skel_jpeg_attempt(jpeg, start, it)) {
        SKEL_TRY(failure(jpeg));
    }
    SKEL_TRY(skel_picture_shape(it->out, jpeg->in.output_height, jpeg->in.output_width,
                                (size_t)jpeg->in.output_components));
    if (it->rows == 0 || it->rows > it->out->height) {
        it->rows = it->out->height;
    }
    if (!skel_jpeg_attempt(jpeg, read_rows, it)) {
        SKEL_TRY(failure(jpeg));
    }
    if (it->out->channels == CMYK) {
        skel_picture_from_cmyk(it->out);
    }
    if (it->channels != 0) {
        SKEL_TRY(skel_picture_convert(it->out, it->channels));
    }
done:
    jpeg_abort_decompress(&jpeg->in);
    return status;
}

skel_status skel_jpeg_decode(skel_jpeg *jpeg, size_t bytes, const uint8_t data[], size_t channels,
                             skel_picture *out)
{
    decoding it = {
        .bytes = bytes, .data = data, .channels = channels, .eighths = SMALLEST, .out = out};
    skel_status status = open_file(jpeg, &it);

    return status == SKEL_OK ? decode_rows(jpeg, &it) : status;
}

/* The smallest size, in eighths, at which the window has the pixels of the result. */
static unsigned choose_size(const skel_resizer_plan *plan)
{
    unsigned eighths = SMALLEST;
    double enough_rows = (double)plan->rows * SMALLEST * 2;
    double enough_columns = (double)plan->columns * SMALLEST * 2;

    while (eighths > 1 && plan->height * eighths >= enough_rows &&
           plan->width * eighths >= enough_columns) {
        eighths /= 2;
    }
    return eighths;
}

/* The plan in pixels of the smaller image. */
static skel_resizer_plan shrink(const skel_resizer_plan *plan, unsigned eighths)
{
    const double factor = (double)eighths / SMALLEST;
    skel_resizer_plan small = *plan;

    small.top *= factor;
    small.left *= factor;
    small.height *= factor;
    small.width *= factor;
    return small;
}

/* Whether the file that was opened has the size and the window that the caller says. */
static skel_status check_window(const skel_jpeg *jpeg, const skel_jpeg_file *file,
                                const skel_resizer_plan *plan)
{
    const size_t height = jpeg->in.image_height;
    const size_t width = jpeg->in.image_width;

    if (height != file->height || width != file->width) {
        return SKEL_FAIL(SKEL_ERR_DATA, "a JPEG of %zux%zu pixels, expected %zux%zu", height, width,
                         file->height, file->width);
    }
    if (plan->top < 0 || plan->left < 0 || plan->height <= 0 || plan->width <= 0 ||
        plan->top + plan->height > (double)height || plan->left + plan->width > (double)width) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "a JPEG of %zux%zu pixels does not have the window %gx%g at %g, %g",
                         height, width, plan->height, plan->width, plan->top, plan->left);
    }
    return SKEL_OK;
}

skel_status skel_jpeg_window(skel_jpeg *jpeg, const skel_jpeg_file *file, size_t channels,
                             const skel_resizer_plan *plan, bool scaled, bool flip, uint8_t out[])
{
    decoding it = {.bytes = file->bytes,
                   .data = file->data,
                   .channels = channels,
                   .eighths = scaled ? choose_size(plan) : SMALLEST,
                   .out = &jpeg->picture};
    skel_resizer_plan small = shrink(plan, it.eighths);
    skel_status status = SKEL_OK;

    SKEL_TRY(open_file(jpeg, &it));
    SKEL_TRY(check_window(jpeg, file, plan));
    it.rows = (size_t)(small.top + small.height) + 1;
    SKEL_TRY(decode_rows(jpeg, &it));
    SKEL_TRY(skel_resizer_apply(jpeg->resizer, &jpeg->picture, &small, flip, out));
done:
    jpeg_abort_decompress(&jpeg->in);
    return status;
}
