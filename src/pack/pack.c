/* Packs a folder of images: lists them, has the ranks make blocks, and writes the file of them. */
#include "skel/pack.h"

#include "image_block.h"
#include "image_folder.h"
#include "image_tree.h"
#include "pack_file.h"

#include "skel/folder.h"
#include "skel/lock.h"
#include "skel/log.h"
#include "skel/progress.h"
#include "skel/stop.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A packing that goes on. */
typedef struct packing {
    const skel_comm *comm;
    const skel_pack_options *options;
    char dir[SKEL_IMAGE_LIST_PATH];
    char folder[SKEL_IMAGE_LIST_PATH]; /* of the blocks */
    skel_image_list list;
    skel_pack_report *report;
} packing;

static skel_status check_options(const skel_pack_options *options)
{
    const char *problem = NULL;

    if (options->keep_size && options->height != 0) {
        problem = "--keep-size and --size exclude each other";
    } else if (options->keep_size && options->keep_bytes) {
        problem = "--keep-bytes keeps the sizes by itself: omit --keep-size";
    } else if (options->keep_bytes && options->height != options->width) {
        problem = "--keep-bytes takes one number for --size, of the shorter side";
    } else if (options->validation != NULL && options->test_share > 0) {
        problem = "--validation and --test-share exclude each other";
    } else if (options->keep_bytes && options->turn) {
        problem = "--turn changes the images, --keep-bytes does not: omit one of them";
    }
    return problem != NULL ? SKEL_FAIL(SKEL_ERR_USAGE, "skel data pack: %s", problem) : SKEL_OK;
}

/* Copies a path without the slashes at its end. */
static skel_status trim(const char *path, const char *ending, char out[SKEL_IMAGE_LIST_PATH])
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    if (length + strlen(ending) >= SKEL_IMAGE_LIST_PATH) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel data pack: a path of %zu bytes is too long", length);
    }
    (void)snprintf(out, SKEL_IMAGE_LIST_PATH, "%.*s%s", (int)length, path, ending);
    return SKEL_OK;
}

/* Root only: lists the images, unless the file is there already. */
static skel_status look(packing *it)
{
    struct stat facts;
    skel_status status = SKEL_OK;

    if (stat(it->options->out, &facts) == 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s is there already; remove it, or name another file",
                         it->options->out);
    }
    SKEL_INFO("looking for images in %s", it->dir);
    SKEL_TRY(skel_image_tree_list(it->dir, it->options->validation, it->options->test_share,
                                  it->folder, &it->list));
    if (it->list.label_bytes > 0 && it->options->keep_bytes) {
        status =
            SKEL_FAIL(SKEL_ERR_USAGE,
                      "skel data pack: --keep-bytes: the images of %s are no JPEG files", it->dir);
    }
done:
    return status;
}

/* Images of the blocks `from` to `to` - 1. */
static size_t count_images(const skel_image_list *list, size_t from, size_t to)
{
    size_t images = 0;

    for (size_t b = from; b < to; b++) {
        skel_data_layout_half half = SKEL_DATA_LAYOUT_TRAIN;
        size_t first = 0;
        size_t count = 0;

        skel_image_block_range(list, b, &first, &count, &half);
        images += count;
    }
    return images;
}

/* Every rank makes one block at a time; between two of them all agree to go on. */
static skel_status make_blocks(packing *it, skel_image_reader *reader, skel_progress *progress)
{
    const size_t rank = (size_t)skel_comm_rank(it->comm);
    const size_t size = (size_t)skel_comm_size(it->comm);
    const size_t blocks = skel_image_block_count(&it->list);
    int64_t kept = 0;
    skel_status status = SKEL_OK;

    for (size_t from = 0; from < blocks; from += size) {
        size_t to = from + size < blocks ? from + size : blocks;
        bool was_there = false;

        status = skel_stop_check();
        if (status == SKEL_OK && from + rank < to) {
            status = skel_image_block_make(reader, it->options, &it->list, it->folder, from + rank,
                                           &was_there);
        }
        kept += was_there ? 1 : 0;
        SKEL_TRY(skel_comm_agree(it->comm, status));
        (void)skel_progress_advance(progress, count_images(&it->list, from, to), NULL);
    }
    skel_comm_sum_i64(it->comm, 1, &kept);
    it->report->kept = (size_t)kept;
    it->report->blocks = blocks;
    if (kept > 0 && skel_comm_is_root(it->comm)) {
        SKEL_INFO("blocks that an earlier attempt has made: %lld of %zu", (long long)kept, blocks);
    }
done:
    return status;
}

static skel_status decode(packing *it)
{
    skel_image_reader *reader = NULL;
    skel_progress progress;
    skel_status status = skel_image_reader_create(it->options, &it->list, &reader);

    skel_progress_start(&progress, "packing", "images", it->list.count);
    SKEL_TRY(skel_comm_agree(it->comm, status));
    SKEL_TRY(make_blocks(it, reader, &progress));
done:
    (void)skel_progress_finish(&progress);
    skel_image_reader_destroy(&reader);
    return status;
}

/* Root only: removes the blocks, also those of attempts with more images. */
static void remove_blocks(const char *folder)
{
    DIR *stream = opendir(folder);
    struct dirent *entry = NULL;
    char path[SKEL_IMAGE_LIST_PATH];

    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        if (strstr(entry->d_name, ".block") != NULL &&
            skel_image_folder_join(folder, entry->d_name, sizeof path, path) == SKEL_OK) {
            (void)unlink(path);
        }
    }
    if (stream != NULL) {
        (void)closedir(stream);
    }
    (void)rmdir(folder);
}

/* Everything that is done under the lock of the file. */
static skel_status pack_locked(packing *it)
{
    bool is_root = skel_comm_is_root(it->comm);
    struct stat facts;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(it->comm, is_root ? look(it) : SKEL_OK));
    SKEL_TRY(skel_image_list_share(it->comm, &it->list));
    SKEL_TRY(skel_comm_agree(it->comm, is_root ? skel_folder_make(it->folder) : SKEL_OK));
    status = decode(it);
    if (status == SKEL_OK) {
        status = skel_pack_file_write(it->comm, it->options, &it->list, it->folder, it->report);
    }
    if (status != SKEL_OK && is_root) {
        SKEL_INFO("%s keeps the blocks that are done: the same command goes on from them; remove "
                  "the folder to give up",
                  it->folder);
    }
    if (status == SKEL_OK && is_root) {
        remove_blocks(it->folder);
        it->report->bytes =
            stat(it->options->out, &facts) == 0 ? (uint64_t)facts.st_size : it->report->bytes;
    }
done:
    return status;
}

skel_status skel_pack_make(const skel_comm *comm, const skel_pack_options *options,
                           skel_pack_report *report)
{
    packing it = {.comm = comm, .options = options, .report = report};
    skel_lock *lock = NULL;
    skel_status status = check_options(options);

    *report = (skel_pack_report){0};
    if (status == SKEL_OK) {
        status = trim(options->dir, "", it.dir);
    }
    if (status == SKEL_OK) {
        status = trim(options->out, ".packing", it.folder);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    SKEL_TRY(skel_lock_take(comm, options->out, &lock));
    SKEL_TRY(pack_locked(&it));
done:
    skel_image_list_clear(&it.list);
    skel_lock_release(&lock);
    return status;
}
