/* A page of images with a margin between them. */
#include "skel/contact_sheet.h"

#include "skel/memory.h"
#include "skel/output.h"

#include <math.h>
#include <png.h>
#include <string.h>

enum { MARGIN = 4, SHOWN = 96, RGB = 3, PAPER = 255 };

/* A page that is being drawn. */
typedef struct page {
    const skel_contact_sheet *sheet;
    size_t height; /* of a view */
    size_t width;
    size_t zoom;
    size_t floats;   /* of an image */
    float *images;   /* [rows][columns][floats] */
    uint8_t *pixels; /* [page_height][page_width][RGB] */
    size_t page_width;
    size_t page_height;
} page;

/* What a normalised value was before; of bytes 0 to 255. */
static double plain_value(const page *it, size_t channel, float value)
{
    const skel_dataset_info *info = &it->sheet->plain->info;
    double before = (double)value * (double)info->deviation[channel] + (double)info->mean[channel];

    return info->reals ? before : 255 * before;
}

/* The values that become black and white. */
static void find_range(const page *it, double *black, double *white)
{
    size_t cells = it->sheet->rows * it->sheet->columns;
    size_t pixels = it->height * it->width;

    *black = 0;
    *white = 255;
    if (!it->sheet->plain->info.reals) {
        return;
    }
    *black = HUGE_VAL;
    *white = -HUGE_VAL;
    for (size_t i = 0; i < cells * it->floats; i++) {
        double value = plain_value(it, i % it->floats / pixels, it->images[i]);

        *black = fmin(*black, value);
        *white = fmax(*white, value);
    }
}

static uint8_t shade(double value, double black, double white)
{
    double share = white > black ? (value - black) / (white - black) : 0;

    return (uint8_t)lround(255 * fmin(1, fmax(0, share)));
}

static void draw_cell(page *it, size_t row, size_t column, double black, double white)
{
    const float *image = it->images + (row * it->sheet->columns + column) * it->floats;
    size_t channels = it->sheet->plain->info.channels;
    size_t top = MARGIN + row * (it->height * it->zoom + MARGIN);
    size_t left = MARGIN + column * (it->width * it->zoom + MARGIN);

    for (size_t y = 0; y < it->height * it->zoom; y++) {
        for (size_t x = 0; x < it->width * it->zoom; x++) {
            size_t at = y / it->zoom * it->width + x / it->zoom;
            uint8_t *pixel = it->pixels + ((top + y) * it->page_width + left + x) * RGB;

            for (size_t c = 0; c < RGB; c++) {
                size_t channel = channels >= RGB ? c : 0;

                pixel[c] =
                    shade(plain_value(it, channel, image[channel * it->height * it->width + at]),
                          black, white);
            }
        }
    }
}

static skel_status fill(page *it)
{
    const skel_contact_sheet *sheet = it->sheet;
    skel_status status = SKEL_OK;

    for (size_t row = 0; row < sheet->rows; row++) {
        const uint32_t index = (uint32_t)(row * (sheet->samples->count / sheet->rows));
        uint16_t label = 0;

        for (size_t column = 0; column < sheet->columns; column++) {
            SKEL_TRY(skel_view_fill(column == 0 ? sheet->plain : sheet->augmented, sheet->samples,
                                    1, &index, (uint32_t)column,
                                    it->images + (row * sheet->columns + column) * it->floats,
                                    &label));
        }
    }
done:
    return status;
}

static skel_status save(const page *it, const char *path)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION,
        .width = (png_uint_32)it->page_width,
        .height = (png_uint_32)it->page_height,
        .format = PNG_FORMAT_RGB,
    };

    png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image); /* of the file, at most */
    uint8_t *file = NULL;
    skel_output *output = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(bytes, 1, &file));
    if (png_image_write_to_memory(&image, file, &bytes, 0, it->pixels, 0, NULL) == 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_INTERNAL, "%s: PNG: %s", path, image.message));
    }
    SKEL_TRY(skel_output_open(path, &output));
    skel_output_write(output, bytes, file);
    SKEL_TRY(skel_output_publish(&output));
done:
    skel_output_discard(&output);
    SKEL_FREE(&file);
    return status;
}

skel_status skel_contact_sheet_write(const skel_contact_sheet *sheet, const char *path)
{
    const skel_view *view = sheet->plain;
    size_t side = view->side_h > view->side_w ? view->side_h : view->side_w;
    page it = {.sheet = sheet, .height = view->side_h, .width = view->side_w};
    double black = 0;
    double white = 0;
    skel_status status = SKEL_OK;

    it.zoom = side < SHOWN ? (SHOWN + side - 1) / side : 1;
    it.floats = view->info.channels * it.height * it.width;
    it.page_width = MARGIN + sheet->columns * (it.width * it.zoom + MARGIN);
    it.page_height = MARGIN + sheet->rows * (it.height * it.zoom + MARGIN);
    SKEL_TRY(
        SKEL_ALLOC_RAW(sheet->rows * sheet->columns * it.floats, sizeof *it.images, &it.images));
    SKEL_TRY(SKEL_ALLOC_RAW(it.page_height * it.page_width, RGB, &it.pixels));
    memset(it.pixels, PAPER, it.page_height * it.page_width * RGB);
    SKEL_TRY(fill(&it));
    find_range(&it, &black, &white);
    for (size_t row = 0; row < sheet->rows; row++) {
        for (size_t column = 0; column < sheet->columns; column++) {
            draw_cell(&it, row, column, black, white);
        }
    }
    SKEL_TRY(save(&it, path));
done:
    SKEL_FREE(&it.pixels);
    SKEL_FREE(&it.images);
    return status;
}
