/* Object headers as HDF5 writes them: every message fits, and does not when it is cut; damaged
 * ones, and texts that are not where they should be, are refused. */
#include "file_bytes.h"
#include "scratch.h"
#include "suite.h"
#include "text_type.h"

#include "store/link_message.h"
#include "store/message_fits.h"

#include "skel/input.h"
#include "skel/memory.h"
#include "skel/reader.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TYPES = 9, MESSAGE_TYPES = 64 };

/* One of each class of types; close it. */
static hid_t type_of(int index)
{
    static const hsize_t three = 3;
    static const signed char values[] = {0, 1};
    hid_t type = -1;

    switch (index) {
    case 0:
        return H5Tcopy(H5T_IEEE_F32LE);
    case 1:
        return H5Tcopy(H5T_STD_I16BE);
    case 2:
        type = H5Tcreate(H5T_COMPOUND, 16);
        (void)H5Tinsert(type, "a", 0, H5T_IEEE_F64LE);
        (void)H5Tinsert(type, "a long name", 8, H5T_STD_I32LE);
        return type;
    case 3:
        type = H5Tenum_create(H5T_STD_I8LE);
        (void)H5Tenum_insert(type, "FALSE", &values[0]);
        (void)H5Tenum_insert(type, "TRUE", &values[1]);
        return type;
    case 4:
        return H5Tarray_create2(H5T_STD_U16LE, 1, &three);
    case 5:
        type = H5Tcreate(H5T_OPAQUE, 5);
        (void)H5Tset_tag(type, "tag");
        return type;
    case 6:
        return H5Tcopy(H5T_STD_REF_OBJ);
    case 7:
        type = H5Tcopy(H5T_C_S1);
        (void)H5Tset_size(type, 7);
        return type;
    default:
        return skel_text_type();
    }
}

static void add_attribute(hid_t object, const char *name, hid_t type, const void *values)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);

    ck_assert(id >= 0 && (values == NULL || H5Awrite(id, type, values) >= 0));
    ck_assert(H5Aclose(id) >= 0 && H5Sclose(space) >= 0);
}

static void add_dataset(hid_t file, const char *name, hid_t type, hid_t creation)
{
    static const hsize_t extent[] = {3, 2};
    hid_t space = H5Screate_simple(2, extent, NULL);
    hid_t id = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);

    ck_assert(id >= 0 && H5Dclose(id) >= 0 && H5Sclose(space) >= 0);
}

/* Each layout, with and without a fill value and filters. */
static void add_layouts(hid_t file)
{
    static const H5D_layout_t layouts[] = {H5D_COMPACT, H5D_CONTIGUOUS, H5D_CHUNKED, H5D_CHUNKED};
    static const hsize_t chunk[] = {2, 2};
    static const float fill = 7;
    char name[] = "layout0";

    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++, name[6]++) {
        hid_t creation = H5Pcreate(H5P_DATASET_CREATE);

        ck_assert(H5Pset_layout(creation, layouts[i]) >= 0);
        if (layouts[i] == H5D_CHUNKED) {
            ck_assert(H5Pset_chunk(creation, 2, chunk) >= 0);
            ck_assert(H5Pset_fill_value(creation, H5T_NATIVE_FLOAT, &fill) >= 0);
        }
        if (layouts[i] == H5D_CONTIGUOUS) {
            ck_assert(H5Pset_external(creation, "values", 0, H5F_UNLIMITED) >= 0);
        }
        if (i == 3) {
            ck_assert(H5Pset_shuffle(creation) >= 0 && H5Pset_deflate(creation, 1) >= 0);
            ck_assert(H5Pset_fletcher32(creation) >= 0);
        }
        add_dataset(file, name, H5T_IEEE_F32LE, creation);
        ck_assert(H5Pclose(creation) >= 0);
    }
}

/* A dataset of texts, contiguous or in chunks. */
static void add_texts(hid_t file, const char *name, bool in_chunks)
{
    static const hsize_t extent = 3;
    static const char *const texts[] = {"one", "", "a third text"};
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(1, &extent, NULL);
    hid_t type = skel_text_type();
    hid_t id = -1;

    if (in_chunks) {
        ck_assert(H5Pset_chunk(creation, 1, &extent) >= 0);
    }
    id = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    ck_assert(id >= 0 && H5Dwrite(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0);
    ck_assert(H5Dclose(id) >= 0 && H5Tclose(type) >= 0 && H5Sclose(space) >= 0);
    ck_assert(H5Pclose(creation) >= 0);
}

/* A file with something of everything, in the first format of headers or the latest. */
static void write_file(const char *path, bool latest)
{
    static const char *const text = "of variable length";
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;
    char name[] = "type0";

    if (latest) {
        ck_assert(H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0);
    }
    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    ck_assert(file >= 0);
    for (int i = 0; i < TYPES; i++, name[4]++) {
        hid_t type = type_of(i);

        add_dataset(file, name, type, H5P_DEFAULT);
        if (i < 7) { /* more would not be messages */
            add_attribute(file, name, type, NULL);
        } else if (i == 8) {
            add_attribute(file, name, type, &text);
        }
        ck_assert(H5Tclose(type) >= 0);
    }
    add_layouts(file);
    add_texts(file, "texts", false);
    add_texts(file, "chunks", true);
    ck_assert(H5Lcreate_soft("/texts", file, "soft", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    ck_assert(H5Lcreate_external("o.h5", "/", file, "other", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    ck_assert(H5Fclose(file) >= 0 && H5Pclose(access) >= 0);
}

static skel_status visit_message(void *context, const skel_header_message *message)
{
    bool *seen = context;
    skel_header_message cut = *message;

    ck_assert_msg(skel_message_fits(message), "type %u, %zu bytes", message->type, message->size);
    ck_assert_uint_lt(message->type, MESSAGE_TYPES);
    seen[message->type] = true;
    cut.size = 1;
    if (skel_message_noun(message->type)[0] != '\0' && message->type != 0 &&
        strcmp(skel_message_noun(message->type), "a message") != 0) {
        ck_assert_msg(!skel_message_fits(&cut), "type %u, cut", message->type);
        cut.size = message->size;
        cut.rest = message->size - 1;
        ck_assert_msg(!skel_message_fits(&cut), "type %u, behind the header", message->type);
    }
    return SKEL_OK;
}

static herr_t visit_object(hid_t file, const char *name, const H5O_info_t *info, void *context)
{
    (void)name;
    (void)file;
    ck_assert_ok(skel_object_header_read(((void **)context)[0], info->addr, visit_message,
                                         ((void **)context)[1]));
    return 0;
}

START_TEST(every_message_that_hdf5_writes_fits_and_does_not_when_it_is_cut)
{
    static const unsigned expected[] = {0x01, 0x03, 0x05, 0x07, 0x08, 0x0b, 0x0c};

    for (int latest = 0; latest < 2; latest++) {
        bool seen[MESSAGE_TYPES] = {false};
        skel_blocks blocks = {.path = skel_scratch_file(latest ? "latest" : "first", ".h5")};
        void *context[] = {&blocks, seen};
        size_t bytes = 0;
        hid_t file = -1;

        write_file(blocks.path, latest != 0);
        ck_assert_ok(skel_input_open(blocks.path, &blocks.descriptor, &bytes));
        blocks.bytes = bytes;
        file = H5Fopen(blocks.path, H5F_ACC_RDONLY, H5P_DEFAULT);
        ck_assert(H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_NATIVE, visit_object, context,
                            H5O_INFO_BASIC) >= 0);
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
            ck_assert_msg(seen[expected[i]], "type %u was not seen", expected[i]);
        }
        ck_assert(H5Fclose(file) >= 0);
        (void)close(blocks.descriptor);
    }
}
END_TEST

START_TEST(what_hdf5_writes_is_read)
{
    for (int latest = 0; latest < 2; latest++) {
        skel_reader *reader = NULL;
        char **texts = NULL;
        char text[64];
        size_t count = 0;

        write_file(skel_scratch_file("read", ".h5"), latest != 0);
        ck_assert_ok(skel_reader_open(skel_scratch_file("read", ".h5"), &reader));
        skel_reader_attribute(reader, "/", "type8", sizeof text, text);
        ck_assert_str_eq(text, "of variable length");
        for (int chunks = 0; chunks < 2; chunks++) {
            ck_assert_ok(skel_reader_texts(reader, chunks ? "/chunks" : "/texts", &count, &texts));
            ck_assert_uint_eq(count, 3);
            ck_assert_str_eq(texts[0], "one");
            ck_assert_str_eq(texts[1], "");
            ck_assert_str_eq(texts[2], "a third text");
            skel_reader_free_names(count, &texts);
        }
        ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    }
}
END_TEST

/* An enum of two members of one byte, as h5py writes truth values: the type of a dataset, which
 * nobody reads, and that of an attribute, where HDF5 1.10 would crash. */
START_TEST(a_dataset_of_a_later_version_does_not_hide_the_others)
{
    static const unsigned char first[] = {0x18, 2, 0, 0, 1, 0, 0, 0};
    unsigned char *block = NULL;
    size_t bytes = 0;
    int opened = 0;
    int refused = 0;

    write_file(skel_scratch_file("later", ".h5"), false);
    bytes = skel_file_bytes_read(skel_scratch_file("later", ".h5"), &block);
    for (size_t i = 0; i + sizeof first <= bytes; i++) {
        skel_reader *reader = NULL;
        char **texts = NULL;
        size_t count = 0;

        if (memcmp(block + i, first, sizeof first) != 0) {
            continue;
        }
        block[i] = 0x48;
        skel_file_bytes_write(skel_scratch_file("later", ".h5"), bytes, block);
        block[i] = first[0];
        if (skel_reader_open(skel_scratch_file("later", ".h5"), &reader) != SKEL_OK) {
            ck_assert_ptr_nonnull(strstr(skel_error_message(), "an attribute at byte"));
            refused++;
            continue;
        }
        opened++;
        ck_assert_ok(skel_reader_texts(reader, "/texts", &count, &texts));
        ck_assert_uint_eq(count, 3);
        skel_reader_free_names(count, &texts);
        ck_assert_int_eq(skel_reader_texts(reader, "/type3", &count, &texts), SKEL_ERR_DATA);
        ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    }
    ck_assert_int_eq(opened, 1);
    ck_assert_int_eq(refused, 1);
    SKEL_FREE(&block);
}
END_TEST

/* Each place where a text's length, address and number stand: the lengths are 18, 3 and 12, and
 * the heap's address follows. */
static size_t find_element(const unsigned char block[], size_t bytes, unsigned length, size_t heap,
                           size_t from)
{
    unsigned char element[12] = {(unsigned char)length};

    for (size_t i = 0; i < 8; i++) {
        element[4 + i] = (unsigned char)(heap >> (8 * i));
    }
    for (size_t i = from; i + 16 <= bytes; i++) {
        if (memcmp(block + i, element, sizeof element) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

START_TEST(a_text_that_is_not_where_it_should_be_is_refused)
{
    static const unsigned lengths[] = {18, 3, 12};
    unsigned char *block = NULL;
    size_t bytes = 0;
    size_t heap = 0;
    int tried = 0;

    write_file(skel_scratch_file("texts", ".h5"), false);
    bytes = skel_file_bytes_read(skel_scratch_file("texts", ".h5"), &block);
    while (memcmp(block + heap, "GCOL", 4) != 0) {
        heap++;
    }
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t at = find_element(block, bytes, lengths[i], heap, 0);

        for (; at != SIZE_MAX; at = find_element(block, bytes, lengths[i], heap, at + 1)) {
            static const size_t damaged[] = {0, 3, 12, 15}; /* length, number */

            for (size_t d = 0; d < sizeof damaged / sizeof *damaged; d++, tried++) {
                skel_reader *reader = NULL;
                char **texts = NULL;
                size_t count = 0;
                skel_status status = SKEL_OK;

                block[at + damaged[d]] ^= 0x40;
                skel_file_bytes_write(skel_scratch_file("texts", ".h5"), bytes, block);
                block[at + damaged[d]] ^= 0x40;
                status = skel_reader_open(skel_scratch_file("texts", ".h5"),
                                          &reader); /* looks at attributes */
                for (int chunks = 0; chunks < 2 && status == SKEL_OK; chunks++) {
                    status =
                        skel_reader_texts(reader, chunks ? "/chunks" : "/texts", &count, &texts);
                    skel_reader_free_names(count, &texts);
                }
                ck_assert_int_eq(status, SKEL_ERR_DATA);
                ck_assert_msg(strstr(skel_error_message(), "a text is not where") != NULL, "%s",
                              skel_error_message());
                ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
            }
        }
    }
    ck_assert_int_eq(tried, 20); /* 4 of each text: one attribute, two texts in each dataset */
    SKEL_FREE(&block);
}
END_TEST

START_TEST(no_damaged_byte_leads_out_of_the_file)
{
    write_file(skel_scratch_file("flipped", ".h5"), false);
    skel_file_bytes_damage_each(skel_scratch_file("flipped", ".h5"));
}
END_TEST

/* HDF5 1.10 reads the names behind a length of 0, and behind names without an end. */
START_TEST(links_to_other_files_have_two_whole_names)
{
    static const struct {
        uint8_t length;
        const char *names;
        bool fits;
    } targets[] = {{5, "\0f\0o", true},  {3, "\0\0", true}, {0, "", false},    {1, "", false},
                   {4, "\0f\0o", false}, {3, "\0f", false}, {3, "\0fo", false}};

    for (size_t n = 0; n < sizeof targets / sizeof *targets; n++) {
        /* version, has a type, external, a name of one character */
        uint8_t content[16] = {1, 8, 64, 1, 'x', targets[n].length};

        memcpy(content + 7, targets[n].names, targets[n].length);
        ck_assert_int_eq(skel_link_message_fits(7U + targets[n].length, content), targets[n].fits);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, skel_scratch_make, skel_scratch_remove);
    tcase_add_test(tcase, every_message_that_hdf5_writes_fits_and_does_not_when_it_is_cut);
    tcase_add_test(tcase, what_hdf5_writes_is_read);
    tcase_add_test(tcase, a_dataset_of_a_later_version_does_not_hide_the_others);
    tcase_add_test(tcase, a_text_that_is_not_where_it_should_be_is_refused);
    tcase_add_test(tcase, no_damaged_byte_leads_out_of_the_file);
    tcase_add_test(tcase, links_to_other_files_have_two_whole_names);
}

int main(void)
{
    return skel_suite_run("message_fits", fill);
}
