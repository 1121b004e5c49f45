/* CIFAR's binary files: records of one or two label bytes and 3 planes of 32 x 32 pixels. */
#include "image_folder.h"
#include "image_tree.h"

#include "skel/input.h"

#include <stdio.h>
#include <string.h>

enum { PIXELS = 3072, FILES = 6, NAME = 64 };

/* A data set of records. */
typedef struct record_set {
    size_t label_bytes;
    size_t classes;
    const char *names; /* file with the names of the classes, one a line */
    size_t files;
    const char *file[FILES]; /* the last one is the test half */
} record_set;

static const record_set sets[] = {
    {2, 100, "fine_label_names.txt", 2, {"train.bin", "test.bin"}},
    {1,
     10,
     "batches.meta.txt",
     6,
     {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
      "data_batch_5.bin", "test_batch.bin"}},
};

/* The names of the classes; numbers if there is no such file. */
static skel_status take_names(const record_set *set, const char *dir, skel_image_list *out)
{
    char path[SKEL_IMAGE_LIST_PATH];
    char line[NAME];
    FILE *in = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_image_folder_join(dir, set->names, sizeof path, path));
    if (skel_image_folder_has_file(path)) {
        SKEL_TRY(skel_input_stream(path, &in));
    }
    while (out->classes < set->classes) {
        if (in == NULL || fgets(line, sizeof line, in) == NULL) {
            (void)snprintf(line, sizeof line, "%zu", out->classes);
        }
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0') {
            SKEL_TRY(skel_image_list_class(out, line));
        }
    }
done:
    if (in != NULL) {
        (void)fclose(in);
    }
    return status;
}

/* Labels are read with the records; here an image's is 0. */
static skel_status take_file(const record_set *set, const char *path, skel_data_layout_half half,
                             skel_image_list *out)
{
    const size_t record = set->label_bytes + PIXELS;
    size_t bytes = 0;
    size_t at = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_input_look(path, &bytes));
    if (bytes == 0 || bytes % record != 0 || bytes / record > INT32_MAX) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %zu bytes; records of %zu bytes are expected", path,
                         bytes, record);
    }
    SKEL_TRY(skel_image_list_text(out, path, &at));
    for (size_t i = 0; i < bytes / record; i++) {
        SKEL_TRY(skel_image_list_add(out, half, at, (int32_t)i, 0));
    }
done:
    return status;
}

skel_status skel_image_records_list(const char *dir, skel_image_list *out, bool *found)
{
    char path[SKEL_IMAGE_LIST_PATH];
    skel_status status = SKEL_OK;

    *found = false;
    for (size_t s = 0; s < sizeof sets / sizeof sets[0] && !*found; s++) {
        const record_set *set = &sets[s];

        SKEL_TRY(skel_image_folder_join(dir, set->file[0], sizeof path, path));
        if (!skel_image_folder_has_file(path)) {
            continue;
        }
        *found = true;
        out->label_bytes = set->label_bytes;
        SKEL_TRY(take_names(set, dir, out));
        for (size_t f = 0; f < set->files; f++) {
            SKEL_TRY(skel_image_folder_join(dir, set->file[f], sizeof path, path));
            SKEL_TRY(take_file(set, path,
                               f + 1 == set->files ? SKEL_DATA_LAYOUT_TEST : SKEL_DATA_LAYOUT_TRAIN,
                               out));
        }
    }
done:
    return status;
}
