/* Lists folders. */
#include "image_folder.h"

#include "skel/folder.h"

#include "image_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static bool ends_in(const char *name, size_t count, const char *const endings[])
{
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; i < count && dot != NULL; i++) {
        if (strcasecmp(dot + 1, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

skel_image_kind skel_image_folder_kind(const char *name)
{
    static const char *const read[] = {"jpg", "jpeg", "png"};
    static const char *const foreign[] = {"gif",  "bmp",  "ppm",  "pgm", "tif",  "tiff",
                                          "webp", "apng", "jfif", "jp2", "heic", "avif"};

    if (name[0] == '.') {
        return SKEL_IMAGE_KIND_NONE;
    }
    if (ends_in(name, sizeof read / sizeof read[0], read)) {
        return SKEL_IMAGE_KIND_READ;
    }
    return ends_in(name, sizeof foreign / sizeof foreign[0], foreign) ? SKEL_IMAGE_KIND_FOREIGN
                                                                      : SKEL_IMAGE_KIND_NONE;
}

bool skel_image_folder_is_same(const char *one, const char *other)
{
    struct stat a;
    struct stat b;

    return stat(one, &a) == 0 && stat(other, &b) == 0 && S_ISDIR(a.st_mode) &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool skel_image_folder_has_file(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0 && S_ISREG(facts.st_mode);
}

skel_status skel_image_folder_join(const char *folder, const char *name, size_t size, char out[])
{
    int length = snprintf(out, size, "%s/%s", folder, name);

    if (length < 0 || (size_t)length >= size) {
        char shown[SKEL_IMAGE_LIST_SHOWN];

        skel_image_list_show(folder, shown);
        return SKEL_FAIL(SKEL_ERR_IO, "%s: a path in it has more than %zu bytes", shown, size - 1);
    }
    return SKEL_OK;
}

static int by_bytes(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

void skel_image_folder_sort(skel_texts *texts)
{
    if (texts != NULL && texts->count > 1) {
        qsort(texts->text, texts->count, sizeof *texts->text, by_bytes);
    }
}

/* The entry's kind is known without asking the system again on most file systems. */
static bool is_folder(const char *path, const struct dirent *entry)
{
    char full[SKEL_IMAGE_LIST_PATH];

    if (entry->d_type == DT_DIR || entry->d_type == DT_REG) {
        return entry->d_type == DT_DIR;
    }
    return skel_image_folder_join(path, entry->d_name, sizeof full, full) == SKEL_OK &&
           skel_folder_is(full);
}

skel_status skel_image_folder_list(const char *path, skel_texts *folders, skel_texts *files)
{
    DIR *stream = opendir(path);
    char shown[SKEL_IMAGE_LIST_SHOWN];
    struct dirent *entry = NULL;
    skel_status status = SKEL_OK;

    skel_image_list_show(path, shown);
    if (stream == NULL) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: open the folder: %s", shown, strerror(errno));
    }
    for (errno = 0; status == SKEL_OK && (entry = readdir(stream)) != NULL; errno = 0) {
        skel_texts *kind = is_folder(path, entry) ? folders : files;

        if (entry->d_name[0] != '.' && kind != NULL) {
            status = skel_texts_add(kind, "%s", entry->d_name);
        }
    }
    if (status == SKEL_OK && errno != 0) {
        status = SKEL_FAIL(SKEL_ERR_IO, "%s: read the folder: %s", shown, strerror(errno));
    }
    (void)closedir(stream);
    skel_image_folder_sort(folders);
    skel_image_folder_sort(files);
    return status;
}
