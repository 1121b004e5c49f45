/* Reads lists of labels. */
#include "image_labels.h"

#include "image_folder.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 8192, WORDS = 2 };

/* A list that is being read. */
typedef struct label_reader {
    const char *path; /* as messages show it */
    const char *dir;
    size_t line;
    skel_texts files; /* of the folder, sorted */
    bool *used;       /* [files.count] */
    skel_data_layout_half half;
    skel_image_list *list;
} label_reader;

/* Cuts a line into image and class, in place; false if it has one word. */
static bool cut(char *line, char *word[WORDS])
{
    char *end = NULL;

    line[strcspn(line, "\r\n")] = '\0';
    word[0] = line;
    if ((end = strchr(line, '\t')) != NULL) {
        word[1] = end + 1;
        word[1][strcspn(word[1], "\t")] = '\0';
    } else if ((end = strchr(line, ',')) != NULL) {
        word[1] = end + 1 + strspn(end + 1, " ");
        word[1][strcspn(word[1], " ,")] = '\0';
    } else if ((end = strrchr(line, ' ')) != NULL) {
        word[1] = end + 1;
        while (end > line && end[-1] == ' ') {
            end--;
        }
    } else {
        return false;
    }
    *end = '\0';
    return word[0][0] != '\0' && word[1][0] != '\0';
}

/* The class that a word names, by its name or else by its number. */
static skel_status find_class(const label_reader *it, const char *word, uint32_t *label)
{
    const size_t classes = it->list->classes;
    char shown[SKEL_IMAGE_LIST_SHOWN];
    char *end = NULL;
    unsigned long number = 0;

    if (skel_image_list_find(it->list, word, label)) {
        return SKEL_OK;
    }
    skel_image_list_show(word, shown);
    errno = 0;
    number = strtoul(word, &end, 10);
    if (word[0] < '0' || word[0] > '9' || *end != '\0' || errno != 0) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s:%zu: there is no class %s: train/ has no such folder",
                         it->path, it->line, shown);
    }
    if (number >= classes) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s:%zu: class %s; numbers from 0 to %zu are expected, in the order of "
                         "the classes' names",
                         it->path, it->line, shown, classes - 1);
    }
    *label = (uint32_t)number;
    return SKEL_OK;
}

static int by_text(const void *key, const void *element)
{
    const char *const *text = element;

    return strcmp(key, *text);
}

/* Number of a file of the folder; false if it is not there. */
static bool find_file(const label_reader *it, const char *name, size_t *index)
{
    char *const *found = it->files.count > 0 ? bsearch(name, it->files.text, it->files.count,
                                                       sizeof *it->files.text, by_text)
                                             : NULL;

    *index = found != NULL ? (size_t)(found - it->files.text) : 0;
    return found != NULL;
}

static skel_status take_image(label_reader *it, const char *name, uint32_t label)
{
    char with_ending[LINE + 8];
    char path[SKEL_IMAGE_LIST_PATH];
    char shown[SKEL_IMAGE_LIST_SHOWN];
    size_t index = 0;
    size_t at = 0;
    skel_status status = SKEL_OK;

    (void)snprintf(with_ending, sizeof with_ending, "%s.JPEG", name);
    skel_image_list_show(name, shown);
    if (!find_file(it, name, &index) && !find_file(it, with_ending, &index)) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s:%zu: %s has no image %s", it->path, it->line, it->dir,
                         shown);
    }
    if (it->used[index]) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s:%zu: the image %s has a label in an earlier line",
                         it->path, it->line, shown);
    }
    it->used[index] = true;
    SKEL_TRY(skel_image_folder_join(it->dir, it->files.text[index], sizeof path, path));
    SKEL_TRY(skel_image_list_text(it->list, path, &at));
    SKEL_TRY(skel_image_list_add(it->list, it->half, at, SKEL_IMAGE_LIST_NO_RECORD, label));
done:
    return status;
}

static skel_status take_line(label_reader *it, char *line)
{
    char *word[WORDS] = {NULL, NULL};
    uint32_t label = 0;
    skel_status status = SKEL_OK;

    if (line[strspn(line, " \t\r\n")] == '\0' ||
        (it->line == 1 && strncmp(line, "ImageId,", strlen("ImageId,")) == 0)) {
        return SKEL_OK;
    }
    if (!cut(line, word)) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s:%zu: the name of an image and its class are expected; a list of "
                         "numbers alone is in an order that skel does not know",
                         it->path, it->line);
    }
    SKEL_TRY(find_class(it, word[1], &label));
    SKEL_TRY(take_image(it, word[0], label));
done:
    return status;
}

static skel_status take_lines(label_reader *it, FILE *in)
{
    char line[LINE];

    while (fgets(line, sizeof line, in) != NULL) {
        skel_status status = SKEL_OK;

        it->line++;
        if (strlen(line) == sizeof line - 1 && line[sizeof line - 2] != '\n') {
            return SKEL_FAIL(SKEL_ERR_DATA, "%s:%zu: a line of more than %d bytes", it->path,
                             it->line, LINE - 2);
        }
        status = take_line(it, line);
        if (status != SKEL_OK) {
            return status;
        }
    }
    if (ferror(in) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", it->path, strerror(errno));
    }
    return SKEL_OK;
}

skel_status skel_image_labels_read(const char *path, const char *dir, skel_data_layout_half half,
                                   skel_image_list *list, size_t *extra)
{
    char shown[SKEL_IMAGE_LIST_SHOWN];
    size_t before = list->in_half[half];
    label_reader it = {.path = shown, .dir = dir, .half = half, .list = list};
    FILE *in = NULL;
    skel_status status = SKEL_OK;

    *extra = 0;
    skel_image_list_show(path, shown);
    SKEL_TRY(skel_input_stream(path, &in));
    SKEL_TRY(skel_image_folder_list(dir, NULL, &it.files));
    SKEL_TRY(SKEL_ALLOC(it.files.count, sizeof *it.used, &it.used));
    SKEL_TRY(take_lines(&it, in));
    if (list->in_half[half] == before) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s names no image", shown);
        goto done;
    }
    for (size_t i = 0; i < it.files.count; i++) {
        bool is_image = skel_image_folder_kind(it.files.text[i]) != SKEL_IMAGE_KIND_NONE;

        *extra += is_image && !it.used[i] ? 1 : 0;
    }
done:
    if (in != NULL) {
        (void)fclose(in);
    }
    SKEL_FREE(&it.used);
    skel_texts_clear(&it.files);
    return status;
}
