/* Images as the network sees them: read, decoded, resized, placed, normalised. */
#include "skel/view.h"

#include "skel/memory.h"

#include "placement.h"
#include "sample_reader.h"

#include <string.h>

enum { PIXELS = 256 };

/* A float for each value of a byte. */
typedef float level_table[PIXELS];

skel_augmentation skel_augmentation_usual(skel_augment kind)
{
    return (skel_augmentation){
        .kind = kind,
        .padding = 4,
        .scale = {0.08, 1},
        .ratio = {3.0 / 4, 4.0 / 3},
        .hole = 16,
    };
}

skel_status skel_view_make(const skel_dataset_info *info, size_t pad_to, skel_augment augment,
                           uint64_t seed, skel_view *out)
{
    memset(out, 0, sizeof *out);
    if (pad_to != 0 && (info->height > pad_to || info->width > pad_to)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "images of %s, %zu x %zu, do not fit in pad-to %zu",
                         info->title, info->height, info->width, pad_to);
    }
    out->info = *info;
    out->side_h = pad_to != 0 ? pad_to : info->height;
    out->side_w = pad_to != 0 ? pad_to : info->width;
    out->cover = info->height * 8 / 7;
    out->augment = skel_augmentation_usual(augment);
    out->seed = seed;
    return SKEL_OK;
}

static bool is_resized(const skel_view *view, const skel_samples *samples)
{
    return view->augment.kind == SKEL_AUGMENT_RANDOM_RESIZED_CROP ||
           samples->pixels == SKEL_PIXELS_JPEG || samples->pixels == SKEL_PIXELS_VARIED;
}

bool skel_view_is_slow(const skel_view *view, const skel_samples *samples)
{
    return samples->images == NULL || is_resized(view, samples);
}

static void make_levels(const skel_dataset_info *info, size_t channel, level_table levels)
{
    double mean = (double)info->mean[channel];
    double deviation = (double)info->deviation[channel];

    for (size_t p = 0; p < PIXELS; p++) {
        levels[p] = (float)(((double)p / 255.0 - mean) / deviation);
    }
}

/* Bytes in memory, which need no room of their own: channel by channel. */
static void fill_bytes(const skel_view *view, const skel_samples *samples, size_t count,
                       const uint32_t index[], uint32_t epoch, float images[])
{
    const skel_dataset_info *info = &view->info;
    const size_t plane = info->height * info->width;
    const size_t side = view->side_h * view->side_w;
    level_table levels;

    for (size_t c = 0; c < info->channels; c++) {
        make_levels(info, c, levels);
        for (size_t i = 0; i < count; i++) {
            skel_placement at = skel_placement_draw(view, epoch, index[i]);
            skel_plane from = {
                .bytes = samples->images + (index[i] * info->channels + c) * plane,
                .levels = levels,
            };

            skel_placement_fill(view, &at, &from, images + (i * info->channels + c) * side);
        }
    }
}

/* One image that a reader has fetched. */
static void fill_one(const skel_view *view, const skel_sample *sample, level_table levels[],
                     const skel_placement *at, float image[])
{
    const skel_dataset_info *info = &view->info;
    const size_t plane = info->height * info->width;

    for (size_t c = 0; c < info->channels; c++) {
        skel_plane from = {
            .bytes = sample->bytes != NULL ? sample->bytes + c * plane : NULL,
            .reals = sample->reals != NULL ? sample->reals + c * plane : NULL,
            .levels = levels[c],
            .mean = (double)info->mean[c],
            .deviation = (double)info->deviation[c],
        };

        skel_placement_fill(view, at, &from, image + c * view->side_h * view->side_w);
    }
}

/* Images of any kind, one after the other. */
static skel_status fill_any(const skel_view *view, const skel_samples *samples, size_t count,
                            const uint32_t index[], uint32_t epoch, float images[])
{
    const size_t floats = view->info.channels * view->side_h * view->side_w;
    level_table *levels = NULL;
    skel_sample_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(view->info.channels, sizeof *levels, &levels));
    SKEL_TRY(skel_sample_reader_create(view, samples, &reader));
    for (size_t c = 0; c < view->info.channels; c++) {
        make_levels(&view->info, c, levels[c]);
    }
    for (size_t i = 0; i < count; i++) {
        skel_placement at = skel_placement_draw(view, epoch, index[i]);
        skel_sample sample;

        SKEL_TRY(skel_sample_reader_fetch(reader, index[i], epoch, &sample));
        fill_one(view, &sample, levels, &at, images + i * floats);
    }
done:
    skel_sample_reader_destroy(&reader);
    SKEL_FREE(&levels);
    return status;
}

skel_status skel_view_fill(const skel_view *view, const skel_samples *samples, size_t count,
                           const uint32_t index[], uint32_t epoch, float images[],
                           uint16_t labels[])
{
    skel_status status = SKEL_OK;

    SKEL_ASSERT(view->info.mean != NULL && view->info.deviation != NULL);
    for (size_t i = 0; i < count; i++) {
        SKEL_ASSERT(index[i] < samples->count);
        labels[i] = samples->labels[index[i]];
    }
    if (samples->pixels == SKEL_PIXELS_BYTES && !skel_view_is_slow(view, samples)) {
        fill_bytes(view, samples, count, index, epoch, images);
    } else {
        status = fill_any(view, samples, count, index, epoch, images);
    }
    return status;
}
