/* One checksum for all that a weight file gives to a network. */
#include "skel/weight_file.h"

#include "skel/reader.h"

#include <stdio.h>
#include <stdlib.h>

/* Adds a line "DATASET XXH3-128" for each dataset of a group. */
static skel_status add_group(skel_reader *reader, const char *group, FILE *lines)
{
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list(reader, group, &count, &names));
    for (size_t i = 0; i < count; i++) {
        char path[SKEL_READER_PATH];
        char sum[SKEL_CHECKSUM_TEXT];

        skel_reader_member(group, names[i], path);
        if (skel_reader_is_dataset(reader, path)) {
            SKEL_TRY(skel_reader_checksum(reader, path, sum));
            (void)fprintf(lines, "%s %s\n", path, sum);
        }
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

static skel_status add_groups(const char *path, FILE *lines)
{
    static const char *const groups[] = {"/weights", "/buffers", "/masks"};
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        SKEL_TRY(add_group(reader, groups[i], lines));
    }
done:
    return skel_reader_close(&reader, status);
}

skel_status skel_weight_file_checksum(const char *path, char out[SKEL_CHECKSUM_TEXT])
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *lines = open_memstream(&text, &bytes); /* the C library's own block */
    skel_status status = SKEL_OK;

    out[0] = '\0';
    if (lines == NULL) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the list of datasets of %s", path);
    }
    status = add_groups(path, lines);
    if (fclose(lines) != 0 && status == SKEL_OK) {
        status = SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the list of datasets of %s", path);
    }
    if (status == SKEL_OK) {
        skel_checksum_xxh3(bytes, text, out);
    }
    free(text); /* the C library's own block */
    return status;
}
