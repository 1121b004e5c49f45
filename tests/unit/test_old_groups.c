/* Groups as other programs write them: right ones of many shapes, names without an end, and groups
 * of the first format below groups of later ones. */
#include "file_bytes.h"
#include "scratch.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/reader.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 64, MANY = 600, FEW = 3 };

static void add_dataset(hid_t group, const char *name)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t id =
        H5Dcreate2(group, name, H5T_NATIVE_FLOAT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

    ck_assert(id >= 0);
    ck_assert(H5Dclose(id) >= 0);
    ck_assert(H5Sclose(space) >= 0);
}

/* A file in the first format: /weights with `count` datasets, a soft link, and a group in itself;
 * behind a user's block of `user` bytes. */
static void write_file(const char *path, int count, hsize_t user)
{
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    hid_t file = -1;
    hid_t group = -1;
    char name[NAME];

    ck_assert(H5Pset_userblock(creation, user) >= 0);
    file = H5Fcreate(path, H5F_ACC_TRUNC, creation, H5P_DEFAULT);
    group = H5Gcreate2(file, "weights", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert(file >= 0 && group >= 0);
    for (int i = 0; i < count; i++) {
        (void)snprintf(name, sizeof name, "layer%d.%0*d.weight", i % 7, 1 + i % 23, i);
        add_dataset(group, name);
    }
    ck_assert(H5Ldelete(group, "layer0.0.weight", H5P_DEFAULT) >= 0);
    ck_assert(H5Lcreate_soft("/weights", file, "link", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    ck_assert(H5Lcreate_hard(file, "/weights", group, "itself", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    ck_assert(H5Gclose(group) >= 0);
    ck_assert(H5Fclose(file) >= 0);
    ck_assert(H5Pclose(creation) >= 0);
}

static skel_status count_visit(skel_reader *reader, const char *path, skel_object_kind kind,
                               void *context)
{
    (void)reader;
    (void)path;
    (void)kind;
    ++*(int *)context;
    return SKEL_OK;
}

/* The last list of names in a file: that of /weights, which grew after the root's. */
static unsigned char *last_heap(unsigned char block[], size_t bytes)
{
    unsigned char *found = NULL;

    for (size_t i = 0; i + 4 <= bytes; i++) {
        found = memcmp(block + i, "HEAP", 4) == 0 ? block + i : found;
    }
    ck_assert(found != NULL);
    return found;
}

static uint64_t number(const unsigned char from[8])
{
    uint64_t value = 0;

    memcpy(&value, from, sizeof value);
    return value;
}

START_TEST(files_of_other_programs_are_read)
{
    static const struct {
        const char *name;
        int count;
        hsize_t user;
    } cases[] = {{"few", FEW, 0}, {"many", MANY, 0}, {"behind", FEW, 2048}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        skel_reader *reader = NULL;
        int visits = 0;

        write_file(skel_scratch_file(cases[i].name, ".h5"), cases[i].count, cases[i].user);
        ck_assert_ok(skel_reader_open(skel_scratch_file(cases[i].name, ".h5"), &reader));
        ck_assert_ok(skel_reader_walk(reader, "/", count_visit, &visits));
        /* "/", "/weights", "/link" and "/weights/itself"; one dataset was removed again */
        ck_assert_int_eq(visits, 4 + cases[i].count - 1);
        ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    }
}
END_TEST

/* Members are deleted and the list of names shrinks: its last bytes are those of former names. Then
 * a name that is not ASCII and a link into another file make a later format of the group, and what
 * the root repeats of it is stale. */
START_TEST(a_group_that_shrank_and_changed_its_format_is_read)
{
    hid_t names = H5Pcreate(H5P_LINK_CREATE);
    hid_t file = -1;
    hid_t group = -1;
    char name[NAME];

    write_file(skel_scratch_file("changed", ".h5"), MANY, 0);
    for (int step = 0; step < 4; step++) {
        skel_reader *reader = NULL;
        int visits = 0;

        file = H5Fopen(skel_scratch_file("changed", ".h5"), H5F_ACC_RDWR, H5P_DEFAULT);
        group = H5Gopen2(file, "weights", H5P_DEFAULT);
        for (int i = 0; step < 2 && i < MANY; i++) {
            (void)snprintf(name, sizeof name, "layer%d.%0*d.weight", i % 7, 1 + i % 23, i);
            if (i % 2 == step && i > 1) {
                ck_assert(H5Ldelete(group, name, H5P_DEFAULT) >= 0);
            }
        }
        if (step == 2) {
            ck_assert(H5Pset_char_encoding(names, H5T_CSET_UTF8) >= 0);
            ck_assert(H5Lcreate_soft("/", group,
                                     "gr\xc3\xb6\xc3\x9f"
                                     "e",
                                     names, H5P_DEFAULT) >= 0);
        } else if (step == 3) {
            ck_assert(
                H5Lcreate_external("other.h5", "/", file, "other", H5P_DEFAULT, H5P_DEFAULT) >= 0);
        }
        ck_assert(H5Gclose(group) >= 0);
        ck_assert(H5Fclose(file) >= 0);
        ck_assert_ok(skel_reader_open(skel_scratch_file("changed", ".h5"), &reader));
        ck_assert_ok(skel_reader_walk(reader, "/", count_visit, &visits));
        ck_assert_int_gt(visits, 3);
        ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    }
    ck_assert(H5Pclose(names) >= 0);
}
END_TEST

START_TEST(a_list_of_names_without_an_end_is_refused)
{
    unsigned char *block = NULL;
    unsigned char *head = NULL;
    skel_reader *reader = NULL;
    size_t bytes = 0;

    write_file(skel_scratch_file("endless", ".h5"), FEW, 0);
    bytes = skel_file_bytes_read(skel_scratch_file("endless", ".h5"), &block);
    head = last_heap(block, bytes);
    ck_assert(number(head + 24) + number(head + 8) <= bytes);
    memset(block + number(head + 24) + 8, 'x', number(head + 8) - 8); /* the empty name stays */
    skel_file_bytes_write(skel_scratch_file("endless", ".h5"), bytes, block);
    ck_assert_int_eq(skel_reader_open(skel_scratch_file("endless", ".h5"), &reader), SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "list of names"));
    ck_assert_ptr_null(reader);
    SKEL_FREE(&block);
}
END_TEST

/* Each name's place is moved behind the list's end, one after the other. */
START_TEST(a_name_outside_of_its_list_is_refused)
{
    unsigned char *block = NULL;
    size_t bytes = 0;
    int refused = 0;

    write_file(skel_scratch_file("outside", ".h5"), FEW, 0);
    bytes = skel_file_bytes_read(skel_scratch_file("outside", ".h5"), &block);
    for (size_t i = 0; i + 4 <= bytes; i++) {
        if (memcmp(block + i, "SNOD", 4) == 0) {
            for (unsigned k = 0; k < block[i + 6]; k++) {
                unsigned char *name = block + i + 8 + (size_t)k * 40;
                unsigned char before = name[3];
                skel_reader *reader = NULL;

                name[3] = 1;
                skel_file_bytes_write(skel_scratch_file("outside", ".h5"), bytes, block);
                ck_assert_int_eq(skel_reader_open(skel_scratch_file("outside", ".h5"), &reader),
                                 SKEL_ERR_DATA);
                name[3] = before;
                refused++;
            }
        }
    }
    ck_assert_int_eq(refused, 2 + FEW); /* /weights, /link; FEW - 1 datasets and "itself" */
    SKEL_FREE(&block);
}
END_TEST

/* A root that keeps the order of its links has a later format, one that keeps the order of its
 * attributes a later header; its members are groups of the first format all the same. */
typedef struct mixture {
    const char *name;
    bool links;
    bool attributes;
    int more; /* members of the root, besides: a few are messages, many have a heap of their own */
} mixture;

static const mixture mixtures[] = {
    {"few-links", true, false, 1}, {"many-links", true, false, 40}, {"few-both", true, true, 1},
    {"many-both", true, true, 40}, {"attributes", false, true, 1},
};

enum { MIXTURES = sizeof mixtures / sizeof *mixtures };

/* As write_file(), with a root of another format that also holds itself. */
static void write_mixture(const mixture *as)
{
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    hid_t file = -1;
    hid_t group = -1;
    char name[NAME];

    if (as->links) {
        ck_assert(H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED) >= 0);
    }
    if (as->attributes) {
        ck_assert(H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED) >= 0);
    }
    file = H5Fcreate(skel_scratch_file(as->name, ".h5"), H5F_ACC_TRUNC, creation, H5P_DEFAULT);
    ck_assert(H5Lcreate_hard(file, "/", file, "itself", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    for (int i = 1; i < as->more; i++) {
        (void)snprintf(name, sizeof name, "dataset%d", i);
        add_dataset(file, name);
    }
    group = H5Gcreate2(file, "weights", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    for (int i = 0; i < FEW; i++) {
        (void)snprintf(name, sizeof name, "layer%d.weight", i);
        add_dataset(group, name);
    }
    ck_assert(H5Gclose(group) >= 0);
    ck_assert(H5Fclose(file) >= 0);
    ck_assert(H5Pclose(creation) >= 0);
}

START_TEST(a_group_below_one_of_a_later_format_is_read)
{
    for (size_t i = 0; i < MIXTURES; i++) {
        skel_reader *reader = NULL;
        int visits = 0;

        write_mixture(&mixtures[i]);
        ck_assert_ok(skel_reader_open(skel_scratch_file(mixtures[i].name, ".h5"), &reader));
        ck_assert_ok(skel_reader_walk(reader, "/", count_visit, &visits));
        ck_assert_int_eq(visits, 2 + mixtures[i].more + FEW); /* "/" and "/weights" */
        ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    }
}
END_TEST

START_TEST(names_without_an_end_below_a_group_of_a_later_format_are_refused)
{
    for (size_t i = 0; i < MIXTURES; i++) {
        unsigned char *block = NULL;
        unsigned char *head = NULL;
        skel_reader *reader = NULL;
        size_t bytes = 0;

        write_mixture(&mixtures[i]);
        bytes = skel_file_bytes_read(skel_scratch_file(mixtures[i].name, ".h5"), &block);
        head = last_heap(block, bytes);
        memset(block + number(head + 24) + 8, 'x', number(head + 8) - 8);
        skel_file_bytes_write(skel_scratch_file(mixtures[i].name, ".h5"), bytes, block);
        ck_assert_int_eq(skel_reader_open(skel_scratch_file(mixtures[i].name, ".h5"), &reader),
                         SKEL_ERR_DATA);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "list of names"));
        ck_assert_ptr_null(reader);
        SKEL_FREE(&block);
    }
}
END_TEST

/* The root's links are messages of a header without a checksum; "weights" is the only one with
 * flags before a name of 7 bytes. */
START_TEST(a_link_that_is_larger_than_its_message_is_refused)
{
    unsigned char *block = NULL;
    unsigned char *length = NULL;
    skel_reader *reader = NULL;
    size_t bytes = 0;

    write_mixture(&mixtures[0]);
    bytes = skel_file_bytes_read(skel_scratch_file(mixtures[0].name, ".h5"), &block);
    for (size_t i = 1; i + 7 <= bytes && length == NULL; i++) {
        length = block[i - 1] == 7 && memcmp(block + i, "weights", 7) == 0 ? block + i - 1 : NULL;
    }
    ck_assert_ptr_nonnull(length);
    *length = 200;
    skel_file_bytes_write(skel_scratch_file(mixtures[0].name, ".h5"), bytes, block);
    ck_assert_int_eq(skel_reader_open(skel_scratch_file(mixtures[0].name, ".h5"), &reader),
                     SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "a link"));
    SKEL_FREE(&block);
}
END_TEST

/* Whatever byte is damaged, the file is read or refused. */
START_TEST(no_damaged_byte_leads_out_of_the_file)
{
    write_file(skel_scratch_file("flipped", ".h5"), FEW, 0);
    skel_file_bytes_damage_each(skel_scratch_file("flipped", ".h5"));
    write_mixture(&mixtures[0]);
    skel_file_bytes_damage_each(skel_scratch_file(mixtures[0].name, ".h5"));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, skel_scratch_make, skel_scratch_remove);
    tcase_add_test(tcase, files_of_other_programs_are_read);
    tcase_add_test(tcase, a_group_that_shrank_and_changed_its_format_is_read);
    tcase_add_test(tcase, a_list_of_names_without_an_end_is_refused);
    tcase_add_test(tcase, a_name_outside_of_its_list_is_refused);
    tcase_add_test(tcase, a_group_below_one_of_a_later_format_is_read);
    tcase_add_test(tcase, names_without_an_end_below_a_group_of_a_later_format_are_refused);
    tcase_add_test(tcase, a_link_that_is_larger_than_its_message_is_refused);
    tcase_add_test(tcase, no_damaged_byte_leads_out_of_the_file);
}

int main(void)
{
    return skel_suite_run("old_groups", fill);
}
