/** What all blocks say together: the images of each half, where their bytes are, statistics. */
#ifndef SKEL_PACK_PACK_INDEX_H
#define SKEL_PACK_PACK_INDEX_H

#include "image_block.h"

#include "skel/texts.h"

/** One half: the images that are whole, in the order of the list. */
typedef struct skel_pack_half {
    size_t count;
    int64_t *label;  /**< [room of the half] */
    int64_t *offset; /**< [room + 1] of the image's first byte; [count] is the number of bytes */
    int64_t *height; /**< [room] */
    int64_t *width;  /**< [room] */
    size_t first;    /**< its first block */
    size_t blocks;
    uint64_t *begin;   /**< [blocks + 1] of the block's first byte in the half */
    uint64_t *in_file; /**< [blocks] of the same byte in the block's file */
} skel_pack_half;

/** The index. All zero bytes are an empty one; skel_pack_index_clear() it. */
typedef struct skel_pack_index {
    skel_pack_half half[SKEL_DATA_LAYOUT_HALVES];
    skel_block_head sums; /**< of all blocks */
    size_t *damaged;      /**< numbers of the images that are damaged, in the list */
    size_t damaged_count;
    size_t damaged_room;
    skel_texts messages; /**< what is wrong with each of them */
    size_t example[2];   /**< two images of different sizes, if there are any */
    size_t size[2][2];   /**< their height and width */
    size_t sizes;        /**< 0 without images, 1 if all have one size, else 2 */
} skel_pack_index;

/** Reads what all blocks say.
 *
 *  Local. Errors: as skel_image_block_read().
 */
SKEL_CHECKED skel_status skel_pack_index_read(const skel_image_list *list, const char *folder,
                                              skel_pack_index *out);

/** Frees the index; it is empty then.
 *
 *  Local.
 */
void skel_pack_index_clear(skel_pack_index *index);

#endif
