/* IDX files: the images, or the labels if the first byte is odd; plain and gzip. */
#include "target.h"

#include "data/data_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SIDE = 4, SAMPLES = 6, CLASSES = 10, BYTES = SAMPLES * 1 * SIDE * SIDE };

static const skel_catalog_entry entry = {
    .info = {"idx", "IDX", 1, SIDE, SIDE, CLASSES, SAMPLES, SAMPLES, {0.5F}, {0.5F}},
    .files = 2,
    .file = {{"images", SKEL_CATALOG_IDX_IMAGES, false, 0, SAMPLES, NULL, NULL},
             {"labels", SKEL_CATALOG_IDX_LABELS, false, 0, SAMPLES, NULL, NULL}},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t images[BYTES];
    static uint8_t labels[SAMPLES];
    skel_data_file_sums sums;
    char packed[96];
    const char *path = NULL;

    if (size < 1) {
        return 0;
    }
    path = skel_fuzz_file(size - 1, data + 1);
    if ((data[0] & 2) != 0) { /* the content is gzip, as the name says */
        (void)snprintf(packed, sizeof packed, "%s.gz", path);
        if (rename(path, packed) != 0) {
            abort();
        }
        path = packed;
    }
    skel_fuzz_expect(skel_data_file_probe(&entry, &entry.file[data[0] & 1], path));
    skel_fuzz_expect(
        skel_data_file_read(&entry, &entry.file[data[0] & 1], path, images, labels, true, &sums));
    (void)unlink(path);
    return 0;
}
