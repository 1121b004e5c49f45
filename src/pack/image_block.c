/* Makes, writes and reads blocks. */
#include "image_block.h"

#include "image_folder.h"

#include "skel/dataset.h"
#include "skel/input.h"
#include "skel/memory.h"
#include "skel/version.h"
#include "skel/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[16] = "skel-block 1";

/* A block that is being made: all that its file will hold. */
typedef struct block_maker {
    skel_image_block block;
    size_t text_room;
    size_t room;
    uint8_t *data; /* [head.bytes] */
} block_maker;

size_t skel_image_block_count(const skel_image_list *list)
{
    size_t count = 0;

    for (size_t half = 0; half < SKEL_DATA_LAYOUT_HALVES; half++) {
        count += (list->in_half[half] + SKEL_IMAGE_LIST_BLOCK - 1) / SKEL_IMAGE_LIST_BLOCK;
    }
    return count;
}

void skel_image_block_range(const skel_image_list *list, size_t block, size_t *first, size_t *count,
                            skel_data_layout_half *half)
{
    size_t begin = 0;

    for (size_t h = 0; h < SKEL_DATA_LAYOUT_HALVES; h++) {
        size_t blocks = (list->in_half[h] + SKEL_IMAGE_LIST_BLOCK - 1) / SKEL_IMAGE_LIST_BLOCK;

        if (block < blocks) {
            size_t left = list->in_half[h] - block * SKEL_IMAGE_LIST_BLOCK;

            *first = begin + block * SKEL_IMAGE_LIST_BLOCK;
            *count = left < SKEL_IMAGE_LIST_BLOCK ? left : SKEL_IMAGE_LIST_BLOCK;
            *half = (skel_data_layout_half)h;
            return;
        }
        block -= blocks;
        begin += list->in_half[h];
    }
    SKEL_ASSERT(false);
}

skel_status skel_image_block_path(const char *folder, size_t block, size_t size, char out[])
{
    char name[32];

    (void)snprintf(name, sizeof name, "%08zu.block", block);
    return skel_image_folder_join(folder, name, size, out);
}

/* Settings, libraries and images as a checksum: all that the block depends on. Training images are
 * counted for the statistics, others are not. */
static skel_status make_fingerprint(const skel_pack_options *options, const skel_image_list *list,
                                    size_t first, size_t count, bool is_train,
                                    char out[SKEL_CHECKSUM_TEXT])
{
    char line[SKEL_IMAGE_LIST_PATH + 256];
    char libraries[SKEL_LIBRARIES];
    skel_checksum *checksum = NULL;
    struct stat facts = {0};
    size_t known = SIZE_MAX; /* path that `facts` are of */
    skel_status status = skel_checksum_begin(&checksum);

    skel_dataset_libraries(libraries);
    (void)snprintf(line, sizeof line, "%s %s %zux%zu c%zu b%d t%d l%zu s%d\n", skel_revision(),
                   libraries, options->height, options->width, options->channels,
                   options->keep_bytes, options->turn, list->label_bytes, is_train);
    if (status == SKEL_OK) {
        skel_checksum_add(checksum, strlen(line), line);
    }
    for (size_t i = first; status == SKEL_OK && i < first + count; i++) {
        const skel_image_item *item = &list->item[i];

        if (item->path != known && stat(list->text + item->path, &facts) != 0) {
            facts = (struct stat){0}; /* the reader of the image says why */
        }
        known = item->path;
        (void)snprintf(line, sizeof line, "%s %d %u %lld %lld.%09ld\n", list->text + item->path,
                       item->record, item->label, (long long)facts.st_size,
                       (long long)facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
        skel_checksum_add(checksum, strlen(line) + 1, line);
    }
    skel_checksum_end(&checksum, out);
    return status;
}

static skel_status append(size_t bytes, const void *from, size_t used, size_t *room, uint8_t **data)
{
    skel_status status = SKEL_OK;

    if (used + bytes > *room || *data == NULL) {
        size_t more = 2 * (used + bytes) + 1;

        SKEL_TRY(SKEL_GROW(more, 1, data));
        *room = more;
    }
    if (bytes > 0) {
        memcpy(*data + used, from, bytes);
    }
done:
    return status;
}

/* Adds an image's pixels to the sums, which are exact in any order. */
static void add_statistics(const skel_picture *picture, skel_block_head *head)
{
    const size_t count = picture->height * picture->width;

    for (size_t c = 0; c < picture->channels; c++) {
        uint64_t sum = 0;
        uint64_t square = 0;

        for (size_t i = 0; i < count; i++) {
            uint64_t value = picture->pixels[i * picture->channels + c];

            sum += value;
            square += value * value;
        }
        head->sum[c] += sum;
        head->square[c] += square;
    }
    head->pixels += count;
}

static skel_status take_whole(block_maker *it, const skel_image_result *result, bool is_train,
                              skel_block_entry *entry)
{
    skel_block_head *head = &it->block.head;
    skel_status status = SKEL_OK;

    SKEL_TRY(append(result->bytes, result->data, head->bytes, &it->room, &it->data));
    head->bytes += result->bytes;
    head->turns += result->asks_turn ? 1 : 0;
    head->converted += result->converted ? 1 : 0;
    head->with_alpha += result->has_alpha ? 1 : 0;
    entry->bytes = result->bytes;
    entry->height = (uint32_t)result->height;
    entry->width = (uint32_t)result->width;
    entry->label = result->label;
    if (is_train) {
        add_statistics(result->picture, head);
    }
done:
    return status;
}

/* Notes the last error's message. */
static skel_status take_damaged(block_maker *it, skel_block_entry *entry)
{
    skel_block_head *head = &it->block.head;
    const char *message = skel_error_message();
    size_t bytes = strlen(message) + 1;
    skel_status status = SKEL_OK;

    SKEL_TRY(
        append(bytes, message, head->text, &it->text_room, (uint8_t **)(void *)&it->block.text));
    entry->message = head->text + 1;
    head->text += bytes;
    skel_error_clear();
done:
    return status;
}

static skel_status read_images(block_maker *it, skel_image_reader *reader, size_t first,
                               bool is_train)
{
    skel_image_result result;

    for (size_t i = 0; i < it->block.head.items; i++) {
        skel_block_entry *entry = &it->block.entry[i];
        skel_status status = skel_image_reader_read(reader, first + i, &result);

        if (status == SKEL_OK) {
            status = take_whole(it, &result, is_train, entry);
        } else if (status == SKEL_ERR_DATA) {
            status = take_damaged(it, entry);
        }
        if (status != SKEL_OK) {
            return status;
        }
    }
    return SKEL_OK;
}

/* Calls `use` for each part of the file behind the head. */
static bool each_part(const block_maker *it,
                      bool (*use)(void *context, size_t bytes, const void *part), void *context)
{
    const skel_block_head *head = &it->block.head;

    return use(context, head->items * sizeof *it->block.entry, it->block.entry) &&
           use(context, head->text, it->block.text) && use(context, head->bytes, it->data);
}

static bool sum_part(void *context, size_t bytes, const void *part)
{
    if (bytes > 0) {
        skel_checksum_add(context, bytes, part);
    }
    return true;
}

static bool write_part(void *context, size_t bytes, const void *part)
{
    return bytes == 0 || fwrite(part, 1, bytes, context) == bytes;
}

/* Writes the file under another name, and renames it. */
static skel_status write_block(const block_maker *it, const char *path)
{
    char part[SKEL_IMAGE_LIST_PATH + 8];
    skel_writer out = {0};
    skel_status status = SKEL_OK;

    (void)snprintf(part, sizeof part, "%s.part", path);
    SKEL_TRY(skel_writer_open(NULL, part, &out));
    if (fwrite(&it->block.head, sizeof it->block.head, 1, out.file) == 1) {
        (void)each_part(it, write_part, out.file); /* closing says if it fails */
    }
    status = skel_writer_close(&out, SKEL_OK);
    if (status == SKEL_OK && rename(part, path) != 0) {
        status = SKEL_FAIL(skel_status_of_errno(errno), "%s: write: %s", path, strerror(errno));
    }
    if (status != SKEL_OK) {
        (void)unlink(part);
    }
done:
    return status;
}

/* Whether a block of this fingerprint is there, byte for byte as it was made. */
static bool is_there(const char *path, const char *fingerprint)
{
    enum { PIECE = 1 << 16 };
    static uint8_t piece[PIECE];
    char found[SKEL_CHECKSUM_TEXT];
    skel_block_head head;
    skel_checksum *checksum = NULL;
    FILE *in = NULL;
    bool same = skel_input_stream(path, &in) == SKEL_OK && fread(&head, sizeof head, 1, in) == 1 &&
                memcmp(head.magic, magic, sizeof magic) == 0 &&
                strncmp(head.fingerprint, fingerprint, sizeof head.fingerprint) == 0 &&
                skel_checksum_begin(&checksum) == SKEL_OK;

    if (same) {
        for (size_t got = 0; (got = fread(piece, 1, sizeof piece, in)) > 0;) {
            skel_checksum_add(checksum, got, piece);
        }
        skel_checksum_end(&checksum, found);
        same = ferror(in) == 0 && strncmp(head.checksum, found, sizeof head.checksum) == 0;
    }
    if (in != NULL) {
        (void)fclose(in);
    } else {
        skel_error_clear();
    }
    return same;
}

/* Fills and writes a block whose fingerprint is set. */
static skel_status make_new(block_maker *it, skel_image_reader *reader, size_t first, bool is_train,
                            const char *path)
{
    skel_block_head *head = &it->block.head;
    skel_checksum *checksum = NULL;
    char sum[SKEL_CHECKSUM_TEXT];
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(head->items, sizeof *it->block.entry, &it->block.entry));
    SKEL_TRY(read_images(it, reader, first, is_train));
    SKEL_TRY(skel_checksum_begin(&checksum));
    (void)each_part(it, sum_part, checksum);
    skel_checksum_end(&checksum, sum);
    (void)snprintf(head->checksum, sizeof head->checksum, "%s", sum);
    SKEL_TRY(write_block(it, path));
done:
    return status;
}

skel_status skel_image_block_make(skel_image_reader *reader, const skel_pack_options *options,
                                  const skel_image_list *list, const char *folder, size_t block,
                                  bool *was_there)
{
    char path[SKEL_IMAGE_LIST_PATH];
    char fingerprint[SKEL_CHECKSUM_TEXT] = "";
    block_maker it = {0};
    skel_data_layout_half half = SKEL_DATA_LAYOUT_TRAIN;
    size_t first = 0;
    size_t count = 0;
    bool is_train = false;
    skel_status status = SKEL_OK;

    *was_there = false;
    skel_image_block_range(list, block, &first, &count, &half);
    is_train = half == SKEL_DATA_LAYOUT_TRAIN;
    SKEL_TRY(skel_image_block_path(folder, block, sizeof path, path));
    SKEL_TRY(make_fingerprint(options, list, first, count, is_train, fingerprint));
    *was_there = is_there(path, fingerprint);
    if (!*was_there) {
        memcpy(it.block.head.magic, magic, sizeof magic);
        memcpy(it.block.head.fingerprint, fingerprint, sizeof fingerprint);
        it.block.head.items = count;
        SKEL_TRY(make_new(&it, reader, first, is_train, path));
    }
done:
    skel_image_block_clear(&it.block);
    SKEL_FREE(&it.data);
    return status;
}

uint64_t skel_image_block_begin(const skel_block_head *head)
{
    return sizeof *head + head->items * sizeof(skel_block_entry) + head->text;
}

skel_status skel_image_block_read(const char *folder, size_t block, skel_image_block *out)
{
    char path[SKEL_IMAGE_LIST_PATH];
    FILE *in = NULL;
    bool ok = false;
    skel_status status = SKEL_OK;

    *out = (skel_image_block){0};
    SKEL_TRY(skel_image_block_path(folder, block, sizeof path, path));
    SKEL_TRY(skel_input_stream(path, &in));
    if (fread(&out->head, sizeof out->head, 1, in) == 1 &&
        memcmp(out->head.magic, magic, sizeof magic) == 0 &&
        out->head.items <= SKEL_IMAGE_LIST_BLOCK && out->head.text < (1U << 24)) {
        SKEL_TRY(SKEL_ALLOC(out->head.items, sizeof *out->entry, &out->entry));
        SKEL_TRY(SKEL_ALLOC(out->head.text + 1, 1, &out->text));
        ok = fread(out->entry, sizeof *out->entry, out->head.items, in) == out->head.items &&
             fread(out->text, 1, out->head.text, in) == out->head.text;
    }
    if (!ok) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s was changed while it was needed: pack again", path);
    }
done:
    if (in != NULL) {
        (void)fclose(in);
    }
    if (status != SKEL_OK) {
        skel_image_block_clear(out);
    }
    return status;
}

void skel_image_block_clear(skel_image_block *block)
{
    SKEL_FREE(&block->entry);
    SKEL_FREE(&block->text);
    *block = (skel_image_block){0};
}
