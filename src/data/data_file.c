/* IDX and CIFAR files: header, length, labels and pixels.
 * Sources: the description of the IDX format at the end of MNIST's page; CIFAR's page. */
#include "data_file.h"

#include "skel/memory.h"

#include "content.h"

#include <string.h>

enum { MAGIC_IMAGES = 2051, MAGIC_LABELS = 2049, WORD = 4 };

/* One file on its way in. */
typedef struct reading {
    const skel_catalog_entry *entry;
    const skel_catalog_file *file;
    const char *path;
    const uint8_t *content;
    size_t found; /* bytes */
} reading;

static size_t image_bytes(const skel_catalog_entry *entry)
{
    return entry->info.channels * entry->info.height * entry->info.width;
}

static size_t header_bytes(const skel_catalog_file *file)
{
    switch (file->format) {
    case SKEL_CATALOG_IDX_IMAGES:
        return 4 * (size_t)WORD;
    case SKEL_CATALOG_IDX_LABELS:
        return 2 * (size_t)WORD;
    case SKEL_CATALOG_RECORDS:
        break;
    }
    return 0;
}

static size_t sample_bytes(const skel_catalog_entry *entry, const skel_catalog_file *file)
{
    switch (file->format) {
    case SKEL_CATALOG_IDX_IMAGES:
        return image_bytes(entry);
    case SKEL_CATALOG_IDX_LABELS:
        return 1;
    case SKEL_CATALOG_RECORDS:
        break;
    }
    return entry->label_bytes + image_bytes(entry);
}

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static skel_status check_header(const reading *in)
{
    static const char *const names[] = {"magic number", "number of samples", "height", "width"};
    bool images = in->file->format == SKEL_CATALOG_IDX_IMAGES;
    const size_t expected[] = {images ? MAGIC_IMAGES : MAGIC_LABELS, in->file->count,
                               in->entry->info.height, in->entry->info.width};
    size_t words = header_bytes(in->file) / WORD;

    for (size_t i = 0; i < words && (i + 1) * WORD <= in->found; i++) {
        uint32_t value = big_endian(in->content + i * WORD);

        if (value != expected[i]) {
            return SKEL_FAIL(
                SKEL_ERR_DATA, "%s: %s is %u, expected %zu (IDX file with the %s of %s)", in->path,
                names[i], value, expected[i], images ? "images" : "labels", in->entry->info.title);
        }
    }
    return SKEL_OK;
}

static skel_status check_length(const reading *in)
{
    size_t sample = sample_bytes(in->entry, in->file);
    size_t expected = header_bytes(in->file) + in->file->count * sample;

    if (in->found < expected) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: %zu bytes, expected %zu (%zu samples of %zu bytes): the file is "
                         "truncated",
                         in->path, in->found, expected, in->file->count, sample);
    }
    if (in->found > expected) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: %zu bytes, expected %zu (%zu samples of %zu bytes): %zu bytes too "
                         "many",
                         in->path, in->found, expected, in->file->count, sample,
                         in->found - expected);
    }
    return SKEL_OK;
}

/* Takes the labels, which lie `stride` bytes apart from `offset` on. */
static skel_status take_labels(const reading *in, size_t offset, size_t stride, uint16_t labels[])
{
    for (size_t i = 0; i < in->file->count; i++) {
        uint8_t label = in->content[offset + i * stride];

        if (label >= in->entry->info.classes) {
            return SKEL_FAIL(SKEL_ERR_DATA, "%s: the label of sample %zu is %u, expected 0 to %zu",
                             in->path, i, (unsigned)label, in->entry->info.classes - 1);
        }
        if (labels != NULL) {
            labels[i] = label;
        }
    }
    return SKEL_OK;
}

static void take_images(const reading *in, size_t offset, size_t stride, uint8_t images[])
{
    size_t bytes = image_bytes(in->entry);

    if (images == NULL) {
        return;
    }
    for (size_t i = 0; i < in->file->count; i++) {
        memcpy(images + i * bytes, in->content + offset + i * stride, bytes);
    }
}

static skel_status take(const reading *in, uint8_t images[], uint16_t labels[])
{
    size_t stride = sample_bytes(in->entry, in->file);
    size_t start = header_bytes(in->file);
    skel_status status = SKEL_OK;

    switch (in->file->format) {
    case SKEL_CATALOG_IDX_IMAGES:
        take_images(in, start, stride, images);
        break;
    case SKEL_CATALOG_IDX_LABELS:
        status = take_labels(in, start, stride, labels);
        break;
    case SKEL_CATALOG_RECORDS:
        status = take_labels(in, in->entry->label_bytes - 1, stride, labels);
        take_images(in, in->entry->label_bytes, stride, images);
        break;
    }
    return status;
}

skel_status skel_data_file_read(const skel_catalog_entry *entry, const skel_catalog_file *file,
                                const char *path, uint8_t images[], uint16_t labels[],
                                bool want_md5, skel_data_file_sums *sums)
{
    size_t bytes = header_bytes(file) + file->count * sample_bytes(entry, file);
    reading in = {entry, file, path, NULL, 0};
    uint8_t *content = NULL;
    skel_status status = SKEL_OK;

    memset(sums, 0, sizeof *sums);
    SKEL_TRY(skel_content_read(path, bytes, &content, &in.found));
    in.content = content;
    SKEL_TRY(check_header(&in));
    SKEL_TRY(check_length(&in));
    SKEL_TRY(take(&in, images, labels));
    skel_checksum_xxh3(bytes, content, sums->xxh3);
    if (want_md5) {
        skel_checksum_md5(bytes, content, sums->md5);
    }
done:
    SKEL_FREE(&content);
    return status;
}

skel_status skel_data_file_probe(const skel_catalog_entry *entry, const skel_catalog_file *file,
                                 const char *path)
{
    reading in = {entry, file, path, NULL, 0};
    bool is_gzip = false;
    skel_status status = skel_content_probe(path, &in.found, &is_gzip);

    return status == SKEL_OK && !is_gzip ? check_length(&in) : status;
}
