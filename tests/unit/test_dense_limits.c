/* Groups of later formats with more than most files have: many texts, compressed links, a heap that
 * is not there. */
#include "file_bytes.h"
#include "scratch.h"
#include "suite.h"
#include "text_type.h"

#include "skel/memory.h"
#include "skel/reader.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

enum { MANY = 5000, LONG = 200, LINKS = 20 };

/* A file with one group, whose members and attributes are in order of creation too; close both. */
static hid_t create(const char *path, hid_t creation, hid_t *group)
{
    const unsigned both = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;

    ck_assert(H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST) >= 0);
    ck_assert(H5Pset_link_creation_order(creation, both) >= 0);
    ck_assert(H5Pset_attr_creation_order(creation, both) >= 0);
    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    *group = H5Gcreate2(file, "weights", H5P_DEFAULT, creation, H5P_DEFAULT);
    ck_assert(file >= 0 && *group >= 0 && H5Pclose(access) >= 0 && H5Pclose(creation) >= 0);
    return file;
}

/* Each list of the attributes leads to their texts in another order: the heaps are not read for
 * each text again. */
START_TEST(many_texts_are_read)
{
    const char *path = skel_scratch_file("texts", ".h5");
    hid_t group = -1;
    hid_t file = create(path, H5Pcreate(H5P_GROUP_CREATE), &group);
    hid_t type = skel_text_type();
    hid_t space = H5Screate(H5S_SCALAR);
    skel_reader *reader = NULL;
    char text[LONG];
    char name[16];

    for (int i = 0; i < MANY; i++) {
        const char *value = text;
        hid_t id = -1;

        (void)snprintf(name, sizeof name, "a%d", i);
        (void)snprintf(text, sizeof text, "%*d", LONG - 1, i);
        id = H5Acreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
        ck_assert(id >= 0 && H5Awrite(id, type, &value) >= 0 && H5Aclose(id) >= 0);
    }
    ck_assert(H5Sclose(space) >= 0 && H5Tclose(type) >= 0);
    ck_assert(H5Gclose(group) >= 0 && H5Fclose(file) >= 0);
    ck_assert_ok(skel_reader_open(path, &reader));
    skel_reader_attribute(reader, "/weights", name, sizeof text, text);
    ck_assert_str_eq(text + LONG - 1 - 4, "4999");
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
}
END_TEST

static void write_links(const char *path, hid_t creation)
{
    hid_t group = -1;
    hid_t file = create(path, creation, &group);
    char name[16];

    for (int i = 0; i < LINKS; i++) {
        (void)snprintf(name, sizeof name, "a%d", i);
        ck_assert(H5Lcreate_soft("/", group, name, H5P_DEFAULT, H5P_DEFAULT) >= 0);
    }
    ck_assert(H5Gclose(group) >= 0 && H5Fclose(file) >= 0);
}

/* HDF5 writes it if it is asked to: the file is not damaged. */
START_TEST(compressed_links_are_refused_with_words)
{
    const char *path = skel_scratch_file("compressed", ".h5");
    hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    skel_reader *reader = NULL;

    ck_assert(H5Pset_deflate(creation, 6) >= 0);
    write_links(path, creation);
    ck_assert_int_eq(skel_reader_open(path, &reader), SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "are compressed"));
    ck_assert_ptr_null(strstr(skel_error_message(), "damaged"));
}
END_TEST

/* HDF5 reads the lists of a heap before the heap itself, and divides by the sizes in them. */
START_TEST(a_heap_that_is_not_there_is_refused)
{
    const char *path = skel_scratch_file("no-heap", ".h5");
    skel_reader *reader = NULL;
    unsigned char *file = NULL;
    size_t bytes = 0;
    int tried = 0;

    write_links(path, H5Pcreate(H5P_GROUP_CREATE));
    bytes = skel_file_bytes_read(path, &file);
    for (size_t i = 0; i + 4 <= bytes; i++) {
        if (memcmp(file + i, "FRHP", 4) == 0) {
            file[i] = 'X';
            tried++;
        }
    }
    ck_assert_int_eq(tried, 1);
    skel_file_bytes_write(path, bytes, file);
    SKEL_FREE(&file);
    ck_assert_int_eq(skel_reader_open(path, &reader), SKEL_ERR_DATA);
    ck_assert_msg(strstr(skel_error_message(), "heap of messages") != NULL, "%s",
                  skel_error_message());
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "is not there"));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, skel_scratch_make, skel_scratch_remove);
    tcase_add_test(tcase, many_texts_are_read);
    tcase_add_test(tcase, compressed_links_are_refused_with_words);
    tcase_add_test(tcase, a_heap_that_is_not_there_is_refused);
}

int main(void)
{
    return skel_suite_run("dense_limits", fill);
}
