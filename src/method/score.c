/* Formulas for scores that several methods share. */
#include "methods.h"

#include "skel/random.h"

#include <math.h>
#include <string.h>

static void multiply(size_t count, const float parameters[restrict], const float signal[restrict],
                     float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = fabsf(parameters[i] * signal[i]);
    }
}

void skel_score_saliency(const skel_method_tensor *tensor, float scores[])
{
    multiply(tensor->count, tensor->parameters, tensor->signal, scores);
}

void skel_score_squared(const skel_method_tensor *tensor, float scores[])
{
    for (size_t i = 0; i < tensor->count; i++) {
        scores[i] = tensor->parameters[i] * tensor->parameters[i] * tensor->signal[i];
    }
}

void skel_score_signal(const skel_method_tensor *tensor, float scores[])
{
    memcpy(scores, tensor->signal, tensor->count * sizeof *scores);
}

static void magnitudes(size_t count, const float parameters[restrict], float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = fabsf(parameters[i]);
    }
}

void skel_score_magnitude(const skel_method_tensor *tensor, float scores[])
{
    magnitudes(tensor->count, tensor->parameters, scores);
}

void skel_score_random(const skel_method_tensor *tensor, float scores[])
{
    skel_stream stream =
        skel_stream_open(tensor->seed, SKEL_PURPOSE_SCORE, 0, (uint32_t)tensor->number);

    for (size_t i = 0; i < tensor->count; i++) {
        scores[i] = (float)((skel_stream_bits(&stream) >> 8) + 1) * 0x1p-24F;
    }
}
