/* Enters what is written into the manifest of the file. */
#include "file_internal.h"

#include <string.h>

skel_status skel_file_note_dataset(skel_file *file, const skel_file_dataset *spec, hid_t type,
                                   const char *checksum)
{
    char name[SKEL_MANIFEST_TYPE];

    skel_h5_type_text(type, name);
    return skel_manifest_add_dataset(&file->manifest, spec->path, name, spec->dims, spec->shape,
                                     checksum);
}

skel_status skel_file_note_text(skel_file *file, const char *object, const char *name,
                                const char *value)
{
    char checksum[SKEL_CHECKSUM_TEXT];

    skel_checksum_xxh3(strlen(value), value, checksum);
    return skel_manifest_set_attribute(&file->manifest, object, name, "text", checksum);
}

/* The latest entry is that of an attribute with one dimension. */
static void shape_latest(skel_file *file, size_t count)
{
    skel_manifest_entry *entry = &file->manifest.entry[file->manifest.count - 1];

    skel_manifest_shape(1, &count, entry->shape);
}

skel_status skel_file_note_references(skel_file *file, const char *object, const char *name,
                                      size_t count)
{
    skel_status status =
        skel_manifest_set_attribute(&file->manifest, object, name, SKEL_MANIFEST_REFERENCES, "-");

    if (status == SKEL_OK) {
        shape_latest(file, count);
    }
    return status;
}

skel_status skel_file_note_number(skel_file *file, const char *object, const char *name, hid_t type,
                                  size_t count, const void *value)
{
    char checksum[SKEL_CHECKSUM_TEXT];
    char type_name[SKEL_MANIFEST_TYPE];
    skel_status status = SKEL_OK;

    skel_checksum_xxh3(H5Tget_size(type) * (count > 0 ? count : 1), value, checksum);
    skel_h5_type_text(type, type_name);
    status = skel_manifest_set_attribute(&file->manifest, object, name, type_name, checksum);
    if (status == SKEL_OK && count > 0) {
        shape_latest(file, count);
    }
    return status;
}
