/* Masks as bits: those of a large network for all methods and seeds fit into memory. */
#include "mask_bits.h"

#include "skel/memory.h"
#include "skel/reader.h"

enum { WORD_BITS = 64 };

/* Appends a layer's mask. */
static skel_status append(skel_reader *reader, const char *name, skel_mask_bits *mask)
{
    char dataset[SKEL_READER_PATH];
    size_t count = 0;
    uint8_t *keep = NULL;
    size_t words = (mask->weights + WORD_BITS - 1) / WORD_BITS;
    size_t needed = 0;
    skel_status status = SKEL_OK;

    skel_reader_member("/masks", name, dataset);
    SKEL_TRY(skel_reader_bytes(reader, dataset, &count, &keep));
    needed = (mask->weights + count + WORD_BITS - 1) / WORD_BITS;
    SKEL_TRY(SKEL_GROW(needed, sizeof *mask->word, &mask->word));
    for (size_t i = words; i < needed; i++) {
        mask->word[i] = 0;
    }
    for (size_t i = 0; i < count; i++) {
        size_t place = mask->weights + i;

        mask->kept += keep[i] != 0;
        mask->word[place / WORD_BITS] |= (uint64_t)(keep[i] != 0) << (place % WORD_BITS);
    }
    mask->weights += count;
done:
    SKEL_FREE(&keep);
    return status;
}

skel_status skel_mask_bits_read(const char *path, skel_mask_bits *out)
{
    skel_reader *reader = NULL;
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    *out = (skel_mask_bits){0};
    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_reader_list(reader, "/masks", &count, &names));
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(append(reader, names[i], out));
    }
done:
    skel_reader_free_names(count, &names);
    status = skel_reader_close(&reader, status);
    if (status != SKEL_OK) {
        SKEL_FREE(&out->word);
        *out = (skel_mask_bits){0};
    }
    return status;
}

bool skel_mask_bits_overlap(const skel_mask_bits *a, const skel_mask_bits *b, skel_overlap *out)
{
    size_t words = (a->weights + WORD_BITS - 1) / WORD_BITS;

    if (a->weights != b->weights || a->weights == 0) {
        return false;
    }
    *out = skel_overlap_make(a->weights, a->kept, b->kept,
                             skel_overlap_common(words, a->word, b->word));
    return true;
}
