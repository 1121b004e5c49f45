/* PNG sheets with their lists of labels. The first two bytes are the length of the list. */
#include "target.h"

#include "data/source.h"

#include <stdio.h>
#include <unistd.h>

enum { SIDE = 2, SAMPLES = 3 };

static const skel_catalog_entry entry = {
    .info = {.name = "sheet",
             .title = "sheet",
             .channels = 3,
             .height = SIDE,
             .width = SIDE,
             .classes = 10,
             .train = SAMPLES,
             .test = SAMPLES,
             .mean = (const float[]){0.5F},
             .deviation = (const float[]){0.5F}},
    .label_bytes = 1,
    .files = 1,
    .file = {{"records", SKEL_CATALOG_RECORDS, false, 1, SAMPLES, NULL, NULL}},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *labels = NULL;
    const char *sheet = NULL;
    char out[96];
    size_t length = 0;

    if (size < 2) {
        return 0;
    }
    length = (size_t)data[0] << 8 | data[1];
    length = length < size - 2 ? length : size - 2;
    labels = skel_fuzz_other_file(length, data + 2);
    sheet = skel_fuzz_file(size - 2 - length, data + 2 + length);
    (void)snprintf(out, sizeof out, "%s.out", sheet);
    skel_fuzz_expect(skel_sheet_convert(&entry, &entry.file[0], sheet, labels, out));
    (void)unlink(out);
    return 0;
}
