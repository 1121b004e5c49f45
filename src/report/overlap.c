/* Overlap of masks. Layer by layer, all masks are packed into bits, and each two are counted. */
#include "skel/overlap.h"

#include "skel/memory.h"
#include "skel/reader.h"

#include <stdint.h>
#include <string.h>

enum { BITS = 64 };

struct skel_overlaps {
    size_t masks;
    size_t rows;
    size_t layers;
    char **layer; /* [layers] names */
    size_t *size; /* [rows] */
    size_t *kept; /* [rows][masks] */
    size_t *both; /* [rows][masks][masks], where the second is greater than the first */
};

/* The files, and one layer of their masks. */
typedef struct mask_set {
    size_t count;
    const char *const *path;
    skel_reader **reader; /* [count] */
    size_t words;
    uint64_t *bits; /* [count][words] */
} mask_set;

/* Compares the shape of a layer with that of the first mask. */
static skel_status check_shape(const mask_set *set, size_t mask, const char *path)
{
    char text[2][SKEL_READER_SHAPE];
    size_t dims[2] = {0};
    size_t shape[2][4];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_shape(set->reader[0], path, &dims[0], shape[0]));
    SKEL_TRY(skel_reader_shape(set->reader[mask], path, &dims[1], shape[1]));
    if (dims[0] != dims[1] || memcmp(shape[0], shape[1], sizeof shape[0]) != 0) {
        skel_reader_shape_text(dims[0], shape[0], text[0]);
        skel_reader_shape_text(dims[1], shape[1], text[1]);
        status = SKEL_FAIL(SKEL_ERR_DATA, "the masks of %s differ in shape: %s in %s, %s in %s",
                           path + sizeof "/masks", text[0], set->path[0], text[1], set->path[mask]);
    }
done:
    return status;
}

/* Every layer that one file has the other has, too. */
static skel_status check_layers(const mask_set *set, size_t has, size_t has_not)
{
    char path[SKEL_READER_PATH];
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list(set->reader[has], "/masks", &count, &names));
    if (count == 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s has no masks (group /masks)", set->path[has]));
    }
    for (size_t i = 0; i < count; i++) {
        skel_reader_member("/masks", names[i], path);
        if (!skel_reader_has(set->reader[has_not], path)) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "the masks differ in their layers: %s has %s, %s not",
                               set->path[has], names[i], set->path[has_not]));
        }
        SKEL_TRY(check_shape(set, has_not, path));
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

static skel_status open_all(mask_set *set)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(set->count, sizeof(skel_reader *), &set->reader));
    for (size_t i = 0; i < set->count; i++) {
        SKEL_TRY(skel_reader_open(set->path[i], &set->reader[i]));
        SKEL_TRY(skel_reader_check(set->reader[i], "/masks", NULL));
        SKEL_TRY(check_layers(set, i, 0));
        SKEL_TRY(check_layers(set, 0, i));
    }
done:
    return status;
}

static skel_status close_all(mask_set *set, skel_status status)
{
    for (size_t i = 0; set->reader != NULL && i < set->count; i++) {
        status = skel_reader_close(&set->reader[i], status);
    }
    SKEL_FREE(&set->reader);
    SKEL_FREE(&set->bits);
    return status;
}

/* Packs one mask of a layer, and counts what it keeps. */
static skel_status pack(mask_set *set, size_t mask, const char *path, size_t *size, size_t *kept)
{
    uint8_t *keep = NULL;
    uint64_t *bits = NULL;
    skel_status status = SKEL_OK;

    *kept = 0;
    SKEL_TRY(skel_reader_bytes(set->reader[mask], path, size, &keep));
    if (mask == 0) {
        set->words = (*size + BITS - 1) / BITS;
        SKEL_FREE(&set->bits);
        SKEL_TRY(SKEL_ALLOC(set->count * set->words, sizeof *set->bits, &set->bits));
    }
    bits = set->bits + mask * set->words;
    for (size_t i = 0; i < *size; i++) {
        if (keep[i] > 1) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of %s is %u; a mask holds 0 and 1",
                               set->path[mask], i, path, (unsigned)keep[i]));
        }
        bits[i / BITS] |= (uint64_t)keep[i] << i % BITS;
        *kept += keep[i];
    }
done:
    SKEL_FREE(&keep);
    return status;
}

/* Bits that are set; in parallel within the word, because no instruction of all processors does. */
static size_t count_bits(uint64_t word)
{
    word -= (word >> 1) & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + ((word >> 2) & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    return (size_t)((word * UINT64_C(0x0101010101010101)) >> 56);
}

size_t skel_overlap_common(size_t words, const uint64_t a[], const uint64_t b[])
{
    size_t both = 0;

    for (size_t i = 0; i < words; i++) {
        both += count_bits(a[i] & b[i]);
    }
    return both;
}

/* Adds the counts of a layer to a row. */
static void add_to_row(skel_overlaps *out, size_t row, size_t size, const size_t kept[],
                       const size_t both[])
{
    size_t masks = out->masks;

    out->size[row] += size;
    for (size_t i = 0; i < masks; i++) {
        out->kept[row * masks + i] += kept[i];
    }
    for (size_t i = 0; i < masks * masks; i++) {
        out->both[row * masks * masks + i] += both[i];
    }
}

/* Counts one layer; `kept` and `both` are room for it. */
static skel_status count_layer(mask_set *set, size_t layer, skel_overlaps *out, size_t kept[],
                               size_t both[])
{
    char path[SKEL_READER_PATH];
    size_t size = 0;
    skel_status status = SKEL_OK;

    skel_reader_member("/masks", out->layer[layer], path);
    for (size_t i = 0; i < set->count; i++) {
        SKEL_TRY(pack(set, i, path, &size, &kept[i]));
    }
    for (size_t a = 0; a < set->count; a++) {
        for (size_t b = a + 1; b < set->count; b++) {
            both[a * set->count + b] = skel_overlap_common(set->words, set->bits + a * set->words,
                                                           set->bits + b * set->words);
        }
    }
    add_to_row(out, out->rows - 1, size, kept, both);
    if (out->rows > 1) {
        add_to_row(out, layer, size, kept, both);
    }
done:
    return status;
}

static skel_status count_all(mask_set *set, bool layers, skel_overlaps *out)
{
    size_t pairs = set->count * set->count;
    size_t *kept = NULL;
    size_t *both = NULL;
    skel_status status = SKEL_OK;

    out->masks = set->count;
    SKEL_TRY(skel_reader_list(set->reader[0], "/masks", &out->layers, &out->layer));
    out->rows = layers ? out->layers + 1 : 1;
    SKEL_TRY(SKEL_ALLOC(out->rows, sizeof *out->size, &out->size));
    SKEL_TRY(SKEL_ALLOC(out->rows * set->count, sizeof *out->kept, &out->kept));
    SKEL_TRY(SKEL_ALLOC(out->rows * pairs, sizeof *out->both, &out->both));
    SKEL_TRY(SKEL_ALLOC(set->count, sizeof *kept, &kept));
    SKEL_TRY(SKEL_ALLOC(pairs, sizeof *both, &both));
    for (size_t layer = 0; layer < out->layers; layer++) {
        SKEL_TRY(count_layer(set, layer, out, kept, both));
    }
done:
    SKEL_FREE(&both);
    SKEL_FREE(&kept);
    return status;
}

skel_status skel_overlaps_read(size_t count, const char *const paths[], bool layers,
                               skel_overlaps **out)
{
    mask_set set = {.count = count, .path = paths};
    skel_overlaps *overlaps = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (count > SKEL_OVERLAP_MASKS) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_USAGE, "%zu masks; at most %d can be compared at once", count,
                           SKEL_OVERLAP_MASKS));
    }
    SKEL_TRY(SKEL_ALLOC(1, sizeof *overlaps, &overlaps));
    SKEL_TRY(open_all(&set));
    SKEL_TRY(count_all(&set, layers, overlaps));
done:
    status = close_all(&set, status);
    if (status == SKEL_OK) {
        *out = overlaps;
        overlaps = NULL;
    }
    skel_overlaps_free(&overlaps);
    return status;
}

size_t skel_overlaps_rows(const skel_overlaps *overlaps)
{
    return overlaps->rows;
}

const char *skel_overlaps_name(const skel_overlaps *overlaps, size_t row)
{
    return row + 1 == overlaps->rows ? "whole" : overlaps->layer[row];
}

static double jaccard_of(double a, double b, double both)
{
    double either = a + b - both;

    return either > 0 ? both / either : 1;
}

skel_overlap skel_overlap_make(size_t size, size_t kept_a, size_t kept_b, size_t both)
{
    skel_overlap out = {.size = size, .kept = {kept_a, kept_b}, .both = both};

    /* Mean of the hypergeometric distribution: kept b of the weights are drawn blindly. */
    out.chance = size > 0 ? (double)kept_a * (double)kept_b / (double)size : 0;
    out.jaccard = jaccard_of((double)kept_a, (double)kept_b, (double)both);
    out.chance_jaccard = jaccard_of((double)kept_a, (double)kept_b, out.chance);
    return out;
}

void skel_overlaps_pair(const skel_overlaps *overlaps, size_t row, size_t a, size_t b,
                        skel_overlap *out)
{
    size_t masks = overlaps->masks;
    const size_t *kept = overlaps->kept + row * masks;
    const size_t *both = overlaps->both + row * masks * masks;

    SKEL_ASSERT(row < overlaps->rows && a < masks && b < masks);
    *out = skel_overlap_make(overlaps->size[row], kept[a], kept[b],
                             a == b  ? kept[a]
                             : a < b ? both[a * masks + b]
                                     : both[b * masks + a]);
}

void skel_overlaps_free(skel_overlaps **overlaps)
{
    if (*overlaps == NULL) {
        return;
    }
    skel_reader_free_names((*overlaps)->layers, &(*overlaps)->layer);
    SKEL_FREE(&(*overlaps)->size);
    SKEL_FREE(&(*overlaps)->kept);
    SKEL_FREE(&(*overlaps)->both);
    SKEL_FREE(overlaps);
}
