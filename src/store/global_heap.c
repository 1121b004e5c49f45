/* A heap is read once for the elements that follow each other in it. */
#include "global_heap.h"

#include "little_endian.h"

#include "skel/memory.h"

#include <string.h>

/* Sizes in bytes. */
enum { HEAD = 16, OBJECT = 16, ALIGNMENT = 8 };

/* The heap that was read last. */
typedef struct heap {
    uint64_t address;
    uint64_t bytes;
    uint8_t *block; /* [bytes]; NULL if it is no heap */
} heap;

static skel_status read_heap(skel_blocks *file, uint64_t address, heap *out)
{
    uint8_t *head = NULL;
    skel_status status = SKEL_OK;

    SKEL_FREE(&out->block);
    out->address = address;
    SKEL_TRY(skel_blocks_fetch(file, address, HEAD, &head));
    out->bytes = skel_little_endian(head + 8, 8);
    if (memcmp(head, "GCOL\1", 5) == 0 && out->bytes >= HEAD) {
        SKEL_TRY(skel_blocks_fetch(file, address, out->bytes, &out->block));
    }
done:
    SKEL_FREE(&head);
    return status;
}

/* Size of the object of a number, the last one as for HDF5; false if there is none. */
static bool find_object(const heap *in, uint64_t number, uint64_t *bytes)
{
    bool found = false;

    for (uint64_t at = HEAD; in->block != NULL && number > 0 && at + OBJECT <= in->bytes;) {
        const uint64_t rest = in->bytes - at;
        const uint64_t which = skel_little_endian(in->block + at, 2);
        const uint64_t size = skel_little_endian(in->block + at + 8, 8);
        uint64_t step = size;

        if (size > rest) {
            return false;
        }
        if (which != 0) { /* object 0 is free space, whose size has its head in it */
            step = OBJECT + (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        if (step < OBJECT || step > rest) {
            return false;
        }
        if (which == number) {
            found = true;
            *bytes = size;
        }
        at += step;
    }
    return found;
}

skel_status skel_global_heap_check(skel_blocks *file, size_t count, const uint8_t elements[])
{
    heap last = {0};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count; i++) {
        const uint8_t *element = elements + i * SKEL_TEXT_ELEMENT;
        const uint64_t address = skel_little_endian(element + 4, 8);
        uint64_t bytes = 0;

        if (address == 0) { /* no text */
            continue;
        }
        if (address != last.address) {
            SKEL_TRY(read_heap(file, address, &last));
        }
        if (!find_object(&last, skel_little_endian(element + 12, 4), &bytes) ||
            bytes != skel_little_endian(element, 4)) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                               "%s is damaged: a text is not where it should be, among those at "
                               "byte %llu",
                               file->path, (unsigned long long)(file->base + address)));
        }
    }
done:
    SKEL_FREE(&last.block);
    return status;
}
