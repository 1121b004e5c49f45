/* Attributes that a user asks to be written into a file of another program. */
#include "skel/array.h"

#include "skel/output.h"
#include "skel/run_file.h"

#include "h5.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    return skel_reader_close(&reader, status);
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

static bool write_text(hid_t file, const char *name, const char *text)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = -1;
    bool done = H5Tset_size(type, strlen(text)) >= 0 &&
                (H5Aexists(file, name) <= 0 || H5Adelete(file, name) >= 0);

    if (done) {
        attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
        done = attribute >= 0 && H5Awrite(attribute, type, text) >= 0;
    }
    if (done) {
        done = H5Aclose(attribute) >= 0;
    } else {
        skel_h5_close(attribute);
    }
    skel_h5_close(space);
    skel_h5_close(type);
    return done;
}

/* Changes the copy at `part` of the file at `path`. */
static skel_status write_all(const char *part, const char *path, const skel_annotation *what)
{
    hid_t access = skel_h5_access();
    hid_t file = -1;
    bool written = true;
    skel_status status = SKEL_OK;

    (void)H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
    file = H5Fopen(part, H5F_ACC_RDWR, access);
    skel_h5_close(access);
    if (file < 0) {
        return skel_h5_fail(SKEL_ERR_IO, "%s: open a copy of it for writing", path);
    }
    for (size_t i = 0; i < what->attributes && written; i++) {
        written = write_attribute(file, what->name[i], what->count, what->values[i]);
    }
    written = written && write_text(file, what->text_name, what->text);
    if (!written) {
        status = skel_h5_fail(SKEL_ERR_IO, "%s: cannot write attributes", path);
    }
    if (H5Fclose(file) < 0 && status == SKEL_OK) {
        status = skel_h5_fail(SKEL_ERR_IO, "%s: close", path);
    }
    return status;
}

/* A file that may not be written is not replaced either. */
static skel_status check_writable(const char *path, struct stat *facts)
{
    return access(path, W_OK) == 0 && stat(path, facts) == 0
               ? SKEL_OK
               : skel_error_set(skel_status_of_errno(errno), "%s: open for writing: %s", path,
                                strerror(errno));
}

skel_status skel_array_annotate(const char *path, const skel_annotation *what)
{
    char real[PATH_MAX]; /* of a link the file is replaced, not the link */
    const char *part = NULL;
    skel_output *output = NULL;
    struct stat facts = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(refuse_own(path));
    SKEL_TRY(check_writable(path, &facts));
    SKEL_TRY(skel_output_open(realpath(path, real) != NULL ? real : path, &output));
    SKEL_TRY(skel_output_copy(output, path));
    SKEL_TRY(skel_output_part(output, &part));
    SKEL_TRY(write_all(part, path, what));
    if (chmod(part, facts.st_mode) != 0) {
        SKEL_TRY(skel_error_set(skel_status_of_errno(errno), "%s: %s", path, strerror(errno)));
    }
    status = skel_output_publish(&output);
done:
    skel_output_discard(&output);
    return status;
}
