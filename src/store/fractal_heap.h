/** Messages that are too many or too large for an object's header lie in a heap of later formats,
 *  the fractal heap.
 */
#ifndef SKEL_STORE_FRACTAL_HEAP_H
#define SKEL_STORE_FRACTAL_HEAP_H

#include "blocks.h"

#include <stdbool.h>
#include <stddef.h>

/** A heap. SKEL_FREE(&header). */
typedef struct skel_fractal_heap {
    uint8_t *header;
    uint64_t address; /**< of the header */
    uint64_t width;   /**< blocks of a row */
    uint64_t start;   /**< bytes of a block of the first row */
    size_t direct;    /**< rows whose blocks have objects, not further blocks */
    size_t offset;    /**< bytes of an object's offset */
    size_t length;    /**< bytes of an object's length */
} skel_fractal_heap;

/** Reads a heap's header.
 *
 *  Local.
 *  @param id   bytes of the names by which the heap's user calls objects
 *  @param out  SKEL_FREE(&out->header), also after an error
 *  Errors: SKEL_ERR_DATA if there is no heap at the address, sizes contradict each other, or the
 *          heap is compressed; as skel_blocks_fetch().
 *  Source: HDF5 File Format Specification, version 3.0, section III.G.
 */
SKEL_CHECKED skel_status skel_fractal_heap_open(skel_blocks *file, uint64_t address, size_t id,
                                                skel_fractal_heap *out);

/** The place of an object.
 *
 *  Local.
 *  @param id       [bytes of a name]
 *  @param address  out
 *  @param bytes    out: 0 if the object is a large one, which skel_fractal_heap_large() lists
 *  Errors: SKEL_ERR_DATA if it is not within a block of the heap, or is part of its name; as
 *          skel_blocks_fetch().
 */
SKEL_CHECKED skel_status skel_fractal_heap_find(skel_blocks *file, const skel_fractal_heap *heap,
                                                const uint8_t id[], uint64_t *address,
                                                uint64_t *bytes);

/** The address of the records of the heap's large objects: each has address and bytes, 8 bytes for
 *  both, and a number.
 *
 *  Local.
 */
uint64_t skel_fractal_heap_large(const skel_fractal_heap *heap);

#endif
