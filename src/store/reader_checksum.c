/* Checksums of datasets: computed, and compared with those that the file has. */
#include "h5_checksum.h"
#include "reader_internal.h"

#include "skel/checksum.h"

#include <stdio.h>

skel_status skel_reader_compare(skel_reader *reader, const char *path, bool *has_checksum)
{
    char label[2 * SKEL_READER_PATH];
    char expected[SKEL_CHECKSUM_TEXT];
    char found[SKEL_CHECKSUM_TEXT];
    const skel_manifest *manifest = NULL;
    hid_t dataset = -1;
    skel_status status = SKEL_OK;

    *has_checksum = false;
    SKEL_TRY(skel_reader_manifest(reader, &manifest));
    if (manifest == NULL) {
        SKEL_TRY(skel_reader_look_attribute(reader, path, SKEL_CHECKSUM_ATTRIBUTE, sizeof expected,
                                            expected));
    }
    *has_checksum = manifest != NULL || expected[0] != '\0';
    if (!*has_checksum) {
        return SKEL_OK;
    }
    (void)snprintf(label, sizeof label, "%s: %s", reader->path, path);
    SKEL_TRY(skel_reader_dataset(reader, path, &dataset));
    SKEL_TRY(skel_h5_checksum(dataset, label, found));
    SKEL_TRY(skel_reader_judge(reader, path, dataset, found));
done:
    skel_h5_close(dataset);
    return status;
}

skel_status skel_reader_sum(skel_reader *reader, const char *path, char out[])
{
    char label[2 * SKEL_READER_PATH];
    hid_t dataset = -1;
    skel_status status = SKEL_OK;

    (void)snprintf(label, sizeof label, "%s: %s", reader->path, path);
    SKEL_TRY(skel_reader_dataset(reader, path, &dataset));
    SKEL_TRY(skel_h5_checksum(dataset, label, out));
done:
    skel_h5_close(dataset);
    return status;
}

skel_status skel_reader_checksum(skel_reader *reader, const char *path, char out[])
{
    skel_status status =
        skel_reader_look_attribute(reader, path, SKEL_CHECKSUM_ATTRIBUTE, SKEL_CHECKSUM_TEXT, out);

    return status != SKEL_OK || out[0] != '\0' ? status : skel_reader_sum(reader, path, out);
}
