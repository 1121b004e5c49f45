/* PIL's antialiased bilinear filter: columns into an intermediate image, then its rows. */
#include "skel/resizer.h"

#include "skel/memory.h"

#include <math.h>

enum { BITS = 22 }; /* of a weight's fraction: 8 of a pixel and 2 to spare remain of 32 */

/* How the pixels of one dimension are made. */
typedef struct filter {
    size_t count;    /* new pixels */
    size_t taps;     /* room for weights of each */
    size_t *first;   /* [count] old pixel of the first weight */
    size_t *used;    /* [count] weights */
    int32_t *weight; /* [count][taps] */
    double *real;    /* [taps] */
    size_t room;     /* for `count` and `taps` that memory is there */
    size_t taps_room;
} filter;

struct skel_resizer {
    filter across;
    filter down;
    size_t room;
    uint8_t *narrow; /* [channels][rows of the window][part_width] */
};

skel_resizer_plan skel_resizer_plan_window(size_t top, size_t left, size_t height, size_t width,
                                           size_t rows, size_t columns)
{
    return (skel_resizer_plan){.top = (double)top,
                               .left = (double)left,
                               .height = (double)height,
                               .width = (double)width,
                               .rows = rows,
                               .columns = columns,
                               .part_height = rows,
                               .part_width = columns};
}

/* Half of what is left over, to even numbers. */
static size_t margin(size_t all, size_t part)
{
    size_t left = all - part;
    size_t half = left / 2;

    return left % 2 == 1 && half % 2 == 1 ? half + 1 : half;
}

skel_resizer_plan skel_resizer_plan_centre(size_t image_height, size_t image_width,
                                           size_t cover_height, size_t cover_width, size_t height,
                                           size_t width)
{
    /* image_height / cover_height <= image_width / cover_width: the height decides */
    bool by_height = image_height * cover_width <= image_width * cover_height;
    size_t rows = by_height ? cover_height : cover_width * image_height / image_width;
    size_t columns = by_height ? cover_height * image_width / image_height : cover_width;
    skel_resizer_plan plan =
        skel_resizer_plan_window(0, 0, image_height, image_width, rows, columns);

    SKEL_ASSERT(rows >= height && columns >= width);
    plan.part_top = margin(rows, height);
    plan.part_left = margin(columns, width);
    plan.part_height = height;
    plan.part_width = width;
    return plan;
}

skel_status skel_resizer_create(skel_resizer **out)
{
    return SKEL_ALLOC(1, sizeof **out, out);
}

static void filter_free(filter *it)
{
    SKEL_FREE(&it->first);
    SKEL_FREE(&it->used);
    SKEL_FREE(&it->weight);
    SKEL_FREE(&it->real);
    it->room = 0;
    it->taps_room = 0;
}

void skel_resizer_destroy(skel_resizer **resizer)
{
    if (*resizer == NULL) {
        return;
    }
    filter_free(&(*resizer)->across);
    filter_free(&(*resizer)->down);
    SKEL_FREE(&(*resizer)->narrow);
    SKEL_FREE(resizer);
}

static skel_status filter_reserve(filter *it, size_t count, size_t taps)
{
    skel_status status = SKEL_OK;

    it->count = count;
    it->taps = taps;
    if (count <= it->room && taps <= it->taps_room) {
        return SKEL_OK;
    }
    filter_free(it);
    SKEL_TRY(SKEL_ALLOC_RAW(count, sizeof *it->first, &it->first));
    SKEL_TRY(SKEL_ALLOC_RAW(count, sizeof *it->used, &it->used));
    SKEL_TRY(SKEL_ALLOC_RAW(count * taps, sizeof *it->weight, &it->weight));
    SKEL_TRY(SKEL_ALLOC_RAW(taps, sizeof *it->real, &it->real));
    it->room = count;
    it->taps_room = taps;
done:
    return status;
}

/* A weight in whole numbers, rounded away from 0. */
static int32_t fixed(double weight)
{
    double scaled = weight * (double)(1 << BITS);

    return (int32_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

/* Part of a dimension: new pixels `from` to `from + count - 1` of `all`, which the old pixels from
 * `begin` to `begin + length` of `size` become. Pixels beyond the window have no weight. */
static skel_status filter_make(filter *it, size_t size, double begin, double length, size_t all,
                               size_t from, size_t count)
{
    const double scale = length / (double)all;
    const double support = scale > 1.0 ? scale : 1.0;
    const double low = floor(begin);
    const double high = fmin(ceil(begin + length), (double)size);
    skel_status status = filter_reserve(it, count, (size_t)ceil(support) * 2 + 1);

    for (size_t i = 0; i < count && status == SKEL_OK; i++) {
        double centre = begin + ((double)(from + i) + 0.5) * scale;
        double first = trunc(centre - support + 0.5);
        double last = trunc(centre + support + 0.5);
        double sum = 0.0;
        size_t used = 0;

        first = first < low ? low : first;
        last = last > high ? high : last;
        used = (size_t)(last - first);
        SKEL_ASSERT(last > first && used <= it->taps);
        for (size_t k = 0; k < used; k++) {
            double distance = fabs(((double)k + first - centre + 0.5) * (1.0 / support));

            it->real[k] = distance < 1.0 ? 1.0 - distance : 0.0;
            sum += it->real[k];
        }
        it->first[i] = (size_t)first;
        it->used[i] = used;
        for (size_t k = 0; k < used; k++) {
            it->weight[i * it->taps + k] = fixed(it->real[k] / sum);
        }
    }
    return status;
}

static uint8_t to_byte(int32_t sum)
{
    int32_t value = sum >> BITS;

    return (uint8_t)(value < 0 ? 0 : value > UINT8_MAX ? UINT8_MAX : value);
}

/* One row of one channel: `in` is the row's first pixel, `step` bytes lie between two. */
static void filter_row(const filter *it, const uint8_t in[], size_t step, bool flip, uint8_t out[])
{
    for (size_t i = 0; i < it->count; i++) {
        const int32_t *weight = it->weight + i * it->taps;
        const uint8_t *pixel = in + it->first[i] * step;
        int32_t sum = 1 << (BITS - 1);

        for (size_t k = 0; k < it->used[i]; k++) {
            sum += weight[k] * pixel[k * step];
        }
        out[flip ? it->count - 1 - i : i] = to_byte(sum);
    }
}

/* All rows of a plane [rows][width], whose first row is row `above` of the image. */
static void filter_columns(const filter *it, const uint8_t plane[], size_t above, size_t width,
                           int32_t sums[], uint8_t out[])
{
    for (size_t i = 0; i < it->count; i++) {
        const int32_t *weight = it->weight + i * it->taps;

        for (size_t x = 0; x < width; x++) {
            sums[x] = 1 << (BITS - 1);
        }
        for (size_t k = 0; k < it->used[i]; k++) {
            const uint8_t *row = plane + (it->first[i] - above + k) * width;

            for (size_t x = 0; x < width; x++) {
                sums[x] += weight[k] * row[x];
            }
        }
        for (size_t x = 0; x < width; x++) {
            out[i * width + x] = to_byte(sums[x]);
        }
    }
}

/* Room for the narrow image, and behind it for a row of sums. */
static skel_status reserve(skel_resizer *resizer, size_t bytes, size_t width)
{
    size_t room = bytes + width * sizeof(int32_t) + sizeof(int32_t);
    skel_status status = SKEL_OK;

    if (room > resizer->room) {
        SKEL_FREE(&resizer->narrow);
        resizer->room = 0;
        SKEL_TRY(SKEL_ALLOC_RAW(room, 1, &resizer->narrow));
        resizer->room = room;
    }
done:
    return status;
}

skel_status skel_resizer_apply(skel_resizer *resizer, const skel_picture *picture,
                               const skel_resizer_plan *plan, bool flip, uint8_t out[])
{
    const size_t channels = picture->channels;
    const size_t width = plan->part_width;
    size_t above = 0;
    size_t rows = 0;
    size_t plane = 0;
    int32_t *sums = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(filter_make(&resizer->across, picture->width, plan->left, plan->width, plan->columns,
                         plan->part_left, width));
    SKEL_TRY(filter_make(&resizer->down, picture->height, plan->top, plan->height, plan->rows,
                         plan->part_top, plan->part_height));
    above = resizer->down.first[0];
    rows = resizer->down.first[plan->part_height - 1] + resizer->down.used[plan->part_height - 1] -
           above;
    plane = rows * width;
    SKEL_TRY(reserve(resizer, (channels * plane + 3) / 4 * 4, width));
    sums = (int32_t *)(void *)(resizer->narrow + (channels * plane + 3) / 4 * 4);
    for (size_t c = 0; c < channels; c++) {
        for (size_t y = 0; y < rows; y++) {
            filter_row(&resizer->across,
                       picture->pixels + (above + y) * picture->width * channels + c, channels,
                       flip, resizer->narrow + c * plane + y * width);
        }
        filter_columns(&resizer->down, resizer->narrow + c * plane, above, width, sums,
                       out + c * plan->part_height * width);
    }
done:
    return status;
}
