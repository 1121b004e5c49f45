/* IDX files: the images, or the labels if the first byte is odd; plain and gzip. */
#include "target.h"

enum { SIDE = 4, SAMPLES = 6, CLASSES = 10, BYTES = SAMPLES * 1 * SIDE * SIDE };

static const skel_catalog_entry entry = {
    .info = {.name = "idx",
             .title = "IDX",
             .channels = 1,
             .height = SIDE,
             .width = SIDE,
             .classes = CLASSES,
             .train = SAMPLES,
             .test = SAMPLES,
             .mean = (const float[]){0.5F},
             .deviation = (const float[]){0.5F}},
    .files = 2,
    .file = {{"images", SKEL_CATALOG_IDX_IMAGES, false, 0, SAMPLES, NULL, NULL},
             {"labels", SKEL_CATALOG_IDX_LABELS, false, 0, SAMPLES, NULL, NULL}},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t images[BYTES];
    static uint16_t labels[SAMPLES];

    skel_fuzz_data_file(&entry, size, data, images, labels);
    return 0;
}
