/* Opens a data file: one rank of each node reads it into memory that the node shares, or the images
 * stay in the file. Labels and offsets are always in memory. */
#include "dataset_internal.h"

#include "skel/host_memory.h"
#include "skel/input.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/text.h"

#include "data_block.h"
#include "image_file_content.h"
#include "statistics.h"

#include <stdio.h>
#include <string.h>

/* A data set on its way. */
typedef struct opening {
    const skel_comm *comm;
    const skel_dataset_source *source;
    skel_image_file file;
    skel_data_block_layout plan;
    skel_dataset *dataset;
    skel_image_sums sums;
} opening;

/* The images that cannot be read without HDF5: those that do not lie one behind the other. NULL:
 * all can be. */
static const skel_image_array *find_chunked(const opening *it)
{
    for (size_t half = 0; half < SKEL_DATA_LAYOUT_HALVES; half++) {
        const skel_image_part *part = &it->file.part[half];

        if (part->count > 0 && !part->images.array.contiguous) {
            return &part->images;
        }
    }
    return NULL;
}

static skel_status check_contiguous(const opening *it)
{
    const skel_image_array *chunked = find_chunked(it);

    return chunked == NULL
               ? SKEL_OK
               : SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: %s is stored in chunks or compressed, and images that stay in the "
                           "file must be neither: write them without chunks= and compression=, "
                           "or set data.cache: memory",
                           it->source->file, chunked->path);
}

/* Whether the images come into memory. Collective: every node must have the room. */
static skel_status choose_cache(opening *it, bool *in_memory)
{
    double least = -skel_host_memory_free(NULL);
    double bytes = (double)it->file.info.stored;
    char text[2][SKEL_TEXT_BYTES];
    skel_status status = SKEL_OK;

    skel_comm_max_f64(it->comm, 1, &least);
    *in_memory = it->source->cache == SKEL_CACHE_MEMORY ||
                 (it->source->cache == SKEL_CACHE_AUTO && bytes <= -least / 2);
    skel_comm_broadcast(it->comm, sizeof *in_memory, in_memory);
    if (*in_memory) {
        return SKEL_OK;
    }
    skel_text_bytes(bytes, text[0]);
    skel_text_bytes(-least, text[1]);
    SKEL_DEBUG("the images of %s (%s) stay in the file: a node has %s free", it->source->file,
               text[0], text[1]);
    status = check_contiguous(it);
    return skel_comm_agree(it->comm, status);
}

/* The memory of the data set. Where data.cache is auto and the ranks of a node cannot share the
 * images, these stay in the file: each rank would hold a copy. Collective. */
static skel_status make_room(opening *it)
{
    const char *name = it->file.info.name;
    bool may_stay =
        it->source->cache == SKEL_CACHE_AUTO && it->plan.in_memory && find_chunked(it) == NULL;
    skel_status status = SKEL_OK;

    skel_data_block_plan(&it->file, &it->plan);
    if (may_stay) {
        status = skel_shared_create(it->comm, it->plan.bytes, &it->dataset->shared);
        if (status != SKEL_ERR_MEMORY) {
            return status;
        }
        SKEL_WARN("%s; the images of %s stay in the file, and each rank reads those of its "
                  "microbatches; give /dev/shm more room to have them in memory once a node",
                  skel_error_message(), name);
        skel_error_clear();
        it->plan.in_memory = false;
        skel_data_block_plan(&it->file, &it->plan);
    }
    return skel_dataset_make_room(it->comm, name, it->plan.bytes, it->dataset);
}

/* Labels, offsets and, if they are wanted, images; with their checksums. On each node's owner. */
static skel_status read_all(opening *it)
{
    uint8_t *block = skel_shared_data(it->dataset->shared);
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(it->source->file, &reader));
    if (skel_array_file_bytes(reader) != it->file.bytes) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %zu bytes, rank 0 sees a file of %zu bytes",
                           it->source->file, skel_array_file_bytes(reader), it->file.bytes));
    }
    for (size_t half = 0; half < SKEL_DATA_LAYOUT_HALVES; half++) {
        SKEL_TRY(
            skel_data_block_read(reader, &it->file, half, &it->plan, block, it->sums.of[half]));
    }
    SKEL_TRY(skel_image_file_join(reader, &it->file, &it->sums, it->dataset->file[0].checksum));
done:
    return skel_reader_close(&reader, status);
}

/* Computes the statistics of the training images, from memory or from the file. Root only. */
static skel_status compute_statistics(const opening *it, float mean[], float deviation[])
{
    const skel_image_part *part = &it->file.part[SKEL_DATA_LAYOUT_TRAIN];
    bool is_bytes = part->pixels == SKEL_PIXELS_BYTES;
    skel_statistics sums = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_statistics_begin(&it->file.info, &sums));
    SKEL_TRY(skel_data_block_count(it->source->file, &it->file, &it->dataset->train, &sums));
    skel_statistics_end(&sums, is_bytes, mean, deviation);
    SKEL_INFO("mean and deviation of %s computed from its %zu training images; `skel data %s "
              "--store` writes them into the file",
              it->file.info.name, part->count, it->source->file);
done:
    skel_statistics_free(&sums);
    return status;
}

static skel_status find_statistics(const opening *it, float mean[], float deviation[])
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    if (!it->file.has_statistics) {
        return compute_statistics(it, mean, deviation);
    }
    SKEL_TRY(skel_reader_open(it->source->file, &reader));
    status = skel_image_file_statistics(reader, &it->file.info, mean, deviation);
done:
    return skel_reader_close(&reader, status);
}

/* Every rank gets the root's. */
static skel_status take_statistics(opening *it)
{
    skel_dataset *dataset = it->dataset;
    size_t channels = it->file.info.channels;
    skel_status status = SKEL_OK;

    SKEL_TRY(
        skel_comm_agree(it->comm, SKEL_ALLOC(2 * channels, sizeof(float), &dataset->statistics)));
    if (skel_comm_is_root(it->comm)) {
        status = find_statistics(it, dataset->statistics, dataset->statistics + channels);
    }
    SKEL_TRY(skel_comm_agree(it->comm, status));
    skel_comm_broadcast(it->comm, 2 * channels * sizeof(float), dataset->statistics);
    dataset->own.mean = dataset->statistics;
    dataset->own.deviation = dataset->statistics + channels;
done:
    return status;
}

/* What is known before anything is read. */
static skel_status describe(opening *it)
{
    skel_dataset *dataset = it->dataset;

    dataset->own = it->file.info;
    dataset->own.in_file = !it->plan.in_memory;
    dataset->info = &dataset->own;
    dataset->files = 1;
    memcpy(dataset->file[0].name, it->file.info.name, sizeof dataset->file[0].name);
    (void)snprintf(dataset->path, sizeof dataset->path, "%s", it->source->file);
    return it->plan.in_memory ? SKEL_OK
                              : skel_input_open(it->source->file, &dataset->descriptor, NULL);
}

/* Points the three parts to their places in the shared block. */
static void point(opening *it)
{
    skel_dataset *dataset = it->dataset;
    skel_samples *const parts[SKEL_DATA_LAYOUT_HALVES] = {
        [SKEL_DATA_LAYOUT_TRAIN] = &dataset->train,
        [SKEL_DATA_LAYOUT_TEST] = &dataset->test,
        [SKEL_DATA_LAYOUT_VALIDATION] = &dataset->validation,
    };

    for (size_t half = 0; half < SKEL_DATA_LAYOUT_HALVES; half++) {
        if (it->file.part[half].count > 0) {
            *parts[half] = skel_data_block_samples(&it->file, half, &it->plan,
                                                   skel_shared_data(dataset->shared));
            parts[half]->descriptor = dataset->descriptor;
            parts[half]->path = dataset->path;
        }
    }
}

/* Reads on the owners, and tells the others. Collective. */
static skel_status fill(opening *it)
{
    skel_status status = SKEL_OK;

    if (skel_shared_is_owner(it->dataset->shared)) {
        status = read_all(it);
    }
    SKEL_TRY(skel_comm_agree(it->comm, status));
    skel_shared_publish(it->dataset->shared);
    SKEL_TRY(skel_dataset_share_checksums(it->comm, it->source->file, it->dataset));
    point(it);
    SKEL_TRY(take_statistics(it));
done:
    return status;
}

/* The root's look at the file, on every rank. Collective. */
static skel_status look(opening *it, skel_image_stamp *stamp)
{
    skel_status status = SKEL_OK;

    *stamp = skel_image_stamp_of(it->source->file);
    if (skel_comm_is_root(it->comm)) {
        status = skel_image_file_look(it->source->file, it->source->side, &it->file);
    }
    SKEL_TRY(skel_comm_agree(it->comm, status));
    skel_comm_broadcast(it->comm, sizeof it->file, &it->file);
    SKEL_TRY(choose_cache(it, &it->plan.in_memory));
done:
    return status;
}

skel_status skel_dataset_open_file(const skel_comm *comm, const skel_dataset_source *source,
                                   skel_dataset **out)
{
    opening it = {.comm = comm, .source = source};
    skel_image_stamp before;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(look(&it, &before));
    SKEL_TRY(skel_dataset_create(comm, &it.dataset));
    SKEL_TRY(make_room(&it));
    SKEL_TRY(skel_comm_agree(comm, describe(&it)));
    SKEL_TRY(fill(&it));
    SKEL_TRY(skel_comm_agree(comm, skel_image_stamp_compare(source->file, &before)));
    *out = it.dataset;
    it.dataset = NULL;
done:
    skel_dataset_close(&it.dataset);
    return status;
}
