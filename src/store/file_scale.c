/* Dimension scales, as HDF5's dimension scale specification defines them: attributes that HDF5,
 * netCDF and xarray read. They are set last, because they refer to datasets that must be there. */
#include "file_internal.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

/* An element of REFERENCE_LIST: the dataset that uses a scale, and for which dimension. */
typedef struct scale_user {
    hobj_ref_t dataset;
    unsigned dimension;
} scale_user;

skel_status skel_file_set_scale(skel_file *file, const char *dataset, size_t dimension,
                                const char *scale)
{
    skel_scale_link *link = NULL;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(dimension < 2);
    if (skel_comm_is_root(file->comm)) {
        status = SKEL_GROW(file->links + 1, sizeof *file->link, &file->link);
    }
    if (status == SKEL_OK && skel_comm_is_root(file->comm)) {
        link = &file->link[file->links];
        *link = (skel_scale_link){.dimension = dimension};
        status = skel_strdup(dataset, &link->dataset);
        if (status == SKEL_OK) {
            status = skel_strdup(scale, &link->scale);
        }
        file->links++;
    }
    return skel_comm_agree(file->comm, status);
}

skel_status skel_file_write_extent(skel_file *file, const char *path, size_t count)
{
    char name[80];
    uint8_t *zeros = NULL;
    skel_file_dataset spec = {.path = path, .element = SKEL_UINT8, .dims = 1, .shape = {count}};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(file->comm, SKEL_ALLOC(count, 1, &zeros)));
    spec.data = zeros;
    SKEL_TRY(skel_file_write(file, &spec));
    /* By this name netCDF knows a length without values. */
    (void)snprintf(name, sizeof name, "This is a netCDF dimension but not a netCDF variable%10zu",
                   count);
    SKEL_TRY(skel_file_set_text(file, path, "NAME", name));
done:
    SKEL_FREE(&zeros);
    return status;
}

/* Sets an attribute of references. The manifest has its type and shape, not its value. */
static skel_status set_references(skel_file *file, const char *path, const char *name, hid_t type,
                                  size_t count, const void *values)
{
    hsize_t extent = count;
    hid_t object = H5Oopen(file->id, path, H5P_DEFAULT);
    hid_t space = H5Screate_simple(1, &extent, NULL);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    skel_status status = SKEL_OK;

    if (attribute < 0 || H5Awrite(attribute, type, values) < 0) {
        status = skel_h5_fail(SKEL_ERR_IO, "cannot write the attribute %s of %s of %s", name, path,
                              file->path);
    }
    skel_h5_close(attribute);
    skel_h5_close(space);
    skel_h5_close(object);
    return status == SKEL_OK ? skel_file_note_references(file, path, name, count) : status;
}

/* The text must end with a zero: HDF5 looks for that. */
static skel_status set_word(skel_file *file, const char *path, const char *name, const char *value)
{
    hid_t object = H5Oopen(file->id, path, H5P_DEFAULT);
    hid_t type = H5Tcopy(H5T_C_S1);
    skel_status status = SKEL_OK;

    if (object < 0 || H5Aexists(object, name) > 0) {
        goto done; /* a length has a name of its own */
    }
    if (H5Tset_size(type, strlen(value) + 1) < 0) {
        SKEL_TRY(skel_h5_fail(SKEL_ERR_IO, "cannot write the attribute %s of %s", name, path));
    }
    SKEL_TRY(skel_file_attach(file, object, name, type, 0, value));
    SKEL_TRY(skel_file_note_text(file, path, name, value));
done:
    skel_h5_close(type);
    skel_h5_close(object);
    return status;
}

static hid_t user_type(void)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(scale_user));

    (void)H5Tinsert(type, "dataset", HOFFSET(scale_user, dataset), H5T_STD_REF_OBJ);
    (void)H5Tinsert(type, "dimension", HOFFSET(scale_user, dimension), H5T_NATIVE_UINT);
    return type;
}

/* Makes a dataset the scale of all that use it. */
static skel_status describe_scale(skel_file *file, const char *scale)
{
    const char *slash = strrchr(scale, '/');
    scale_user *users = NULL;
    size_t count = 0;
    hid_t type = user_type();
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(file->links, sizeof *users, &users));
    for (size_t i = 0; i < file->links; i++) {
        const skel_scale_link *link = &file->link[i];

        if (strcmp(link->scale, scale) != 0) {
            continue;
        }
        users[count].dimension = (unsigned)link->dimension;
        if (H5Rcreate(&users[count].dataset, file->id, link->dataset, H5R_OBJECT, -1) < 0) {
            SKEL_TRY(
                skel_h5_fail(SKEL_ERR_IO, "cannot refer to %s of %s", link->dataset, file->path));
        }
        count++;
    }
    SKEL_TRY(set_word(file, scale, "CLASS", "DIMENSION_SCALE"));
    SKEL_TRY(set_word(file, scale, "NAME", slash != NULL ? slash + 1 : scale));
    SKEL_TRY(set_references(file, scale, "REFERENCE_LIST", type, count, users));
done:
    SKEL_FREE(&users);
    skel_h5_close(type);
    return status;
}

/* Names the scales of a dataset's dimensions. */
static skel_status describe_user(skel_file *file, const char *dataset)
{
    hobj_ref_t scale[2] = {0};
    hvl_t list[2] = {{0}};
    size_t count = 0;
    hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < file->links; i++) {
        const skel_scale_link *link = &file->link[i];

        if (strcmp(link->dataset, dataset) != 0) {
            continue;
        }
        if (H5Rcreate(&scale[link->dimension], file->id, link->scale, H5R_OBJECT, -1) < 0) {
            SKEL_TRY(
                skel_h5_fail(SKEL_ERR_IO, "cannot refer to %s of %s", link->scale, file->path));
        }
        list[link->dimension] = (hvl_t){.len = 1, .p = &scale[link->dimension]};
        count = link->dimension + 1 > count ? link->dimension + 1 : count;
    }
    SKEL_TRY(set_references(file, dataset, "DIMENSION_LIST", type, count, list));
done:
    skel_h5_close(type);
    return status;
}

skel_status skel_file_describe_scales(skel_file *file)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < file->links && status == SKEL_OK; i++) {
        const skel_scale_link *link = &file->link[i];
        bool is_first_scale = true;
        bool is_first_user = true;

        for (size_t k = 0; k < i; k++) {
            is_first_scale = is_first_scale && strcmp(file->link[k].scale, link->scale) != 0;
            is_first_user = is_first_user && strcmp(file->link[k].dataset, link->dataset) != 0;
        }
        if (is_first_scale) {
            status = describe_scale(file, link->scale);
        }
        if (status == SKEL_OK && is_first_user) {
            status = describe_user(file, link->dataset);
        }
    }
    return status;
}
