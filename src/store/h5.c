/* HDF5's settings, types and failures. HDF5 itself prints no message. */
#include "h5.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void skel_h5_close(hid_t id)
{
    bool failed = H5Eget_num(H5E_DEFAULT) > 0;
    hid_t reason = failed ? H5Eget_current_stack() : -1;

    if (id >= 0) {
        (void)H5Idec_ref(id);
    }
    if (failed) {
        (void)H5Eset_current_stack(reason);
    }
}

hid_t skel_h5_access(void)
{
    hid_t access = -1;
    herr_t failed = 0;

    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    access = H5Pcreate(H5P_FILE_ACCESS);
    /* Version 1.10's structures, unlike older ones, all carry checksums of their own. */
    failed |= H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
#if H5_VERSION_GE(1, 10, 7)
    /* Locks fail on some network file systems, and nobody but us writes to a temporary name. */
    failed |= H5Pset_file_locking(access, false, true);
#endif
    if (failed < 0) {
        skel_h5_close(access);
        return -1;
    }
    return access;
}

/* Why HDF5 has failed. */
typedef struct h5_reason {
    char text[SKEL_H5_REASON];
    bool of_system; /* the system did not read, write or open */
    int error;      /* the system's number for that */
} h5_reason;

/* Looks for "errno = 5, error message = 'Input/output error'", in HDF5's words. The text within the
 * quotes is what people know errors by. */
static bool find_system(const char *text, h5_reason *out)
{
    static const char number[] = "errno = ";
    static const char mark[] = "error message = '";
    const char *error = strstr(text, number);
    const char *start = strstr(text, mark);

    if (start == NULL) {
        return false;
    }
    start += sizeof mark - 1;
    (void)snprintf(out->text, sizeof out->text, "%.*s", (int)strcspn(start, "'"), start);
    out->error = error != NULL ? (int)strtol(error + sizeof number - 1, NULL, 10) : 0;
    out->of_system = true;
    return true;
}

/* Visits HDF5's records from the innermost outwards and keeps the first that says something. */
static herr_t keep_innermost(unsigned depth, const H5E_error2_t *error, void *reason)
{
    h5_reason *found = reason;

    (void)depth;
    if (error->desc == NULL || error->desc[0] == '\0') {
        return 0;
    }
    if (find_system(error->desc, found)) {
        return 1;
    }
    if (found->text[0] == '\0') {
        (void)snprintf(found->text, sizeof found->text, "%s", error->desc);
    }
    return 0;
}

static h5_reason find_reason(void)
{
    h5_reason reason = {.text = ""};

    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &reason);
    return reason;
}

bool skel_h5_has_failed(void)
{
    return H5Eget_num(H5E_DEFAULT) > 0;
}

bool skel_h5_system_has_failed(void)
{
    return find_reason().of_system;
}

skel_status skel_h5_fail(skel_status status, const char *format, ...)
{
    char what[1024];
    h5_reason reason = find_reason();
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    (void)H5Eclear2(H5E_DEFAULT);
    if (reason.of_system && status == SKEL_ERR_DATA) {
        status = reason.error == ENOMEM ? SKEL_ERR_MEMORY : SKEL_ERR_IO;
    }
    return skel_error_set(status, "%s: %s", what,
                          reason.text[0] != '\0' ? reason.text : "HDF5 gave no reason");
}

/* The name of a filter that the dataset needs and HDF5 does not have; false if there is none. */
static bool find_missing_filter(hid_t dataset, size_t size, char name[], int *number)
{
    hid_t creation = H5Dget_create_plist(dataset);
    const int count = creation < 0 ? 0 : H5Pget_nfilters(creation);
    bool found = false;

    for (int i = 0; i < count && !found; i++) {
        unsigned flags = 0;
        size_t values = 0;

        name[0] = '\0';
        *number = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, size, name, NULL);
        found = *number >= 0 && H5Zfilter_avail(*number) == 0;
    }
    skel_h5_close(creation);
    (void)H5Eclear2(H5E_DEFAULT);
    return found;
}

static skel_status check_filters(hid_t dataset, const char *what)
{
    char name[64];
    int number = 0;

    if (!find_missing_filter(dataset, sizeof name, name, &number)) {
        return SKEL_OK;
    }
    name[sizeof name - 1] = '\0';
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s: it needs the filter %d (%s), which HDF5 does not have here; write it "
                     "with compression=\"gzip\", or without",
                     what, number, name[0] != '\0' ? name : "without a name");
}

skel_status skel_h5_check_filters(hid_t dataset, const char *format, ...)
{
    char what[1024];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return check_filters(dataset, what);
}

skel_status skel_h5_fail_read(hid_t dataset, const char *format, ...)
{
    char what[1024];
    va_list arguments;
    skel_status status = SKEL_OK;

    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    status = skel_h5_fail(SKEL_ERR_DATA, "%s", what);
    return check_filters(dataset, what) != SKEL_OK ? SKEL_ERR_DATA : status;
}

/* What an element is in a file, in memory, and how long. */
typedef struct element_type {
    hid_t file;
    hid_t memory;
    size_t bytes;
} element_type;

static element_type type_of(skel_element element)
{
    switch (element) {
    case SKEL_FLOAT32:
        return (element_type){H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, sizeof(float)};
    case SKEL_FLOAT64:
        return (element_type){H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, sizeof(double)};
    case SKEL_UINT8:
        return (element_type){H5T_STD_U8LE, H5T_NATIVE_UINT8, sizeof(uint8_t)};
    case SKEL_INT64:
        return (element_type){H5T_STD_I64LE, H5T_NATIVE_INT64, sizeof(int64_t)};
    }
    return (element_type){-1, -1, 0};
}

hid_t skel_h5_file_type(skel_element element)
{
    return type_of(element).file;
}

hid_t skel_h5_memory_type(skel_element element)
{
    return type_of(element).memory;
}

size_t skel_h5_element_bytes(skel_element element)
{
    return type_of(element).bytes;
}

void skel_h5_type_text(hid_t type, char out[32])
{
    size_t bytes = H5Tget_size(type);
    H5T_class_t kind = H5Tget_class(type);

    if (kind == H5T_FLOAT) {
        (void)snprintf(out, 32, "float%zu", 8 * bytes);
    } else if (kind == H5T_INTEGER) {
        (void)snprintf(out, 32, "%s%zu", H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int",
                       8 * bytes);
    } else if (kind == H5T_STRING && H5Tis_variable_str(type) > 0) {
        (void)snprintf(out, 32, "text");
    } else if (kind == H5T_STRING) {
        (void)snprintf(out, 32, "text:%zu", bytes);
    } else if (H5Tdetect_class(type, H5T_REFERENCE) > 0) {
        (void)snprintf(out, 32, "references");
    } else {
        (void)snprintf(out, 32, "other");
    }
}

hid_t skel_h5_text_type(size_t bytes)
{
    hid_t type = H5Tcopy(H5T_C_S1);

    if (H5Tset_size(type, bytes) < 0 || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0 ||
        H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
        skel_h5_close(type);
        return -1;
    }
    return type;
}
