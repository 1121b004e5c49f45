/* Data files: opened with the images in memory and in the file, seen as a network sees them, and
 * checked without a run. */
#include "target.h"

#include "skel/dataset_verify.h"
#include "skel/memory.h"
#include "skel/view.h"

#include <stdlib.h>

enum { SIDE = 8, SEEN = 4, FLOATS = 1 << 20 };

/* The first images of a part, where they are and in a random window. */
static void see(const skel_dataset_info *info, const skel_samples *samples)
{
    static const skel_augment augments[] = {SKEL_AUGMENT_NONE, SKEL_AUGMENT_RANDOM_RESIZED_CROP};
    const size_t floats = info->channels * info->height * info->width;
    const size_t count = samples->count < SEEN ? samples->count : SEEN;
    const uint32_t index[SEEN] = {0, 1, 2, 3};
    uint16_t labels[SEEN];
    float *images = NULL;

    if (floats > FLOATS || SKEL_ALLOC(SEEN * floats, sizeof *images, &images) != SKEL_OK) {
        return;
    }
    for (size_t i = 0; i < sizeof augments / sizeof *augments; i++) {
        skel_view view;

        skel_fuzz_expect(skel_view_make(info, 0, augments[i], 1, &view));
        skel_fuzz_expect(skel_view_fill(&view, samples, count, index, 0, images, labels));
        for (size_t s = 0; s < count; s++) {
            if (labels[s] >= info->classes) {
                abort();
            }
        }
    }
    SKEL_FREE(&images);
}

static void open_it(const skel_dataset_source *source)
{
    skel_dataset *dataset = NULL;

    skel_fuzz_expect(skel_dataset_open(skel_fuzz_comm(), source, &dataset));
    if (dataset != NULL) {
        see(dataset->info, &dataset->train);
        see(dataset->info, &dataset->test);
        see(dataset->info, &dataset->validation);
    }
    skel_dataset_close(&dataset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const skel_comm *comm = skel_fuzz_comm(); /* its memory stays */
    const size_t blocks = skel_memory_blocks();
    skel_dataset_source source = {.file = skel_fuzz_file(size, data), .side = SIDE};
    char sum[SKEL_CHECKSUM_TEXT];
    skel_dataset_info info;
    float *statistics = NULL;
    bool has_statistics = false;

    (void)comm;
    source.cache = SKEL_CACHE_MEMORY;
    open_it(&source);
    source.cache = SKEL_CACHE_FILE;
    open_it(&source);
    skel_fuzz_expect(skel_dataset_verify(source.file, &info, &has_statistics, &statistics));
    SKEL_FREE(&statistics);
    skel_fuzz_expect(skel_dataset_checksum(&source, sum));
    skel_fuzz_expect_blocks(blocks);
    return 0;
}
