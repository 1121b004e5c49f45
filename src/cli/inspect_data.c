/* What skel inspect prints of a data set. */
#include "inspect.h"

#include "skel/data_layout.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <stdio.h>

enum { VALUE = 256, NAMED = 8 };

bool skel_inspect_is_data(skel_reader *reader)
{
    char path[SKEL_DATA_LAYOUT_PATH];

    skel_data_layout_path(SKEL_DATA_LAYOUT_TRAIN, SKEL_DATA_LAYOUT_LABELS, path);
    return skel_reader_has(reader, path);
}

/* The images of a half: "3 x 64 x 64", or their format and bytes. */
static skel_status print_images(skel_reader *reader, skel_data_layout_half half)
{
    char path[SKEL_DATA_LAYOUT_PATH];
    char format[VALUE];
    char bytes[SKEL_TEXT_BYTES];
    size_t dims = 0;
    size_t shape[4] = {0};
    skel_status status = SKEL_OK;

    skel_data_layout_path(half, SKEL_DATA_LAYOUT_IMAGES, path);
    if (skel_reader_has(reader, path)) {
        SKEL_TRY(skel_reader_shape(reader, path, &dims, shape));
        (void)printf("%zu x %zu x %zu, %s", shape[1], shape[2], shape[3],
                     skel_reader_is_float(reader, path) ? "floats" : "bytes");
        return SKEL_OK;
    }
    skel_data_layout_path(half, SKEL_DATA_LAYOUT_BYTES, path);
    SKEL_TRY(skel_reader_shape(reader, path, &dims, shape));
    skel_reader_attribute(reader, path, SKEL_DATA_LAYOUT_ATTRIBUTE_FORMAT, sizeof format, format);
    skel_text_bytes((double)shape[0], bytes);
    (void)printf("several sizes, %s, %s", format, bytes);
done:
    return status;
}

/* Smallest and largest number of images of a class that has any. */
static void count_classes(size_t count, const int64_t labels[], size_t in_class[], size_t *least,
                          size_t *most)
{
    *least = count;
    *most = 0;
    for (size_t i = 0; i < count; i++) {
        if (labels[i] >= 0 && labels[i] < SKEL_DATA_LAYOUT_CLASSES) {
            in_class[labels[i]]++;
        }
    }
    for (size_t c = 0; c < SKEL_DATA_LAYOUT_CLASSES; c++) {
        if (in_class[c] > 0) {
            *least = in_class[c] < *least ? in_class[c] : *least;
            *most = in_class[c] > *most ? in_class[c] : *most;
        }
    }
}

static skel_status print_half(skel_reader *reader, skel_data_layout_half half)
{
    char path[SKEL_DATA_LAYOUT_PATH];
    size_t dims = 0;
    size_t shape[4] = {0};
    int64_t *labels = NULL;
    size_t *in_class = NULL;
    size_t least = 0;
    size_t most = 0;
    skel_status status = SKEL_OK;

    skel_data_layout_path(half, SKEL_DATA_LAYOUT_LABELS, path);
    if (!skel_reader_has(reader, path)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_shape(reader, path, &dims, shape));
    SKEL_TRY(SKEL_ALLOC(shape[0], sizeof *labels, &labels));
    SKEL_TRY(SKEL_ALLOC(SKEL_DATA_LAYOUT_CLASSES, sizeof *in_class, &in_class));
    SKEL_TRY(skel_reader_integers(reader, path, shape[0], labels));
    count_classes(shape[0], labels, in_class, &least, &most);
    (void)printf("  %-24s %zu image%s, ", skel_data_layout_half_word(half), shape[0],
                 shape[0] == 1 ? "" : "s");
    SKEL_TRY(print_images(reader, half));
    if (least == most) {
        (void)printf("; %zu of each class\n", most);
    } else {
        (void)printf("; %zu to %zu of a class\n", least, most);
    }
done:
    SKEL_FREE(&labels);
    SKEL_FREE(&in_class);
    return status;
}

/* The first texts of a dataset, and how many there are. */
static skel_status print_names(skel_reader *reader, const char *title, const char *path)
{
    size_t count = 0;
    char **text = NULL;
    skel_status status = SKEL_OK;

    if (!skel_reader_has(reader, path)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_texts(reader, path, &count, &text));
    (void)printf("  %-24s %zu:", title, count);
    for (size_t i = 0; i < count && i < NAMED; i++) {
        (void)printf("%s %s", i > 0 ? "," : "", text[i]);
    }
    (void)printf("%s\n", count > NAMED ? ", ..." : "");
done:
    skel_reader_free_names(count, &text);
    return status;
}

skel_status skel_inspect_data(skel_reader *reader)
{
    static const char *const shown[] = {
        SKEL_DATA_LAYOUT_ATTRIBUTE_CLASSES, SKEL_DATA_LAYOUT_ATTRIBUTE_CHANNELS,
        SKEL_DATA_LAYOUT_ATTRIBUTE_MEAN, SKEL_DATA_LAYOUT_ATTRIBUTE_DEVIATION, "libraries"};
    char value[VALUE];
    skel_status status = SKEL_OK;

    (void)printf("\ndata\n");
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        SKEL_TRY(skel_reader_check_attribute(reader, "/", shown[i]));
        skel_reader_attribute(reader, "/", shown[i], sizeof value, value);
        if (value[0] != '\0') {
            (void)printf("  %-24s %s\n", shown[i], value);
        }
    }
    for (size_t h = 0; h < SKEL_DATA_LAYOUT_HALVES; h++) {
        SKEL_TRY(print_half(reader, (skel_data_layout_half)h));
    }
    SKEL_TRY(print_names(reader, "names of classes", SKEL_DATA_LAYOUT_NAMES));
    SKEL_TRY(print_names(reader, "damaged, left out", SKEL_DATA_LAYOUT_SKIPPED));
done:
    return status;
}
