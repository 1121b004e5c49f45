/* Streams of Philox, and the distributions made from them. */
#include "skel/random.h"

#include "skel/status.h"

#include <math.h>
#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

enum { BLOCK_WORDS = 4 };

skel_stream skel_stream_open(uint64_t seed, skel_purpose purpose, uint32_t epoch, uint32_t index)
{
    skel_stream stream = {
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, index, epoch, (uint32_t)purpose},
        .used = BLOCK_WORDS,
    };

    return stream;
}

uint32_t skel_stream_bits(skel_stream *stream)
{
    if (stream->used == BLOCK_WORDS) {
        philox4x32_ctr_t counter;
        philox4x32_key_t key;

        memcpy(counter.v, stream->counter, sizeof counter.v);
        memcpy(key.v, stream->key, sizeof key.v);
        counter = philox4x32(counter, key);
        memcpy(stream->block, counter.v, sizeof stream->block);
        stream->counter[0]++;
        SKEL_ASSERT(stream->counter[0] != 0); /* 2^34 words were never meant to be drawn */
        stream->used = 0;
    }
    return stream->block[stream->used++];
}

double skel_stream_uniform(skel_stream *stream)
{
    uint64_t high = skel_stream_bits(stream);
    uint64_t low = skel_stream_bits(stream);

    return (double)((high << 32 | low) >> 11) * 0x1p-53;
}

double skel_stream_normal(skel_stream *stream)
{
    /* 1 - u is in (0, 1], so that the logarithm is finite */
    double radius = sqrt(-2.0 * log(1.0 - skel_stream_uniform(stream)));

    return radius * cos(6.283185307179586 * skel_stream_uniform(stream));
}

uint32_t skel_stream_below(skel_stream *stream, uint32_t limit)
{
    uint32_t rejected = 0;
    uint64_t product = 0;

    SKEL_ASSERT(limit > 0);
    rejected = (uint32_t)(-limit) % limit;
    do {
        product = (uint64_t)skel_stream_bits(stream) * limit;
    } while ((uint32_t)product < rejected);
    return (uint32_t)(product >> 32);
}

void skel_stream_shuffle(skel_stream *stream, size_t count, uint32_t items[])
{
    for (size_t left = count; left > 1; left--) {
        size_t other = skel_stream_below(stream, (uint32_t)left);
        uint32_t item = items[left - 1];

        items[left - 1] = items[other];
        items[other] = item;
    }
}
