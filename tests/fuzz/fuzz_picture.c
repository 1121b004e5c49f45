/* JPEG and PNG files, as packing and training decode them: heads, whole images, windows. */
#include "target.h"

#include "skel/jpeg.h"

#include <stdlib.h>

enum { SIDE = 16, LARGEST = 1 << 20 };

static skel_jpeg *jpeg;

static void forget(void)
{
    skel_jpeg_destroy(&jpeg);
}

/* A window in the middle, of sizes that take whole and smaller DCTs. */
static void try_windows(size_t size, const uint8_t *data, const skel_jpeg_facts *facts)
{
    static uint8_t out[3 * SIDE * SIDE];
    const skel_jpeg_file file = {size, data, facts->height, facts->width};

    for (size_t part = 1; part <= 4; part += 3) {
        size_t height = facts->height / part > 0 ? facts->height / part : 1;
        size_t width = facts->width / part > 0 ? facts->width / part : 1;
        skel_resizer_plan plan = skel_resizer_plan_window(
            (facts->height - height) / 2, (facts->width - width) / 2, height, width, SIDE, SIDE);

        skel_fuzz_expect(skel_jpeg_window(jpeg, &file, 3, &plan, part == 1, true, out));
    }
}

static void try_jpeg(size_t size, const uint8_t *data, skel_picture *picture)
{
    skel_jpeg_facts facts;
    skel_status status = skel_jpeg_look(jpeg, size, data, &facts);
    size_t bytes = 0;
    const uint8_t *written = NULL;

    skel_fuzz_expect(status);
    if (status != SKEL_OK || facts.height > LARGEST / facts.width) {
        return;
    }
    status = skel_jpeg_decode(jpeg, size, data, 3, picture);
    skel_fuzz_expect(status);
    try_windows(size, data, &facts);
    if (status == SKEL_OK) {
        skel_fuzz_expect(skel_picture_turn(picture, facts.orientation));
        skel_fuzz_expect(skel_jpeg_write(jpeg, picture, &bytes, &written));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    skel_picture picture = {0};
    bool has_alpha = false;

    if (jpeg == NULL) {
        skel_fuzz_expect(skel_jpeg_create(&jpeg));
        (void)atexit(forget);
    }
    if (skel_picture_is_png(size, data)) {
        skel_status status = skel_picture_decode_png(size, data, &picture, &has_alpha);

        skel_fuzz_expect(status);
        if (status == SKEL_OK) {
            skel_fuzz_expect(skel_picture_convert(&picture, picture.channels == 1 ? 3 : 1));
        }
    } else {
        try_jpeg(size, data, &picture);
    }
    skel_picture_clear(&picture);
    return 0;
}
