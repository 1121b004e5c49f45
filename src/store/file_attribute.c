/* Groups and attributes: the root passes them to HDF5. */
#include "file_internal.h"

#include "skel/memory.h"

#include <string.h>

/* Creates one group unless it exists; its members and attributes keep their order. */
static herr_t make_group(hid_t file, const char *path)
{
    hid_t creation = -1;
    hid_t group = -1;
    htri_t exists = H5Lexists(file, path, H5P_DEFAULT);

    if (exists != 0) {
        return exists > 0 ? 0 : -1;
    }
    creation = H5Pcreate(H5P_GROUP_CREATE);
    if (H5Pset_obj_track_times(creation, false) >= 0 &&
        H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0 &&
        H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0) {
        group = H5Gcreate2(file, path, H5P_DEFAULT, creation, H5P_DEFAULT);
    }
    skel_h5_close(creation);
    return group >= 0 ? H5Gclose(group) : -1;
}

skel_status skel_file_make_groups(skel_file *file, const char *path, bool whole)
{
    char *prefix = NULL;
    herr_t result = 0;
    skel_status status = skel_strdup(path, &prefix);

    if (status != SKEL_OK) {
        return status;
    }
    SKEL_ASSERT(path[0] == '/');
    for (char *slash = strchr(prefix + 1, '/'); slash != NULL && result >= 0;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        result = make_group(file->id, prefix);
        *slash = '/';
    }
    if (whole && path[1] != '\0' && result >= 0) {
        result = make_group(file->id, path);
    }
    if (result < 0) {
        status = skel_h5_fail(SKEL_ERR_IO, "cannot make the group of %s of %s", path, file->path);
    }
    SKEL_FREE(&prefix);
    return status;
}

skel_status skel_file_attach(skel_file *file, hid_t object, const char *name, hid_t type,
                             size_t count, const void *value)
{
    hsize_t length = count;
    hid_t space = count == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, NULL);
    hid_t attribute = -1;
    herr_t result = -1;
    skel_status status = SKEL_OK;

    if (H5Aexists(object, name) > 0) {
        (void)H5Adelete(object, name);
    }
    attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute >= 0) {
        result = H5Awrite(attribute, type, value);
    }
    if (result < 0) {
        status = skel_h5_fail(SKEL_ERR_IO, "cannot write the attribute %s of %s", name, file->path);
    }
    skel_h5_close(attribute);
    skel_h5_close(space);
    return status;
}

skel_status skel_file_attach_text(skel_file *file, hid_t object, const char *name,
                                  const char *value)
{
    size_t bytes = strlen(value);
    /* A type of no bytes does not exist: an empty text is one zero. */
    hid_t type = skel_h5_text_type(bytes > 0 ? bytes : 1);
    skel_status status = SKEL_OK;

    if (type < 0) {
        return skel_h5_fail(SKEL_ERR_IO, "cannot write the attribute %s of %s", name, file->path);
    }
    status = skel_file_attach(file, object, name, type, 0, value);
    skel_h5_close(type);
    return status;
}

/* Which kind of attribute is to be set. */
typedef struct attribute_value {
    const char *name;
    const char *text; /* NULL unless it is a text */
    hid_t type;
    size_t count; /* 0: one number, a scalar */
    const void *value;
} attribute_value;

static skel_status set_on_root(skel_file *file, const char *path, const attribute_value *setting)
{
    hid_t object = -1;
    skel_status status = SKEL_OK;

    SKEL_TRY(setting->text != NULL ? skel_file_note_text(file, path, setting->name, setting->text)
                                   : skel_file_note_number(file, path, setting->name, setting->type,
                                                           setting->count, setting->value));
    SKEL_TRY(skel_file_make_groups(file, path, true));
    object = H5Oopen(file->id, path, H5P_DEFAULT);
    if (object < 0) {
        SKEL_TRY(skel_h5_fail(SKEL_ERR_IO, "cannot open %s of %s", path, file->path));
    }
    SKEL_TRY(setting->text != NULL
                 ? skel_file_attach_text(file, object, setting->name, setting->text)
                 : skel_file_attach(file, object, setting->name, setting->type, setting->count,
                                    setting->value));
done:
    skel_h5_close(object);
    return status;
}

static skel_status set(skel_file *file, const char *path, const attribute_value *setting)
{
    skel_status status = SKEL_OK;

    if (skel_comm_is_root(file->comm)) {
        status = set_on_root(file, path, setting);
    }
    return skel_comm_agree(file->comm, status);
}

skel_status skel_file_set_text(skel_file *file, const char *object, const char *name,
                               const char *value)
{
    attribute_value setting = {.name = name, .text = value};

    return set(file, object, &setting);
}

skel_status skel_file_set_double(skel_file *file, const char *object, const char *name,
                                 double value)
{
    attribute_value setting = {.name = name, .type = H5T_IEEE_F64LE, .value = &value};

    return set(file, object, &setting);
}

skel_status skel_file_set_doubles(skel_file *file, const char *object, const char *name,
                                  size_t count, const double values[])
{
    attribute_value setting = {
        .name = name, .type = H5T_IEEE_F64LE, .count = count, .value = values};

    SKEL_ASSERT(count > 0);
    return set(file, object, &setting);
}

skel_status skel_file_set_integer(skel_file *file, const char *object, const char *name,
                                  int64_t value)
{
    attribute_value setting = {.name = name, .type = H5T_STD_I64LE, .value = &value};

    return set(file, object, &setting);
}
