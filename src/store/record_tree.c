/* A node is records, one behind the other, and behind them the addresses of its children, each with
 * the number of its records. The widths of these numbers follow from how many a node has room for.
 */
#include "record_tree.h"

#include "little_endian.h"

#include "skel/memory.h"

#include <string.h>

/* Sizes in bytes; LEVELS and MOST_NODE: far more than HDF5 writes. */
enum { HEADER = 38, HEAD = 6, CHECKSUM = 4, ADDRESS = 8, LEVELS = 16, MOST_NODE = 1 << 20 };

typedef struct tree {
    skel_blocks *file;
    uint64_t node;         /* bytes of each */
    uint64_t record;       /* bytes of each */
    size_t depth;          /* levels above the leaves */
    uint64_t most[LEVELS]; /* records of a node of each level, from the leaves on */
    size_t pointer[LEVELS];
    size_t width; /* bytes of a child's number of records */
    skel_record_visit *visit;
    void *context;
} tree;

/* How many records a node of each level has room for. */
static bool measure_levels(tree *of)
{
    const uint64_t around = HEAD + CHECKSUM;
    uint64_t below = 0; /* records of a child and of all below it, at most */

    if (of->record == 0 || of->node <= around || of->node > MOST_NODE || of->depth >= LEVELS) {
        return false;
    }
    of->most[0] = (of->node - around) / of->record;
    of->width = skel_little_endian_width(of->most[0]);
    below = of->most[0];
    for (size_t level = 1; level <= of->depth; level++) {
        of->pointer[level] =
            ADDRESS + of->width + (level > 1 ? skel_little_endian_width(below) : 0);
        if (of->node < around + of->pointer[level]) {
            return false;
        }
        of->most[level] =
            (of->node - around - of->pointer[level]) / (of->record + of->pointer[level]);
        if (__builtin_mul_overflow(of->most[level] + 1, below, &below) ||
            __builtin_add_overflow(of->most[level], below, &below)) {
            return false;
        }
    }
    return true;
}

static skel_status fail(const tree *of, uint64_t address)
{
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s is damaged: the list of records at byte %llu is larger than "
                     "its place",
                     of->file->path, (unsigned long long)(of->file->base + address));
}

/* One node and all below it: level by level down to the leaves. */
static skel_status read_node(const tree *of, uint64_t address, uint64_t count, size_t level)
{
    uint8_t *node = NULL;
    const uint8_t *children = NULL;
    skel_status status = SKEL_OK;

    if (count > of->most[level]) {
        return fail(of, address);
    }
    SKEL_TRY(skel_blocks_fetch(of->file, address, of->node, &node));
    for (uint64_t i = 0; i < count; i++) {
        SKEL_TRY(of->visit(of->context, of->record, node + HEAD + i * of->record));
    }
    children = node + HEAD + count * of->record;
    for (uint64_t i = 0; level > 0 && i <= count; i++) {
        const uint8_t *child = children + i * of->pointer[level];

        SKEL_TRY(read_node(of, skel_little_endian(child, ADDRESS),
                           skel_little_endian(child + ADDRESS, of->width), level - 1));
    }
done:
    SKEL_FREE(&node);
    return status;
}

skel_status skel_record_tree_read(skel_blocks *file, uint64_t address, unsigned kind, size_t least,
                                  skel_record_visit *visit, void *context)
{
    tree of = {.file = file, .visit = visit, .context = context};
    uint8_t *header = NULL;
    uint64_t root = 0;
    skel_status status = SKEL_OK;

    if (address == UINT64_MAX) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_blocks_fetch(file, address, HEADER, &header));
    if (memcmp(header, "BTHD", 4) != 0) {
        goto done;
    }
    if (header[5] != kind) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s is damaged: the list of records at byte %llu has kind %u, and its "
                           "place kind %u",
                           file->path, (unsigned long long)(file->base + address), header[5],
                           kind));
    }
    of.node = skel_little_endian(header + 6, 4);
    of.record = skel_little_endian(header + 10, 2);
    of.depth = (size_t)skel_little_endian(header + 12, 2);
    root = skel_little_endian(header + 16, 8);
    if (of.record < least || !measure_levels(&of)) {
        SKEL_TRY(fail(&of, address));
    }
    if (root != UINT64_MAX) {
        status = read_node(&of, root, skel_little_endian(header + 24, 2), of.depth);
    }
done:
    SKEL_FREE(&header);
    return status;
}
