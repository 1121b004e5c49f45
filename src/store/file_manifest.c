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

skel_status skel_file_note_number(skel_file *file, const char *object, const char *name, hid_t type,
                                  const void *value)
{
    char checksum[SKEL_CHECKSUM_TEXT];
    char type_name[SKEL_MANIFEST_TYPE];

    skel_checksum_xxh3(H5Tget_size(type), value, checksum);
    skel_h5_type_text(type, type_name);
    return skel_manifest_set_attribute(&file->manifest, object, name, type_name, checksum);
}
