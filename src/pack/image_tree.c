/* Finds images in folders, a folder for each class, as torchvision's ImageFolder. */
#include "image_tree.h"

#include "image_folder.h"
#include "image_labels.h"

#include "skel/folder.h"
#include "skel/log.h"

#include <math.h>
#include <string.h>

enum { DEPTH = 16 }; /* of folders below a class: more are a link to a folder above */

static const char *const layouts =
    "expected train/CLASS/*.jpg with test/CLASS/ or val/CLASS/; or train/CLASS/ and val/ with a "
    "list of labels; or CIFAR's train.bin and test.bin";

/* A folder whose images are taken. */
typedef struct half_folder {
    const char *dir; /* "DIR/test" */
    skel_data_layout_half half;
    uint32_t label;
    skel_image_list *list;
    double share;       /* of each class that is tested on; 0: the folders say which images are */
    const char *blocks; /* folder of the packing's blocks, which is no class */
    size_t seen;        /* images of the class so far */
} half_folder;

/* Whether the next image of a class belongs to the half: the shares lie evenly among them. */
static bool takes_next(half_folder *it)
{
    double before = floor((double)it->seen * it->share + 1e-9);
    bool is_test = floor((double)(it->seen + 1) * it->share + 1e-9) > before;

    it->seen++;
    return it->share == 0 || is_test == (it->half == SKEL_DATA_LAYOUT_TEST);
}

/* All folders at and below a folder, in no order. */
static skel_status find_folders(const char *path, size_t depth, skel_texts *out)
{
    char below[SKEL_IMAGE_LIST_PATH];
    char shown[SKEL_IMAGE_LIST_SHOWN];
    skel_texts folders = {0};
    skel_status status = SKEL_OK;

    skel_image_list_show(path, shown);
    if (depth == DEPTH) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: %d folders lie within each other; is one a link to a folder above?",
                         shown, DEPTH);
    }
    SKEL_TRY(skel_texts_add(out, "%s", path));
    SKEL_TRY(skel_image_folder_list(path, &folders, NULL));
    for (size_t i = 0; i < folders.count; i++) {
        SKEL_TRY(skel_image_folder_join(path, folders.text[i], sizeof below, below));
        SKEL_TRY(find_folders(below, depth + 1, out));
    }
done:
    skel_texts_clear(&folders);
    return status;
}

/* The images that lie directly in a folder. */
static skel_status take_files(half_folder *it, const char *folder)
{
    char path[SKEL_IMAGE_LIST_PATH];
    skel_texts files = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_image_folder_list(folder, NULL, &files));
    for (size_t i = 0; i < files.count; i++) {
        size_t at = 0;

        if (skel_image_folder_kind(files.text[i]) == SKEL_IMAGE_KIND_NONE) {
            it->list->passed_over += it->half == SKEL_DATA_LAYOUT_TRAIN || it->share == 0 ? 1 : 0;
            continue;
        }
        if (!takes_next(it)) {
            continue;
        }
        SKEL_TRY(skel_image_folder_join(folder, files.text[i], sizeof path, path));
        SKEL_TRY(skel_image_list_text(it->list, path, &at));
        SKEL_TRY(skel_image_list_add(it->list, it->half, at, SKEL_IMAGE_LIST_NO_RECORD, it->label));
    }
done:
    skel_texts_clear(&files);
    return status;
}

/* The images of a class: folders in the order of their paths, as torchvision takes them. */
static skel_status take_class(half_folder *it, const char *folder)
{
    char shown[SKEL_IMAGE_LIST_SHOWN];
    skel_texts folders = {0};
    skel_status status = SKEL_OK;

    it->seen = 0;
    skel_image_list_show(folder, shown);
    SKEL_TRY(find_folders(folder, 0, &folders));
    skel_image_folder_sort(&folders);
    for (size_t i = 0; i < folders.count; i++) {
        SKEL_TRY(take_files(it, folders.text[i]));
    }
    if (it->seen == 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: this class has no image (.jpg, .jpeg, .png); remove the folder, or "
                           "put images in it",
                           shown);
    }
done:
    skel_texts_clear(&folders);
    return status;
}

/* The folders of a half that are classes. */
static skel_status list_classes(const half_folder *it, skel_texts *out)
{
    char path[SKEL_IMAGE_LIST_PATH];
    skel_texts folders = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_image_folder_list(it->dir, &folders, NULL));
    for (size_t i = 0; i < folders.count; i++) {
        SKEL_TRY(skel_image_folder_join(it->dir, folders.text[i], sizeof path, path));
        if (!skel_image_folder_is_same(path, it->blocks)) {
            SKEL_TRY(skel_texts_add(out, "%s", folders.text[i]));
        }
    }
done:
    skel_texts_clear(&folders);
    return status;
}

/* A half with a folder for each class; not every class needs one here. */
static skel_status take_half(half_folder *it)
{
    char path[SKEL_IMAGE_LIST_PATH];
    char shown[SKEL_IMAGE_LIST_SHOWN];
    skel_texts folders = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(list_classes(it, &folders));
    for (size_t i = 0; i < folders.count; i++) {
        if (!skel_image_list_find(it->list, folders.text[i], &it->label)) {
            skel_image_list_show(folders.text[i], shown);
            status =
                SKEL_FAIL(SKEL_ERR_DATA, "%s has a folder %s, but train has none: it is no class",
                          it->dir, shown);
            goto done;
        }
        SKEL_TRY(skel_image_folder_join(it->dir, folders.text[i], sizeof path, path));
        SKEL_TRY(take_class(it, path));
    }
done:
    skel_texts_clear(&folders);
    return status;
}

static skel_status take_classes(const half_folder *it)
{
    char shown[SKEL_IMAGE_LIST_SHOWN] = "";
    skel_texts folders = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(list_classes(it, &folders));
    if (folders.count < 2) {
        if (folders.count == 1) {
            skel_image_list_show(folders.text[0], shown);
        }
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s has %zu folder%s%s%s; a folder for each of at least two classes is "
                           "expected",
                           it->dir, folders.count, folders.count == 1 ? "" : "s",
                           folders.count == 1 ? ", " : "", shown);
        goto done;
    }
    for (size_t i = 0; i < folders.count; i++) {
        SKEL_TRY(skel_image_list_class(it->list, folders.text[i]));
    }
done:
    skel_texts_clear(&folders);
    return status;
}

/* Whether a folder has a folder of the name of a class. */
static skel_status has_classes(const char *dir, const skel_image_list *list, bool *out)
{
    skel_texts folders = {0};
    uint32_t label = 0;
    skel_status status = SKEL_OK;

    *out = false;
    if (skel_folder_is(dir)) {
        SKEL_TRY(skel_image_folder_list(dir, &folders, NULL));
    }
    for (size_t i = 0; i < folders.count && !*out; i++) {
        *out = skel_image_list_find(list, folders.text[i], &label);
    }
done:
    skel_texts_clear(&folders);
    return status;
}

/* The folder val with a list of labels, which is tested on. */
static skel_status take_listed(const char *val, const char *labels, skel_image_list *list)
{
    char images[SKEL_IMAGE_LIST_PATH];
    size_t extra = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_image_folder_join(val, "images", sizeof images, images));
    SKEL_TRY(skel_image_labels_read(labels, skel_folder_is(images) ? images : val,
                                    SKEL_DATA_LAYOUT_TEST, list, &extra));
    if (extra > 0) {
        SKEL_WARN("images of %s that %s does not name, and that are left out: %zu", val, labels,
                  extra);
    }
done:
    return status;
}

/* Which halves a folder has beside train. */
static skel_status take_others(const char *dir, const char *validation, const char *blocks,
                               skel_image_list *list)
{
    char val[SKEL_IMAGE_LIST_PATH];
    char test[SKEL_IMAGE_LIST_PATH];
    char labels[SKEL_IMAGE_LIST_PATH];
    half_folder it = {.list = list, .half = SKEL_DATA_LAYOUT_TEST, .blocks = blocks};
    bool has_val = false;
    bool has_test = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_image_folder_join(dir, "val", sizeof val, val));
    SKEL_TRY(skel_image_folder_join(dir, "test", sizeof test, test));
    SKEL_TRY(skel_image_folder_join(val, "val_annotations.txt", sizeof labels, labels));
    SKEL_TRY(has_classes(val, list, &has_val));
    SKEL_TRY(has_classes(test, list, &has_test));
    if (validation != NULL || (!has_val && skel_image_folder_has_file(labels))) {
        SKEL_TRY(take_listed(val, validation != NULL ? validation : labels, list));
        if (skel_folder_is(test)) {
            SKEL_INFO("%s is not packed: the images of %s are tested on", test, val);
        }
        return SKEL_OK;
    }
    if (!has_val && skel_folder_is(val)) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s has no folder of a class's name; name the list of its images' labels: "
                         "--validation FILE",
                         val);
    }
    if (!has_val && !has_test) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s has no images to test on: neither test/CLASS nor "
                         "val/CLASS; %s",
                         dir, layouts);
    }
    if (has_test) {
        it.dir = test;
        SKEL_TRY(take_half(&it));
    }
    if (has_val) {
        it.dir = val;
        it.half = has_test ? SKEL_DATA_LAYOUT_VALIDATION : SKEL_DATA_LAYOUT_TEST;
        SKEL_TRY(take_half(&it));
    }
done:
    return status;
}

/* The images that the folder train does not give to the training half are tested on. */
static skel_status take_rest(const char *dir, half_folder *it)
{
    static const char *const names[] = {"test", "val"};
    char path[SKEL_IMAGE_LIST_PATH];
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        SKEL_TRY(skel_image_folder_join(dir, names[i], sizeof path, path));
        if (skel_folder_is(path) && strcmp(it->dir, dir) != 0) {
            return SKEL_FAIL(SKEL_ERR_CONFIG, "%s has images to test on, in %s: omit --test-share",
                             dir, names[i]);
        }
    }
    it->half = SKEL_DATA_LAYOUT_TEST;
    SKEL_TRY(take_half(it));
done:
    return status;
}

static skel_status list_folders(const char *dir, const char *validation, double share,
                                const char *blocks, skel_image_list *out)
{
    char train[SKEL_IMAGE_LIST_PATH];
    half_folder it = {.dir = train,
                      .half = SKEL_DATA_LAYOUT_TRAIN,
                      .list = out,
                      .share = share,
                      .blocks = blocks};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_image_folder_join(dir, "train", sizeof train, train));
    if (!skel_folder_is(train) && share == 0) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s has no folder train; %s; or, for a folder of classes, "
                         "--test-share SHARE",
                         dir, layouts);
    }
    it.dir = skel_folder_is(train) ? train : dir;
    SKEL_TRY(take_classes(&it));
    SKEL_TRY(take_half(&it));
    SKEL_TRY(share > 0 ? take_rest(dir, &it) : take_others(dir, validation, blocks, out));
    if (out->passed_over > 0) {
        SKEL_INFO("files that are no images, and are passed over: %zu", out->passed_over);
    }
done:
    return status;
}

skel_status skel_image_tree_list(const char *dir, const char *validation, double share,
                                 const char *blocks, skel_image_list *out)
{
    bool found = false;
    skel_status status = SKEL_OK;

    *out = (skel_image_list){0};
    if (!skel_folder_is(dir)) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: there is no such folder", dir);
    }
    SKEL_TRY(skel_image_records_list(dir, out, &found));
    if (!found) {
        SKEL_TRY(list_folders(dir, validation, share, blocks, out));
    } else if (validation != NULL || share > 0) {
        status = SKEL_FAIL(SKEL_ERR_CONFIG,
                           "%s holds CIFAR's files, which have labels and a test half: omit "
                           "--validation and --test-share",
                           dir);
    }
done:
    return status;
}
