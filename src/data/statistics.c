/* Sums in double. Those of bytes are whole numbers below 2^53, hence exact; floats are summed as
 * distances to the channel's first pixel, image by image, so that squares do not cancel. */
#include "statistics.h"

#include "skel/memory.h"

#include <float.h>
#include <math.h>

skel_status skel_statistics_begin(const skel_dataset_info *info, skel_statistics *out)
{
    *out = (skel_statistics){.channels = info->channels, .plane = info->height * info->width};
    return SKEL_ALLOC(3 * info->channels, sizeof *out->sum, &out->sum);
}

void skel_statistics_free(skel_statistics *statistics)
{
    SKEL_FREE(&statistics->sum);
}

/* The sums of one channel. */
static void add(skel_statistics *it, size_t channel, double sum, double square)
{
    it->sum[it->channels + channel] += sum;
    it->sum[2 * it->channels + channel] += square;
}

void skel_statistics_add_bytes(skel_statistics *statistics, size_t count, const uint8_t images[])
{
    for (size_t i = 0; i < count * statistics->channels; i++) {
        const uint8_t *plane = images + i * statistics->plane;
        uint64_t sum = 0;
        uint64_t square = 0;

        for (size_t p = 0; p < statistics->plane; p++) {
            sum += plane[p];
            square += (uint64_t)plane[p] * plane[p];
        }
        add(statistics, i % statistics->channels, (double)sum, (double)square);
    }
    statistics->images += count;
}

void skel_statistics_add_floats(skel_statistics *statistics, size_t count, const float images[])
{
    for (size_t i = 0; i < count * statistics->channels; i++) {
        const float *plane = images + i * statistics->plane;
        size_t channel = i % statistics->channels;
        double sum = 0;
        double square = 0;

        if (statistics->images == 0 && i < statistics->channels) {
            statistics->sum[channel] = (double)plane[0];
        }
        for (size_t p = 0; p < statistics->plane; p++) {
            double distance = (double)plane[p] - statistics->sum[channel];

            sum += distance;
            square += distance * distance;
        }
        add(statistics, channel, sum, square);
    }
    statistics->images += count;
}

void skel_statistics_end(const skel_statistics *statistics, bool is_bytes, float mean[],
                         float deviation[])
{
    size_t channels = statistics->channels;
    double pixels = (double)statistics->images * (double)statistics->plane;
    double unit = is_bytes ? 255 : 1;

    for (size_t c = 0; c < channels; c++) {
        double distance = statistics->sum[channels + c] / pixels;
        double variance = statistics->sum[2 * channels + c] / pixels - distance * distance;
        float found = variance > 0 ? (float)(sqrt(variance) / unit) : 0;

        mean[c] = (float)((statistics->sum[c] + distance) / unit);
        deviation[c] = found >= FLT_MIN ? found : 1;
    }
}
