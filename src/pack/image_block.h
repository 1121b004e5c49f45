/** Blocks: the packed images of a part of the list, each block in a file of its own.
 *
 *  A block is made by one rank, and does not depend on the others. Its file gets its name when it
 *  is whole, and says which images and settings it was made of: a later packing takes it over if
 *  these are the same. The file is of this machine's order of bytes, and never left behind by a
 *  packing that is done.
 */
#ifndef SKEL_PACK_IMAGE_BLOCK_H
#define SKEL_PACK_IMAGE_BLOCK_H

#include "image_reader.h"

#include "skel/checksum.h"

/** What a block says of each of its images. */
typedef struct skel_block_entry {
    uint64_t bytes;   /**< 0 if it is damaged */
    uint64_t message; /**< where the words begin in the block's text, plus 1; 0 if it is whole */
    uint32_t height;
    uint32_t width;
    uint32_t label;
    uint32_t unused;
} skel_block_entry;

/** The head of a block's file; entries, text and images follow. */
typedef struct skel_block_head {
    char magic[16];
    char fingerprint[40]; /**< of settings and images */
    char checksum[40];    /**< of all that follows the head */
    uint64_t items;
    uint64_t text;  /**< bytes of the messages */
    uint64_t bytes; /**< of all images */
    uint64_t sum[3];
    uint64_t square[3]; /**< sums of each channel's pixels, and of their squares */
    uint64_t pixels;    /**< that are summed, of each channel */
    uint64_t turns;     /**< images that EXIF asks to turn */
    uint64_t converted;
    uint64_t with_alpha;
} skel_block_head;

/** A block in memory without its images. All zero bytes are empty; skel_image_block_clear() it. */
typedef struct skel_image_block {
    skel_block_head head;
    skel_block_entry *entry; /**< [head.items] */
    char *text;              /**< [head.text + 1] */
} skel_image_block;

/** Blocks of a list: those of each half, one half after the other.
 *
 *  Local.
 */
size_t skel_image_block_count(const skel_image_list *list);

/** The images of a block.
 *
 *  Local.
 *  @param first  out: its first image in the list
 *  @param count  out
 *  @param half   out
 */
void skel_image_block_range(const skel_image_list *list, size_t block, size_t *first, size_t *count,
                            skel_data_layout_half *half);

/** Path of a block's file in the folder of the blocks.
 *
 *  Local. Errors: SKEL_ERR_IO if the path is too long.
 */
SKEL_CHECKED skel_status skel_image_block_path(const char *folder, size_t block, size_t size,
                                               char out[]);

/** Makes a block, unless its file is there and whole.
 *
 *  Local. Damaged images have no bytes, and a message.
 *  @param was_there  out: whether an earlier packing has made it
 *  Errors: SKEL_ERR_IO; SKEL_ERR_STORAGE; SKEL_ERR_MEMORY; nothing is left of the file then.
 */
SKEL_CHECKED skel_status skel_image_block_make(skel_image_reader *reader,
                                               const skel_pack_options *options,
                                               const skel_image_list *list, const char *folder,
                                               size_t block, bool *was_there);

/** Reads a block without its images.
 *
 *  Local. Errors: SKEL_ERR_IO; SKEL_ERR_DATA if the file was changed; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_block_read(const char *folder, size_t block,
                                               skel_image_block *out);

/** Where the images begin in the file of a block.
 *
 *  Local. Unit: bytes.
 */
uint64_t skel_image_block_begin(const skel_block_head *head);

/** Frees a block; it is empty then.
 *
 *  Local.
 */
void skel_image_block_clear(skel_image_block *block);

#endif
