/* Images as the network sees them: centred, cropped, flipped, normalised, in one pass. */
#include "skel/view.h"
#include "skel/random.h"

#include <string.h>

enum { PIXELS = 256, CROP_PADDING = 4 };

/* A float for each value of a byte. */
typedef float level_table[PIXELS];

/* Where the image lies in what the network sees. */
typedef struct placement {
    ptrdiff_t top; /* row of the view in which the image's first row lies; may be negative */
    ptrdiff_t left;
    bool flip;
} placement;

skel_status skel_view_make(const skel_dataset_info *info, size_t pad_to, skel_augment augment,
                           uint64_t seed, skel_view *out)
{
    memset(out, 0, sizeof *out);
    if (pad_to != 0 && (info->height > pad_to || info->width > pad_to)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "images of %s, %zu x %zu, do not fit in pad-to %zu",
                         info->title, info->height, info->width, pad_to);
    }
    out->info = info;
    out->side_h = pad_to != 0 ? pad_to : info->height;
    out->side_w = pad_to != 0 ? pad_to : info->width;
    out->augment = augment;
    out->seed = seed;
    return SKEL_OK;
}

static void make_levels(const skel_dataset_info *info, size_t channel, level_table levels)
{
    double mean = (double)info->mean[channel];
    double deviation = (double)info->deviation[channel];

    for (size_t p = 0; p < PIXELS; p++) {
        levels[p] = (float)(((double)p / 255.0 - mean) / deviation);
    }
}

/* The order of the draws is part of the meaning of a seed: row, column, flip. */
static placement place(const skel_view *view, uint32_t epoch, uint32_t sample)
{
    placement place = {
        .top = (ptrdiff_t)((view->side_h - view->info->height) / 2),
        .left = (ptrdiff_t)((view->side_w - view->info->width) / 2),
    };

    if (view->augment == SKEL_AUGMENT_STANDARD) {
        skel_stream stream = skel_stream_open(view->seed, SKEL_PURPOSE_AUGMENT, epoch, sample);

        place.top += CROP_PADDING - (ptrdiff_t)skel_stream_below(&stream, 2 * CROP_PADDING + 1);
        place.left += CROP_PADDING - (ptrdiff_t)skel_stream_below(&stream, 2 * CROP_PADDING + 1);
        place.flip = (skel_stream_bits(&stream) & 1) != 0;
    }
    return place;
}

/* One row of the view, of which [begin, end) is the image's; `source` is the image's first pixel
 * in that range. Flipping mirrors the whole row. */
static void fill_row(const float levels[], const uint8_t *source, size_t begin, size_t end,
                     size_t width, bool flip, float row[])
{
    const float black = levels[0];

    if (flip) {
        for (size_t x = 0; x < width; x++) {
            size_t from = width - 1 - x;

            row[x] = from >= begin && from < end ? levels[source[from - begin]] : black;
        }
        return;
    }
    for (size_t x = 0; x < begin; x++) {
        row[x] = black;
    }
    for (size_t x = begin; x < end; x++) {
        row[x] = levels[source[x - begin]];
    }
    for (size_t x = end; x < width; x++) {
        row[x] = black;
    }
}

static size_t clamp(ptrdiff_t value, size_t limit)
{
    return value < 0 ? 0 : (size_t)value < limit ? (size_t)value : limit;
}

static void fill_plane(const skel_view *view, const placement *at, const float levels[],
                       const uint8_t *plane, float out[])
{
    ptrdiff_t height = (ptrdiff_t)view->info->height;
    ptrdiff_t width = (ptrdiff_t)view->info->width;
    size_t begin = clamp(at->left, view->side_w);
    size_t end = clamp(at->left + width, view->side_w);

    for (size_t y = 0; y < view->side_h; y++) {
        ptrdiff_t line = (ptrdiff_t)y - at->top;
        bool outside = line < 0 || line >= height;
        const uint8_t *source =
            outside ? plane : plane + line * width + ((ptrdiff_t)begin - at->left);

        fill_row(levels, source, begin, outside ? begin : end, view->side_w, at->flip,
                 out + y * view->side_w);
    }
}

void skel_view_fill(const skel_view *view, const skel_samples *samples, size_t count,
                    const uint32_t index[], uint32_t epoch, float images[], uint16_t labels[])
{
    const skel_dataset_info *info = view->info;
    const size_t plane = info->height * info->width;
    const size_t side = view->side_h * view->side_w;
    level_table levels;

    for (size_t c = 0; c < info->channels; c++) {
        make_levels(info, c, levels);
        for (size_t i = 0; i < count; i++) {
            placement at = place(view, epoch, index[i]);

            SKEL_ASSERT(index[i] < samples->count);
            fill_plane(view, &at, levels, samples->images + (index[i] * info->channels + c) * plane,
                       images + (i * info->channels + c) * side);
        }
    }
    for (size_t i = 0; i < count; i++) {
        labels[i] = samples->labels[index[i]];
    }
}
