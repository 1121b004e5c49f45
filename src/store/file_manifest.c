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

skel_status skel_file_note_references(skel_file *file, const char *object, const char *name,
                                      size_t count)
{
    skel_manifest_entry *entry = NULL;
    skel_status status =
        skel_manifest_set_attribute(&file->manifest, object, name, SKEL_MANIFEST_REFERENCES, "-");

    if (status == SKEL_OK) {
        entry = &file->manifest.entry[file->manifest.count - 1];
        skel_manifest_shape(1, &count, entry->shape);
    }
    return status;
}

skel_status skel_file_note_number(skel_file *file, const char *object, const char *name, hid_t type,
                                  const void *value)
{
    char checksum[SKEL_CHECKSUM_TEXT];
    char type_name[SKEL_MANIFEST_TYPE];

    skel_checksum_xxh3(H5Tget_size(type), value, checksum);
    skel_h5_type_text(type, type_name);
    return skel_manifest_set_attribute(&file->manifest, object, name, type_name, checksum);
}
