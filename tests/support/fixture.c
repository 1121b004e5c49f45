/* Small data sets for tests, written byte by byte as the formats' descriptions say. */
#include "fixture.h"

#include "skel/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { HEIGHT = 5, WIDTH = 4 };

static const skel_catalog_entry idx = {
    .info = {.name = "idx-fixture",
             .title = "IDX fixture",
             .channels = 1,
             .height = HEIGHT,
             .width = WIDTH,
             .classes = 10,
             .train = SKEL_FIXTURE_TRAIN,
             .test = SKEL_FIXTURE_TEST,
             .mean = (const float[]){0.25F},
             .deviation = (const float[]){0.5F}},
    .package = "dataset-of-the-test",
    .files = 4,
    .file = {{"train-images", SKEL_CATALOG_IDX_IMAGES, false, 0, SKEL_FIXTURE_TRAIN, NULL, NULL},
             {"train-labels", SKEL_CATALOG_IDX_LABELS, false, 0, SKEL_FIXTURE_TRAIN, NULL, NULL},
             {"test-images", SKEL_CATALOG_IDX_IMAGES, true, 0, SKEL_FIXTURE_TEST, NULL, NULL},
             {"test-labels", SKEL_CATALOG_IDX_LABELS, true, 0, SKEL_FIXTURE_TEST, NULL, NULL}},
};

static const skel_catalog_entry records = {
    .info = {.name = "record-fixture",
             .title = "record fixture",
             .channels = 3,
             .height = HEIGHT,
             .width = WIDTH,
             .classes = 100,
             .train = SKEL_FIXTURE_TRAIN,
             .test = SKEL_FIXTURE_TEST,
             .mean = (const float[]){0.25F, 0.5F, 0.75F},
             .deviation = (const float[]){0.5F, 0.25F, 1.0F}},
    .subfolder = "as-unpacked",
    .label_bytes = 2,
    .files = 3,
    .file = {{"one.bin", SKEL_CATALOG_RECORDS, false, 0, 8, NULL, NULL},
             {"two.bin", SKEL_CATALOG_RECORDS, false, 8, SKEL_FIXTURE_TRAIN - 8, NULL, NULL},
             {"test.bin", SKEL_CATALOG_RECORDS, true, 0, SKEL_FIXTURE_TEST, NULL, NULL}},
};

const skel_catalog_entry *skel_fixture_idx(void)
{
    return &idx;
}

const skel_catalog_entry *skel_fixture_records(void)
{
    return &records;
}

uint8_t skel_fixture_pixel(bool is_test, size_t position)
{
    return (uint8_t)(position * 7 + (is_test ? 100 : 3));
}

uint8_t skel_fixture_label(const skel_catalog_entry *entry, bool is_test, size_t sample)
{
    return (uint8_t)((sample * 3 + (is_test ? 1 : 2)) % entry->info.classes);
}

void skel_fixture_dir(char out[SKEL_PATH])
{
    const char *base = getenv("TMPDIR");

    (void)snprintf(out, SKEL_PATH, "%s/skel-test-XXXXXX", base != NULL ? base : "/tmp");
    SKEL_ASSERT(mkdtemp(out) != NULL);
}

void skel_fixture_remove(const char *dir)
{
    skel_folder_remove(dir);
}

void skel_fixture_write(const char *dir, const char *name, size_t bytes, const void *content,
                        bool gzip)
{
    char path[SKEL_PATH];
    gzFile file = NULL;

    skel_data_folder_join(dir, name, path);
    file = gzopen(path, gzip ? "wb" : "wbT"); /* T: as it is */
    SKEL_ASSERT(file != NULL);
    SKEL_ASSERT(bytes == 0 || gzwrite(file, content, (unsigned)bytes) == (int)bytes);
    SKEL_ASSERT(gzclose_w(file) == Z_OK);
}

static size_t put_word(uint8_t content[], size_t at, size_t value)
{
    for (size_t i = 0; i < 4; i++) {
        content[at + i] = (uint8_t)(value >> (24 - 8 * i));
    }
    return at + 4;
}

static size_t put_image(const skel_catalog_entry *entry, bool is_test, size_t sample, uint8_t out[])
{
    size_t pixels = entry->info.channels * HEIGHT * WIDTH;

    for (size_t i = 0; i < pixels; i++) {
        out[i] = skel_fixture_pixel(is_test, sample * pixels + i);
    }
    return pixels;
}

size_t skel_fixture_content(const skel_catalog_entry *entry, size_t number, uint8_t content[])
{
    const skel_catalog_file *file = &entry->file[number];
    bool images = file->format != SKEL_CATALOG_IDX_LABELS;
    bool labels = file->format != SKEL_CATALOG_IDX_IMAGES;
    size_t at = 0;

    if (file->format != SKEL_CATALOG_RECORDS) {
        at = put_word(content, at, images ? 2051 : 2049);
        at = put_word(content, at, file->count);
    }
    if (file->format == SKEL_CATALOG_IDX_IMAGES) {
        at = put_word(content, at, HEIGHT);
        at = put_word(content, at, WIDTH);
    }
    for (size_t i = file->first; i < file->first + file->count; i++) {
        if (entry->label_bytes == 2) {
            content[at++] = 255; /* the coarse label, which nobody reads */
        }
        if (labels) {
            content[at++] = skel_fixture_label(entry, file->is_test, i);
        }
        if (images) {
            at += put_image(entry, file->is_test, i, content + at);
        }
    }
    SKEL_ASSERT(at <= SKEL_FIXTURE_BYTES);
    return at;
}

void skel_fixture_fill(const skel_catalog_entry *entry, const char *dir, bool gzip)
{
    uint8_t content[SKEL_FIXTURE_BYTES];
    char name[128];

    for (size_t i = 0; i < entry->files; i++) {
        size_t bytes = skel_fixture_content(entry, i, content);

        (void)snprintf(name, sizeof name, "%s%s", entry->file[i].name, gzip ? ".gz" : "");
        skel_fixture_write(dir, name, bytes, content, gzip);
    }
}
