/* Copies of channels: runs of lanes that lie side by side in both tensors. */
#include "channels.h"

#include "parts.h"

#include <string.h>

/* One run of lanes, at all pixels of a plane. */
static void copy_run(size_t pixels, size_t lanes, size_t run, float factor, const float *from,
                     float *to)
{
    for (size_t i = 0; i < pixels * lanes; i += lanes) {
        for (size_t lane = 0; lane < run; lane++) {
            to[i + lane] = from == NULL ? 0.0F : factor * from[i + lane];
        }
    }
}

void skel_dense_f32_channels_copy(size_t images, size_t pixels, size_t lanes, size_t count,
                                  float factor, skel_dense_channels source, const float *from,
                                  skel_dense_channels target, float *to)
{
    size_t plane = pixels * lanes;

#pragma omp parallel for schedule(static)
    for (size_t image = 0; image < images; image++) {
        size_t run = 0;

        for (size_t done = 0; done < count; done += run) {
            size_t s = source.first + done;
            size_t t = target.first + done;
            const float *in = from == NULL
                                  ? NULL
                                  : from + (image * source.blocks + s / lanes) * plane + s % lanes;
            float *out = to + (image * target.blocks + t / lanes) * plane + t % lanes;

            run = skel_lesser(count - done, skel_lesser(lanes - s % lanes, lanes - t % lanes));
            if (run == lanes && in != NULL && factor == 1.0F) {
                memcpy(out, in, plane * sizeof *out);
            } else {
                copy_run(pixels, lanes, run, factor, in, out);
            }
        }
    }
}

void skel_dense_f32_channels_clear(size_t images, size_t channels, size_t pixels, size_t lanes,
                                   float *x)
{
    size_t blocks = parts(channels, lanes);
    skel_dense_channels behind = {.blocks = blocks, .first = channels};

    skel_dense_f32_channels_copy(images, pixels, lanes, blocks * lanes - channels, 1, behind, NULL,
                                 behind, x);
}
