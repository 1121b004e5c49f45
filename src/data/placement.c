/* Centres, crops, mirrors and normalises a channel in one pass; draws where it lies. */
#include "placement.h"

#include <math.h>

enum { STANDARD_PADDING = 4, TRIES = 10 };

static size_t clamp(ptrdiff_t value, size_t limit)
{
    return value < 0 ? 0 : (size_t)value < limit ? (size_t)value : limit;
}

static size_t padding_of(const skel_view *view)
{
    return view->augment.kind == SKEL_AUGMENT_STANDARD ? STANDARD_PADDING : view->augment.padding;
}

/* The hole's centre is anywhere in the view; what lies outside is cut off. */
static void draw_hole(const skel_view *view, skel_stream *stream, skel_placement *place)
{
    ptrdiff_t side = (ptrdiff_t)view->augment.hole;
    ptrdiff_t top = (ptrdiff_t)skel_stream_below(stream, (uint32_t)view->side_h) - side / 2;
    ptrdiff_t left = (ptrdiff_t)skel_stream_below(stream, (uint32_t)view->side_w) - side / 2;

    place->hole_top = clamp(top, view->side_h);
    place->hole_end = clamp(top + side, view->side_h);
    place->hole_left = clamp(left, view->side_w);
    place->hole_right = clamp(left + side, view->side_w);
}

skel_placement skel_placement_draw(const skel_view *view, uint32_t epoch, uint32_t sample)
{
    skel_augment kind = view->augment.kind;
    skel_placement place = {
        .top = (ptrdiff_t)((view->side_h - view->info.height) / 2),
        .left = (ptrdiff_t)((view->side_w - view->info.width) / 2),
    };

    if (kind == SKEL_AUGMENT_STANDARD || kind == SKEL_AUGMENT_CROP_FLIP ||
        kind == SKEL_AUGMENT_CUTOUT) {
        skel_stream stream = skel_stream_open(view->seed, SKEL_PURPOSE_AUGMENT, epoch, sample);
        ptrdiff_t padding = (ptrdiff_t)padding_of(view);

        place.top += padding - (ptrdiff_t)skel_stream_below(&stream, (uint32_t)(2 * padding + 1));
        place.left += padding - (ptrdiff_t)skel_stream_below(&stream, (uint32_t)(2 * padding + 1));
        place.flip = (skel_stream_bits(&stream) & 1) != 0;
        if (kind == SKEL_AUGMENT_CUTOUT) {
            draw_hole(view, &stream, &place);
        }
    }
    return place;
}

/* The largest window in the centre whose ratio is allowed. */
static skel_window centre(const skel_augmentation *augment, size_t height, size_t width)
{
    double ratio = (double)width / (double)height;
    skel_window out = {0, 0, height, width};

    if (ratio < augment->ratio[0]) {
        out.height = (size_t)lround((double)width / augment->ratio[0]);
    } else if (ratio > augment->ratio[1]) {
        out.width = (size_t)lround((double)height * augment->ratio[1]);
    }
    out.height = out.height > 0 && out.height < height ? out.height : height;
    out.width = out.width > 0 && out.width < width ? out.width : width;
    out.top = (height - out.height) / 2;
    out.left = (width - out.width) / 2;
    return out;
}

skel_window skel_placement_window(const skel_view *view, uint32_t epoch, uint32_t sample,
                                  size_t height, size_t width, bool *flip)
{
    const skel_augmentation *augment = &view->augment;
    skel_stream stream = skel_stream_open(view->seed, SKEL_PURPOSE_AUGMENT, epoch, sample);
    skel_window out = centre(augment, height, width);
    double low = log(augment->ratio[0]);
    double high = log(augment->ratio[1]);

    for (int i = 0; i < TRIES; i++) {
        double share = augment->scale[0] +
                       (augment->scale[1] - augment->scale[0]) * skel_stream_uniform(&stream);
        double ratio = exp(low + (high - low) * skel_stream_uniform(&stream));
        double area = share * (double)height * (double)width;
        double rows = round(sqrt(area / ratio));
        double columns = round(sqrt(area * ratio));

        if (rows >= 1 && rows <= (double)height && columns >= 1 && columns <= (double)width) {
            out.height = (size_t)rows;
            out.width = (size_t)columns;
            out.top = skel_stream_below(&stream, (uint32_t)(height - out.height + 1));
            out.left = skel_stream_below(&stream, (uint32_t)(width - out.width + 1));
            break;
        }
    }
    *flip = (skel_stream_bits(&stream) & 1) != 0;
    return out;
}

static float value_at(const skel_plane *plane, size_t i)
{
    return plane->bytes != NULL
               ? plane->levels[plane->bytes[i]]
               : (float)(((double)plane->reals[i] - plane->mean) / plane->deviation);
}

static float black_of(const skel_plane *plane)
{
    return plane->bytes != NULL ? plane->levels[0] : (float)(-plane->mean / plane->deviation);
}

/* One row of the view, of which [begin, end) is the image's; `source` is the image's first pixel
 * in that range. Mirroring mirrors the whole row. */
static void fill_row(const skel_plane *plane, size_t source, size_t begin, size_t end, size_t width,
                     bool flip, float row[])
{
    const float black = black_of(plane);

    if (flip) {
        for (size_t x = 0; x < width; x++) {
            size_t from = width - 1 - x;

            row[x] = from >= begin && from < end ? value_at(plane, source + from - begin) : black;
        }
        return;
    }
    for (size_t x = 0; x < begin; x++) {
        row[x] = black;
    }
    for (size_t x = begin; x < end; x++) {
        row[x] = value_at(plane, source + x - begin);
    }
    for (size_t x = end; x < width; x++) {
        row[x] = black;
    }
}

static void cut_hole(const skel_view *view, const skel_placement *at, float out[])
{
    for (size_t y = at->hole_top; y < at->hole_end; y++) {
        for (size_t x = at->hole_left; x < at->hole_right; x++) {
            out[y * view->side_w + x] = 0;
        }
    }
}

void skel_placement_fill(const skel_view *view, const skel_placement *at, const skel_plane *plane,
                         float out[])
{
    ptrdiff_t height = (ptrdiff_t)view->info.height;
    ptrdiff_t width = (ptrdiff_t)view->info.width;
    size_t begin = clamp(at->left, view->side_w);
    size_t end = clamp(at->left + width, view->side_w);

    for (size_t y = 0; y < view->side_h; y++) {
        ptrdiff_t line = (ptrdiff_t)y - at->top;
        bool outside = line < 0 || line >= height;
        size_t source = outside ? 0 : (size_t)(line * width + ((ptrdiff_t)begin - at->left));

        fill_row(plane, source, begin, outside ? begin : end, view->side_w, at->flip,
                 out + y * view->side_w);
    }
    cut_hole(view, at, out);
}
