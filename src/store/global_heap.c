/* Elements are sorted by their heaps. Of a heap the size of each object is noted by its number, so
 * that the time does not grow with objects times elements. */
#include "global_heap.h"

#include "little_endian.h"

#include "skel/memory.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = SKEL_GLOBAL_HEAP_HEAD, OBJECT = SKEL_GLOBAL_HEAP_OBJECT, ALIGNMENT = 8 };
enum { NUMBERS = 1 << 16 }; /* a number has two bytes */

/* The objects of the heap that was read last, by number: one more than the bytes of the last one,
 * as for HDF5; 0: there is none. Object 0 is free space. */
typedef struct sizes {
    uint64_t of[NUMBERS];
    size_t end; /* the numbers from here on are not in use */
} sizes;

skel_status skel_text_places_add(skel_text_places *to, size_t count, const uint8_t elements[])
{
    skel_status status = SKEL_OK;

    if (to->room - to->count < count) {
        size_t room = 2 * to->room > to->count + count ? 2 * to->room : to->count + count;

        SKEL_TRY(SKEL_GROW(room, sizeof *to->at, &to->at));
        to->room = room;
    }
    for (size_t i = 0; i < count; i++) {
        const uint8_t *element = elements + i * SKEL_TEXT_ELEMENT;
        const uint64_t heap = skel_little_endian(element + 4, 8);

        if (heap != 0) { /* else there is no text */
            to->at[to->count++] =
                (skel_text_place){.heap = heap,
                                  .number = (uint32_t)skel_little_endian(element + 12, 4),
                                  .bytes = (uint32_t)skel_little_endian(element, 4)};
        }
    }
done:
    return status;
}

static int by_heap(const void *left, const void *right)
{
    const skel_text_place *a = left;
    const skel_text_place *b = right;

    return a->heap < b->heap ? -1 : a->heap > b->heap;
}

uint64_t skel_global_heap_next(const uint8_t object[], uint64_t rest)
{
    const uint64_t number = skel_little_endian(object, 2);
    const uint64_t size = skel_little_endian(object + 8, 8);
    uint64_t step = size;

    if (size > rest) {
        return 0;
    }
    if (number != 0) {
        step = OBJECT + (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
    return step < OBJECT || step > rest ? 0 : step;
}

/* Notes the objects; false if they do not fill the heap one behind the other. */
static bool note_objects(const uint8_t block[], uint64_t bytes, sizes *out)
{
    for (uint64_t at = HEAD; at + OBJECT <= bytes;) {
        const size_t number = (size_t)skel_little_endian(block + at, 2);
        const uint64_t step = skel_global_heap_next(block + at, bytes - at);

        if (step == 0) {
            return false;
        }
        if (number != 0) {
            out->of[number] = skel_little_endian(block + at + 8, 8) + 1;
            out->end = number < out->end ? out->end : number + 1;
        }
        at += step;
    }
    return true;
}

static void forget(sizes *objects)
{
    memset(objects->of, 0, objects->end * sizeof *objects->of);
    objects->end = 0;
}

/* No objects if there is no sound heap. */
static skel_status read_heap(skel_blocks *file, uint64_t address, sizes *out)
{
    uint8_t *block = NULL;
    uint64_t bytes = 0;
    skel_status status = SKEL_OK;

    forget(out);
    SKEL_TRY(skel_blocks_fetch(file, address, HEAD, &block));
    bytes = skel_little_endian(block + 8, 8);
    if (memcmp(block, "GCOL\1", 5) == 0 && bytes >= HEAD) {
        SKEL_FREE(&block);
        SKEL_TRY(skel_blocks_fetch(file, address, bytes, &block));
        if (!note_objects(block, bytes, out)) {
            forget(out);
        }
    }
done:
    SKEL_FREE(&block);
    return status;
}

skel_status skel_text_places_check(skel_blocks *file, skel_text_places *places)
{
    sizes *objects = NULL;
    skel_status status = SKEL_OK;

    if (places->count == 0) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC(1, sizeof *objects, &objects));
    qsort(places->at, places->count, sizeof *places->at, by_heap);
    for (size_t i = 0; i < places->count; i++) {
        const skel_text_place *place = &places->at[i];

        if (i == 0 || place->heap != places->at[i - 1].heap) {
            SKEL_TRY(read_heap(file, place->heap, objects));
        }
        if (place->number >= NUMBERS || objects->of[place->number] != (uint64_t)place->bytes + 1) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                               "%s is damaged: a text is not where it should be, among those at "
                               "byte %llu",
                               file->path, (unsigned long long)(file->base + place->heap)));
        }
    }
    places->count = 0;
done:
    SKEL_FREE(&objects);
    return status;
}
