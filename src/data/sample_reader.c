/* One sample after the other: stored bytes, then the picture, then the window. */
#include "sample_reader.h"

#include "skel/input.h"
#include "skel/jpeg.h"
#include "skel/memory.h"
#include "skel/resizer.h"

#include "float_window.h"
#include "placement.h"

#include <math.h>
#include <string.h>

struct skel_sample_reader {
    const skel_view *view;
    const skel_samples *samples;
    size_t stored_room;
    uint8_t *stored;    /* [stored_room] an image as the file has it */
    uint8_t *shown;     /* [channels][height][width] of bytes that were resized */
    float *shown_reals; /* the same of floats */
    skel_picture plane; /* one channel, for the resizer */
    skel_resizer *resizer;
    skel_jpeg *jpeg;
};

static bool takes_window(const skel_view *view)
{
    return view->augment.kind == SKEL_AUGMENT_RANDOM_RESIZED_CROP;
}

skel_status skel_sample_reader_create(const skel_view *view, const skel_samples *samples,
                                      skel_sample_reader **out)
{
    const skel_dataset_info *info = &view->info;
    size_t pixels = info->channels * info->height * info->width;
    skel_sample_reader *reader = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *reader, &reader));
    reader->view = view;
    reader->samples = samples;
    if (samples->pixels == SKEL_PIXELS_FLOATS) {
        SKEL_TRY(SKEL_ALLOC_RAW(pixels, sizeof(float), &reader->shown_reals));
    } else {
        SKEL_TRY(SKEL_ALLOC_RAW(pixels, 1, &reader->shown));
        SKEL_TRY(skel_resizer_create(&reader->resizer));
    }
    if (samples->pixels == SKEL_PIXELS_JPEG) {
        SKEL_TRY(skel_jpeg_create(&reader->jpeg));
    }
    *out = reader;
    reader = NULL;
done:
    skel_sample_reader_destroy(&reader);
    return status;
}

void skel_sample_reader_destroy(skel_sample_reader **reader)
{
    if (*reader == NULL) {
        return;
    }
    skel_jpeg_destroy(&(*reader)->jpeg);
    skel_resizer_destroy(&(*reader)->resizer);
    skel_picture_clear(&(*reader)->plane);
    SKEL_FREE(&(*reader)->shown_reals);
    SKEL_FREE(&(*reader)->shown);
    SKEL_FREE(&(*reader)->stored);
    SKEL_FREE(reader);
}

/* The bytes of a sample as they are stored: in memory, or read into the reader's own room. */
static skel_status stored_bytes(skel_sample_reader *reader, uint32_t index, const uint8_t **out,
                                size_t *bytes)
{
    const skel_samples *samples = reader->samples;
    const skel_dataset_info *info = &reader->view->info;
    size_t width = samples->pixels == SKEL_PIXELS_FLOATS ? sizeof(float) : 1;
    size_t image = info->channels * info->height * info->width * width;
    uint64_t begin =
        samples->offset != NULL ? (uint64_t)samples->offset[index] : (uint64_t)index * image;
    skel_status status = SKEL_OK;

    *bytes = samples->offset != NULL ? (size_t)(samples->offset[index + 1] - samples->offset[index])
                                     : image;
    if (samples->images != NULL) {
        *out = samples->images + begin;
        return SKEL_OK;
    }
    if (*bytes > reader->stored_room) {
        SKEL_TRY(SKEL_GROW(*bytes, 1, &reader->stored));
        reader->stored_room = *bytes;
    }
    SKEL_TRY(skel_input_read_whole(samples->descriptor, samples->path, samples->begin + begin,
                                   *bytes, reader->stored));
    *out = reader->stored;
done:
    return status;
}

/* Which part of an image of this size the view shows. */
static skel_resizer_plan plan_of(const skel_sample_reader *reader, uint32_t index, uint32_t epoch,
                                 size_t height, size_t width, bool *flip)
{
    const skel_view *view = reader->view;

    *flip = false;
    if (takes_window(view)) {
        skel_window at = skel_placement_window(view, epoch, index, height, width, flip);

        return skel_resizer_plan_window(at.top, at.left, at.height, at.width, view->info.height,
                                        view->info.width);
    }
    return skel_resizer_plan_centre(height, width, view->cover, view->cover, view->info.height,
                                    view->info.width);
}

/* Channels of bytes, each resized by itself. */
static skel_status resize_planes(skel_sample_reader *reader, const uint8_t *bytes, size_t height,
                                 size_t width, const skel_resizer_plan *plan, bool flip)
{
    const skel_dataset_info *info = &reader->view->info;
    skel_status status = SKEL_OK;

    for (size_t c = 0; c < info->channels; c++) {
        SKEL_TRY(skel_picture_shape(&reader->plane, height, width, 1));
        memcpy(reader->plane.pixels, bytes + c * height * width, height * width);
        SKEL_TRY(skel_resizer_apply(reader->resizer, &reader->plane, plan, flip,
                                    reader->shown + c * info->height * info->width));
    }
done:
    return status;
}

/* A sample whose pixels are bytes, of the view's size or of its own. */
static skel_status fetch_bytes(skel_sample_reader *reader, uint32_t index, uint32_t epoch,
                               const uint8_t *stored, size_t bytes, skel_sample *out)
{
    const skel_samples *samples = reader->samples;
    const skel_dataset_info *info = &reader->view->info;
    bool varied = samples->pixels == SKEL_PIXELS_VARIED;
    size_t height = varied ? (size_t)samples->heights[index] : info->height;
    size_t width = varied ? (size_t)samples->widths[index] : info->width;
    skel_resizer_plan plan;
    bool flip = false;
    skel_status status = SKEL_OK;

    out->bytes = stored;
    if (!varied && !takes_window(reader->view)) {
        return SKEL_OK;
    }
    SKEL_ASSERT(bytes ==
                info->channels * height * width); /* the file was checked when it was opened */
    plan = plan_of(reader, index, epoch, height, width, &flip);
    SKEL_TRY(resize_planes(reader, stored, height, width, &plan, flip));
    out->bytes = reader->shown;
done:
    return status;
}

static skel_status fetch_jpeg(skel_sample_reader *reader, uint32_t index, uint32_t epoch,
                              const uint8_t *stored, size_t bytes, skel_sample *out)
{
    const skel_samples *samples = reader->samples;
    const skel_jpeg_file file = {.bytes = bytes,
                                 .data = stored,
                                 .height = (size_t)samples->heights[index],
                                 .width = (size_t)samples->widths[index]};
    bool flip = false;
    skel_resizer_plan plan = plan_of(reader, index, epoch, file.height, file.width, &flip);
    skel_status status = skel_jpeg_window(reader->jpeg, &file, reader->view->info.channels, &plan,
                                          takes_window(reader->view), flip, reader->shown);

    out->bytes = reader->shown;
    return status;
}

static skel_status fetch_reals(skel_sample_reader *reader, uint32_t index, uint32_t epoch,
                               const uint8_t *stored, skel_sample *out)
{
    const skel_dataset_info *info = &reader->view->info;
    const size_t plane = info->height * info->width;
    const float *reals = (const float *)(const void *)stored;
    bool flip = false;
    skel_window at;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < info->channels * plane; i++) {
        if (!isfinite(reals[i])) {
            return SKEL_FAIL(SKEL_ERR_DATA, "channel %zu is %g at row %zu, column %zu", i / plane,
                             (double)reals[i], i % plane / info->width, i % info->width);
        }
    }
    out->reals = reals;
    if (!takes_window(reader->view)) {
        return SKEL_OK;
    }
    at = skel_placement_window(reader->view, epoch, index, info->height, info->width, &flip);
    for (size_t c = 0; c < info->channels; c++) {
        SKEL_TRY(skel_float_window_resize(info->height, info->width, reals + c * plane, &at, flip,
                                          reader->shown_reals + c * plane));
    }
    out->reals = reader->shown_reals;
done:
    return status;
}

skel_status skel_sample_reader_fetch(skel_sample_reader *reader, uint32_t index, uint32_t epoch,
                                     skel_sample *out)
{
    const uint8_t *stored = NULL;
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    SKEL_TRY(stored_bytes(reader, index, &stored, &bytes));
    switch (reader->samples->pixels) {
    case SKEL_PIXELS_BYTES:
    case SKEL_PIXELS_VARIED:
        status = fetch_bytes(reader, index, epoch, stored, bytes, out);
        break;
    case SKEL_PIXELS_FLOATS:
        status = fetch_reals(reader, index, epoch, stored, out);
        break;
    case SKEL_PIXELS_JPEG:
        status = fetch_jpeg(reader, index, epoch, stored, bytes, out);
        break;
    }
    if (status != SKEL_OK && reader->samples->path != NULL) {
        status = skel_error_prefix("%s: image %u", reader->samples->path, (unsigned)index);
    }
done:
    return status;
}
