/* Lists of the labels of images, beside a folder with three images. */
#include "target.h"

#include "pack/image_labels.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { IMAGES = 3, PATH = 256 };

static const char *const images[IMAGES] = {"a.JPEG", "b c.png", "d,1.jpg"};
static char folder[PATH];

static void clear(void)
{
    char path[2 * PATH];

    for (size_t i = 0; i < IMAGES; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, images[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

static void make(void)
{
    char path[2 * PATH];

    (void)snprintf(folder, sizeof folder, "/dev/shm/skel-fuzz-labels-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        abort();
    }
    for (size_t i = 0; i < IMAGES; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, images[i]);
        (void)close(open(path, O_CREAT | O_WRONLY, 0600));
    }
    (void)atexit(clear);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = skel_fuzz_file(size, data);
    skel_image_list list = {0};
    size_t extra = 0;

    if (folder[0] == '\0') {
        make();
    }
    skel_fuzz_expect(skel_image_list_class(&list, "7"));
    skel_fuzz_expect(skel_image_list_class(&list, "n01440764"));
    skel_fuzz_expect(skel_image_labels_read(path, folder, SKEL_DATA_LAYOUT_TEST, &list, &extra));
    skel_image_list_clear(&list);
    return 0;
}
