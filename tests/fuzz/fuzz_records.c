/* CIFAR files: records with one label byte and the planes of three colours. */
#include "target.h"

enum { SIDE = 4, SAMPLES = 6, CLASSES = 10, BYTES = SAMPLES * 3 * SIDE * SIDE };

static const skel_catalog_entry entry = {
    .info = {.name = "records",
             .title = "records",
             .channels = 3,
             .height = SIDE,
             .width = SIDE,
             .classes = CLASSES,
             .train = SAMPLES,
             .test = SAMPLES,
             .mean = (const float[]){0.5F},
             .deviation = (const float[]){0.5F}},
    .label_bytes = 1,
    .files = 2,
    .file = {{"records", SKEL_CATALOG_RECORDS, false, 0, SAMPLES, NULL, NULL},
             {"records", SKEL_CATALOG_RECORDS, true, 0, SAMPLES, NULL, NULL}},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t images[BYTES];
    static uint16_t labels[SAMPLES];

    skel_fuzz_data_file(&entry, size, data, images, labels);
    return 0;
}
