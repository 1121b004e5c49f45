/* Attributes that a user asks to be written into a file of another program. */
#include "skel/array.h"

#include "h5.h"

#include "skel/run_file.h"

/* skel's own files have a manifest, which lists every attribute. */
static skel_status refuse_own(const char *path)
{
    skel_reader *reader = NULL;
    char schema[64];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    if (skel_run_file_is_own(schema)) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: skel wrote this file, and does not change it: a new attribute "
                           "would look like damage",
                           path);
    }
done:
    skel_reader_close(&reader);
    return status;
}

static bool write_attribute(hid_t file, const char *name, size_t count, const float values[])
{
    const hsize_t shape = count;
    hid_t space = H5Screate_simple(1, &shape, NULL);
    hid_t attribute = -1;
    bool done = H5Aexists(file, name) <= 0 || H5Adelete(file, name) >= 0;

    if (done) {
        attribute = H5Acreate2(file, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT);
        done = attribute >= 0 && H5Awrite(attribute, H5T_NATIVE_FLOAT, values) >= 0;
    }
    if (done) {
        done = H5Aclose(attribute) >= 0;
    } else {
        skel_h5_close(attribute);
    }
    skel_h5_close(space);
    return done;
}

skel_status skel_array_annotate(const char *path, size_t attributes, const char *const names[],
                                size_t count, const float *const values[])
{
    hid_t access = -1;
    hid_t file = -1;
    bool written = true;
    skel_status status = SKEL_OK;

    SKEL_TRY(refuse_own(path));
    access = skel_h5_access();
    (void)H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
    file = H5Fopen(path, H5F_ACC_RDWR, access);
    skel_h5_close(access);
    if (file < 0) {
        return skel_h5_fail(SKEL_ERR_IO, "%s: open for writing", path);
    }
    for (size_t i = 0; i < attributes && written; i++) {
        written = write_attribute(file, names[i], count, values[i]);
    }
    if (!written) {
        status = skel_h5_fail(SKEL_ERR_IO, "%s: cannot write attributes", path);
    }
    if (H5Fclose(file) < 0 && status == SKEL_OK) {
        status = skel_h5_fail(SKEL_ERR_IO, "%s: close", path);
    }
done:
    return status;
}
