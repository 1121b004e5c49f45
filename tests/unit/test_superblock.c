/* What HDF5 reads before the root's group, and skel refuses with words: settings of other drivers,
 * in the superblock or its extension, and images of HDF5's cache of metadata. */
#include "scratch.h"
#include "suite.h"

#include "skel/reader.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

static void expect_refused(const char *path, const char *words)
{
    skel_reader *reader = NULL;

    ck_assert_int_eq(skel_reader_open(path, &reader), SKEL_ERR_DATA);
    ck_assert_msg(strstr(skel_error_message(), words) != NULL, "%s", skel_error_message());
    ck_assert_ptr_null(strstr(skel_error_message(), "damaged"));
}

/* A file in parts of a mebibyte, of which HDF5 calls the first "family0.h5". */
static void write_family(H5F_libver_t version)
{
    char path[512];
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;

    (void)snprintf(path, sizeof path, "%s%%d.h5", skel_scratch_file("family", ""));
    ck_assert(H5Pset_libver_bounds(access, version, H5F_LIBVER_LATEST) >= 0);
    ck_assert(H5Pset_fapl_family(access, 1 << 20, H5P_DEFAULT) >= 0);
    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    ck_assert(file >= 0 && H5Fclose(file) >= 0 && H5Pclose(access) >= 0);
}

START_TEST(settings_of_another_driver_in_the_superblock_are_refused)
{
    write_family(H5F_LIBVER_EARLIEST);
    expect_refused(skel_scratch_file("family0", ".h5"), "settings of another driver of HDF5");
}
END_TEST

START_TEST(settings_of_another_driver_in_the_superblocks_extension_are_refused)
{
    write_family(H5F_LIBVER_LATEST);
    expect_refused(skel_scratch_file("family0", ".h5"), "has settings of another driver of HDF5");
}
END_TEST

START_TEST(an_image_of_the_cache_is_refused)
{
    const char *path = skel_scratch_file("image", ".h5");
    H5AC_cache_image_config_t config = {H5AC__CURR_CACHE_IMAGE_CONFIG_VERSION, true, false,
                                        H5AC__CACHE_IMAGE__ENTRY_AGEOUT__NONE};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;

    ck_assert(H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST) >= 0);
    ck_assert(H5Pset_mdc_image_config(access, &config) >= 0);
    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    ck_assert(file >= 0 && H5Fclose(file) >= 0 && H5Pclose(access) >= 0);
    expect_refused(path, "an image of HDF5's cache");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, skel_scratch_make, skel_scratch_remove);
    tcase_add_test(tcase, settings_of_another_driver_in_the_superblock_are_refused);
    tcase_add_test(tcase, settings_of_another_driver_in_the_superblocks_extension_are_refused);
    tcase_add_test(tcase, an_image_of_the_cache_is_refused);
}

int main(void)
{
    return skel_suite_run("superblock", fill);
}
