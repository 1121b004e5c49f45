/* Reads the heads and entries of all blocks. */
#include "pack_index.h"

#include "skel/memory.h"

static skel_status half_alloc(const skel_image_list *list, size_t h, size_t first,
                              skel_pack_half *half)
{
    const size_t room = list->in_half[h];
    skel_status status = SKEL_OK;

    half->first = first;
    half->blocks = (room + SKEL_IMAGE_LIST_BLOCK - 1) / SKEL_IMAGE_LIST_BLOCK;
    SKEL_TRY(SKEL_ALLOC(room, sizeof *half->label, &half->label));
    SKEL_TRY(SKEL_ALLOC(room + 1, sizeof *half->offset, &half->offset));
    SKEL_TRY(SKEL_ALLOC(room, sizeof *half->height, &half->height));
    SKEL_TRY(SKEL_ALLOC(room, sizeof *half->width, &half->width));
    SKEL_TRY(SKEL_ALLOC(half->blocks + 1, sizeof *half->begin, &half->begin));
    SKEL_TRY(SKEL_ALLOC(half->blocks, sizeof *half->in_file, &half->in_file));
done:
    return status;
}

static skel_status note_damaged(skel_pack_index *index, size_t item, const char *message)
{
    skel_status status = SKEL_OK;

    if (index->damaged_count == index->damaged_room) {
        size_t more = 2 * (index->damaged_room + 8);

        SKEL_TRY(SKEL_GROW(more, sizeof *index->damaged, &index->damaged));
        index->damaged_room = more;
    }
    SKEL_TRY(skel_texts_add(&index->messages, "%s", message));
    index->damaged[index->damaged_count] = item;
    index->damaged_count++;
done:
    return status;
}

static void note_size(skel_pack_index *index, size_t item, size_t height, size_t width)
{
    size_t at = index->sizes;

    if (at == 2 || (at == 1 && index->size[0][0] == height && index->size[0][1] == width)) {
        return;
    }
    index->example[at] = item;
    index->size[at][0] = height;
    index->size[at][1] = width;
    index->sizes++;
}

static void add_sums(const skel_block_head *head, skel_block_head *sums)
{
    for (size_t c = 0; c < 3; c++) {
        sums->sum[c] += head->sum[c];
        sums->square[c] += head->square[c];
    }
    sums->bytes += head->bytes;
    sums->pixels += head->pixels;
    sums->turns += head->turns;
    sums->converted += head->converted;
    sums->with_alpha += head->with_alpha;
}

static skel_status take_block(const skel_image_block *block, size_t first, skel_pack_half *half,
                              skel_pack_index *index)
{
    for (size_t i = 0; i < block->head.items; i++) {
        const skel_block_entry *entry = &block->entry[i];
        size_t n = half->count;

        if (entry->message != 0) {
            size_t at =
                entry->message - 1 < block->head.text ? entry->message - 1 : block->head.text;
            skel_status status = note_damaged(index, first + i, block->text + at);

            if (status != SKEL_OK) {
                return status;
            }
            continue;
        }
        half->label[n] = entry->label;
        half->height[n] = entry->height;
        half->width[n] = entry->width;
        half->offset[n + 1] = half->offset[n] + (int64_t)entry->bytes;
        half->count++;
        note_size(index, first + i, entry->height, entry->width);
    }
    return SKEL_OK;
}

static skel_status take_half(const skel_image_list *list, const char *folder, skel_pack_half *half,
                             skel_pack_index *index)
{
    skel_image_block block = {0};
    skel_status status = SKEL_OK;

    for (size_t b = 0; b < half->blocks; b++) {
        skel_data_layout_half found = SKEL_DATA_LAYOUT_TRAIN;
        size_t first = 0;
        size_t count = 0;

        skel_image_block_range(list, half->first + b, &first, &count, &found);
        SKEL_TRY(skel_image_block_read(folder, half->first + b, &block));
        if (block.head.items != count) {
            status =
                SKEL_FAIL(SKEL_ERR_DATA, "block %zu of %s has %llu images, expected %zu",
                          half->first + b, folder, (unsigned long long)block.head.items, count);
            goto done;
        }
        SKEL_TRY(take_block(&block, first, half, index));
        half->in_file[b] = skel_image_block_begin(&block.head);
        half->begin[b + 1] = half->begin[b] + block.head.bytes;
        add_sums(&block.head, &index->sums);
        skel_image_block_clear(&block);
    }
done:
    skel_image_block_clear(&block);
    return status;
}

skel_status skel_pack_index_read(const skel_image_list *list, const char *folder,
                                 skel_pack_index *out)
{
    size_t first = 0;
    skel_status status = SKEL_OK;

    *out = (skel_pack_index){0};
    for (size_t h = 0; h < SKEL_DATA_LAYOUT_HALVES; h++) {
        SKEL_TRY(half_alloc(list, h, first, &out->half[h]));
        SKEL_TRY(take_half(list, folder, &out->half[h], out));
        first += out->half[h].blocks;
    }
done:
    return status;
}

void skel_pack_index_clear(skel_pack_index *index)
{
    for (size_t h = 0; h < SKEL_DATA_LAYOUT_HALVES; h++) {
        SKEL_FREE(&index->half[h].label);
        SKEL_FREE(&index->half[h].offset);
        SKEL_FREE(&index->half[h].height);
        SKEL_FREE(&index->half[h].width);
        SKEL_FREE(&index->half[h].begin);
        SKEL_FREE(&index->half[h].in_file);
    }
    SKEL_FREE(&index->damaged);
    skel_texts_clear(&index->messages);
    *index = (skel_pack_index){0};
}
