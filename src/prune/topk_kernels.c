/* The loops that read every score. */
#include "topk_kernels.h"

static void take_apart(skel_topk_range in, size_t count, const float scores[restrict],
                       skel_topk_block *restrict block, skel_topk_tally *seen)
{
    uint32_t largest = seen->largest;
    uint32_t positive = 0;
    uint32_t above = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t bits = skel_topk_bits(scores[i]);
        uint32_t magnitude = skel_topk_magnitude(bits);
        uint32_t key = skel_topk_key(bits);

        largest = magnitude > largest ? magnitude : largest;
        positive += key > SKEL_TOPK_SIGN;
        above += key > in.first + in.more;
        block->bin[i] = (uint16_t)(key >> in.shift);
        block->inside[i] = key - in.first <= in.more;
    }
    seen->largest = largest;
    seen->positive += positive;
    seen->above += above;
    while (count % SKEL_TOPK_GROUP != 0) {
        block->inside[count++] = 0;
    }
}

static size_t write(uint32_t threshold, size_t count, const float scores[restrict],
                    uint8_t keep[restrict])
{
    uint32_t ties = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t key = skel_topk_key(skel_topk_bits(scores[i]));

        ties += key == threshold;
        keep[i] = (uint8_t)(key >= threshold);
    }
    return ties;
}

const skel_topk_kernels SKEL_ISA_NAME(skel_topk_kernels) = {
    .take_apart = take_apart,
    .write = write,
};
