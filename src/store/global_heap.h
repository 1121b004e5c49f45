/** Texts of variable length, which lie in global heaps without a checksum.
 *
 *  HDF5 1.10 reads the object that an element names also if its heap has none of that number, and
 *  copies it into as much memory as the element says, whatever the object's size.
 */
#ifndef SKEL_STORE_GLOBAL_HEAP_H
#define SKEL_STORE_GLOBAL_HEAP_H

#include "blocks.h"

#include <stdbool.h>
#include <stddef.h>

enum { SKEL_TEXT_ELEMENT = 16 }; /**< bytes of a text's length, its heap's address and its number */

/** Bytes of a heap before its objects, and of an object before its data. Lengths have 8 bytes, as
 *  HDF5 makes them everywhere unless it is told otherwise. */
enum { SKEL_GLOBAL_HEAP_HEAD = 16, SKEL_GLOBAL_HEAP_OBJECT = 16 };

/** A step of a walk over the objects of a heap, which lie one behind the other.
 *
 *  Local. The size of an object's data is rounded up to a multiple of 8. Object 0 is free
 *  space, and its size has its head in it. Free space that is smaller than a head is no object.
 *  @param object  [SKEL_GLOBAL_HEAP_OBJECT] its head
 *  @param rest    bytes from the object up to the end of the heap
 *  @return bytes up to the next object; 0: the heap is damaged
 *  Source: HDF5 File Format Specification, version 3.0, section III.E.
 */
uint64_t skel_global_heap_next(const uint8_t object[], uint64_t rest);

/** An element: where its text is, and how long. */
typedef struct skel_text_place {
    uint64_t heap;
    uint32_t number;
    uint32_t bytes;
} skel_text_place;

/** Elements to look at; all zeros is an empty list. SKEL_FREE(&at). */
typedef struct skel_text_places {
    size_t count;
    size_t room;
    skel_text_place *at; /**< [room] */
} skel_text_places;

/** Adds elements.
 *
 *  Local.
 *  @param elements  [count][SKEL_TEXT_ELEMENT] as they are in the file
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_text_places_add(skel_text_places *to, size_t count,
                                              const uint8_t elements[]);

/** Whether a text is where each element says, as long as it says.
 *
 *  Local. Each heap is read once, however many elements lead to it.
 *  @param places  out: empty, with its room
 *  Errors: SKEL_ERR_DATA; as skel_blocks_fetch().
 *  Source: HDF5 File Format Specification, version 3.0, section III.E and appendix on variable
 *          length.
 */
SKEL_CHECKED skel_status skel_text_places_check(skel_blocks *file, skel_text_places *places);

#endif
