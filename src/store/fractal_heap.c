/* A heap is a space of addresses of its own, in rows of blocks: the first two rows have blocks of
 * the first size, each further row of twice the size of the row before. Blocks of the rows behind
 * the last direct one are themselves such spaces. */
#include "fractal_heap.h"

#include "little_endian.h"

#include "skel/memory.h"

#include <string.h>

enum { HEADER = 142, ADDRESS = 8 };           /* bytes; of what is always there */
enum { MANAGED = 0, LARGE = 1, LEVELS = 64 }; /* kinds of objects; blocks within blocks */
enum { BLOCK_HEAD = 13, MOST_BITS = 63 };     /* bytes before a block's offset; of offsets */
enum { MOST_DIRECT = 31 };                    /* bits of the size of the largest direct block */

static skel_status fail(const skel_blocks *file, uint64_t address, const char *why)
{
    return SKEL_FAIL(SKEL_ERR_DATA, "%s is damaged: the heap of messages at byte %llu %s",
                     file->path, (unsigned long long)(file->base + address), why);
}

static bool is_power(uint64_t number)
{
    return number > 0 && (number & (number - 1)) == 0;
}

static size_t bits_of(uint64_t power)
{
    return (size_t)__builtin_ctzll(power);
}

/* Sizes of blocks, and of the parts of an object's name. */
static skel_status read_sizes(const skel_blocks *file, size_t id, skel_fractal_heap *heap)
{
    const uint8_t *header = heap->header;
    const uint64_t most = skel_little_endian(header + 10, 4); /* bytes of an object */
    const uint64_t largest = skel_little_endian(header + 120, 8);
    const uint64_t bits = skel_little_endian(header + 128, 2);

    heap->width = skel_little_endian(header + 110, 2);
    heap->start = skel_little_endian(header + 112, 8);
    if (skel_little_endian(header + 7, 2) != 0) { /* bytes on filters: H5Pset_filter() of a group */
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s has a group whose links or attributes are compressed, at byte %llu, "
                         "which skel does not read",
                         file->path, (unsigned long long)(file->base + heap->address));
    }
    if (skel_little_endian(header + 5, 2) != id) {
        return fail(file, heap->address, "has names of another length than its place");
    }
    if (!is_power(heap->width) || !is_power(heap->start) || !is_power(largest) ||
        largest < heap->start || bits_of(largest) > MOST_DIRECT || bits_of(largest) > bits ||
        bits > MOST_BITS || bits_of(heap->start) + bits_of(heap->width) > bits) {
        return fail(file, heap->address, "has sizes that contradict each other");
    }
    heap->direct = bits_of(largest) - bits_of(heap->start) + 2;
    heap->offset = (size_t)(bits + 7) / 8;
    heap->length = (bits_of(largest) + 7) / 8;
    heap->length = skel_little_endian_width(most) < heap->length ? skel_little_endian_width(most)
                                                                 : heap->length;
    if (1 + heap->offset + heap->length > id) {
        return fail(file, heap->address, "has sizes that contradict each other");
    }
    return SKEL_OK;
}

skel_status skel_fractal_heap_open(skel_blocks *file, uint64_t address, size_t id,
                                   skel_fractal_heap *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_fractal_heap){.address = address};
    SKEL_TRY(skel_blocks_fetch(file, address, HEADER, &out->header));
    status = memcmp(out->header, "FRHP", 4) == 0 ? read_sizes(file, id, out)
                                                 : fail(file, address, "is not there");
done:
    return status;
}

uint64_t skel_fractal_heap_large(const skel_fractal_heap *heap)
{
    return skel_little_endian(heap->header + 22, ADDRESS);
}

/* The row of an offset; `*offset` becomes that within the row, `*bytes` the size of its blocks. */
static size_t row_of(const skel_fractal_heap *heap, uint64_t *offset, uint64_t *bytes)
{
    const uint64_t first = heap->width * heap->start;
    size_t row = 0;

    *bytes = heap->start;
    if (*offset >= first) {
        row = 1 + (size_t)(63 - __builtin_clzll(*offset / first));
        *bytes = heap->start << (row - 1);
        *offset -= first << (row - 1);
    }
    return row;
}

/* HDF5 takes a block to begin where the block itself says. */
static skel_status check_begin(skel_blocks *file, const skel_fractal_heap *heap, uint64_t block,
                               uint64_t begin)
{
    uint8_t *number = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_blocks_check(file, block, BLOCK_HEAD + heap->offset));
    SKEL_TRY(skel_blocks_fetch(file, block + BLOCK_HEAD, heap->offset, &number));
    if (skel_little_endian(number, heap->offset) != begin) {
        status = fail(file, heap->address, "has a block that belongs to another place");
    }
done:
    SKEL_FREE(&number);
    return status;
}

/* Rows of the block that is a space of so many bytes. */
static size_t rows_of(const skel_fractal_heap *heap, uint64_t bytes)
{
    size_t first = bits_of(heap->start) + bits_of(heap->width);

    return bits_of(bytes) < first ? 0 : bits_of(bytes) - first + 1;
}

/* Goes down to the block that has the object at an offset of the heap. */
static skel_status find_managed(skel_blocks *file, const skel_fractal_heap *heap,
                                const uint64_t place, uint64_t length, uint64_t *address)
{
    uint64_t block = skel_little_endian(heap->header + 132, ADDRESS);
    uint64_t offset = place; /* within the block */
    uint64_t bytes = heap->start;
    size_t rows = skel_little_endian(heap->header + 140, 2);
    size_t row = rows == 0 ? 0 : heap->direct;
    skel_status status = SKEL_OK;

    for (size_t level = 0; row >= heap->direct; level++) {
        uint8_t *entry = NULL;
        uint64_t at = 0;

        SKEL_TRY(check_begin(file, heap, block, place - offset));
        row = row_of(heap, &offset, &bytes);
        if (row >= rows || level >= LEVELS) {
            SKEL_TRY(fail(file, heap->address, "has a message behind its last block"));
        }
        at = BLOCK_HEAD + heap->offset + (row * heap->width + offset / bytes) * ADDRESS;
        SKEL_TRY(skel_blocks_check(file, block, at + ADDRESS));
        SKEL_TRY(skel_blocks_fetch(file, block + at, ADDRESS, &entry));
        block = skel_little_endian(entry, ADDRESS);
        SKEL_FREE(&entry);
        offset %= bytes;
        rows = rows_of(heap, bytes);
    }
    if (offset < BLOCK_HEAD + heap->offset || offset > bytes || length > bytes - offset) {
        SKEL_TRY(fail(file, heap->address, "has a message that is not within its block"));
    }
    SKEL_TRY(skel_blocks_check(file, block, bytes));
    SKEL_TRY(check_begin(file, heap, block, place - offset));
    *address = block + offset;
done:
    return status;
}

skel_status skel_fractal_heap_find(skel_blocks *file, const skel_fractal_heap *heap,
                                   const uint8_t id[], uint64_t *address, uint64_t *bytes)
{
    const unsigned kind = id[0] >> 4; /* with the version, 0 */

    *address = 0;
    *bytes = 0;
    if (kind == LARGE) {
        return SKEL_OK;
    }
    *bytes = skel_little_endian(id + 1 + heap->offset, heap->length);
    if (kind != MANAGED || *bytes == 0) {
        return fail(file, heap->address, "has a message without a place");
    }
    return find_managed(file, heap, skel_little_endian(id + 1, heap->offset), *bytes, address);
}
