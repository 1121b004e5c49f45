/* Attributes and links that are too many or too large for a header: as HDF5 writes them they are
 * read; damaged ones are refused, also where every checksum is right. */
#include "file_bytes.h"
#include "scratch.h"
#include "suite.h"
#include "text_type.h"

#include "store/dense_messages.h"

#include "skel/input.h"
#include "skel/memory.h"
#include "skel/reader.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 64, LARGE = 20000, ATTRIBUTES = 0x15, LINKS = 0x02 };

static void add_attribute(hid_t object, const char *name, hid_t type, hsize_t count,
                          const void *values)
{
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);

    ck_assert(id >= 0 && H5Awrite(id, type, values) >= 0);
    ck_assert(H5Aclose(id) >= 0 && H5Sclose(space) >= 0);
}

/* A group with `count` attributes and as many links: numbers, texts, and large ones. */
typedef struct shape {
    const char *name;
    int count;
    bool ordered; /* by order of creation, too */
    bool large;   /* the last attribute has LARGE bytes */
} shape;

static const shape shapes[] = {
    {"few", 3, false, false},      {"nine", 9, false, false},   {"leaf", 29, true, false},
    {"levels", 900, false, false}, {"more", 2000, true, false}, {"large", 12, true, true},
};

enum { SHAPES = sizeof shapes / sizeof *shapes };

static void fill_group(hid_t group, const shape *as)
{
    static unsigned char bytes[LARGE];
    hid_t text = skel_text_type();
    char name[NAME];

    for (int i = 0; i < as->count; i++) {
        char value[NAME];
        const char *pointer = value;

        (void)snprintf(name, sizeof name, "layer%d.%0*d.weight", i % 7, 1 + i % 23, i);
        (void)snprintf(value, sizeof value, "value of %d", i);
        add_attribute(group, name, i % 2 == 0 ? text : H5T_NATIVE_INT, 1,
                      i % 2 == 0 ? (const void *)&pointer : (const void *)&i);
        ck_assert(H5Lcreate_soft("/", group, name, H5P_DEFAULT, H5P_DEFAULT) >= 0);
    }
    if (as->large) {
        memset(bytes, 7, sizeof bytes);
        add_attribute(group, "large", H5T_NATIVE_UCHAR, LARGE, bytes);
    }
    ck_assert(H5Tclose(text) >= 0);
}

static void write_file(const char *path, const shape *as)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    hid_t file = -1;
    hid_t group = -1;

    ck_assert(H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST) >= 0);
    if (as->ordered) {
        unsigned both = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

        ck_assert(H5Pset_link_creation_order(creation, both) >= 0);
        ck_assert(H5Pset_attr_creation_order(creation, both) >= 0);
    }
    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    group = H5Gcreate2(file, "weights", H5P_DEFAULT, creation, H5P_DEFAULT);
    ck_assert(file >= 0 && group >= 0);
    fill_group(group, as);
    ck_assert(H5Gclose(group) >= 0 && H5Fclose(file) >= 0);
    ck_assert(H5Pclose(creation) >= 0 && H5Pclose(access) >= 0);
}

START_TEST(what_hdf5_writes_is_read)
{
    for (size_t s = 0; s < SHAPES; s++) {
        const shape *as = &shapes[s];
        skel_reader *reader = NULL;
        char **names = NULL;
        char text[NAME];
        size_t count = 0;

        write_file(skel_scratch_file(as->name, ".h5"), as);
        ck_assert_ok(skel_reader_open(skel_scratch_file(as->name, ".h5"), &reader));
        ck_assert_ok(skel_reader_list_attributes(reader, "/weights", &count, &names));
        ck_assert_uint_eq(count, (size_t)as->count + (as->large ? 1 : 0));
        skel_reader_free_names(count, &names);
        skel_reader_attribute(reader, "/weights", "layer2.002.weight", sizeof text, text);
        ck_assert_str_eq(text, "value of 2");
        ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    }
}
END_TEST

/* What a walk without HDF5 finds in the group's header. */
typedef struct found {
    skel_blocks blocks;
    size_t attributes;
    size_t links;
    size_t bytes;  /* of the largest attribute */
    size_t stored; /* messages that lead to others */
} found;

static skel_status count_message(void *context, const skel_header_message *message)
{
    found *to = context;

    to->attributes += message->type == 0x0c;
    to->links += message->type == 0x06;
    to->bytes = message->size > to->bytes ? message->size : to->bytes;
    return SKEL_OK;
}

static skel_status visit_header(void *context, const skel_header_message *message)
{
    found *to = context;

    if (message->type == ATTRIBUTES || message->type == LINKS) {
        to->stored++;
        return skel_dense_messages_read(&to->blocks, message, count_message, to);
    }
    return SKEL_OK;
}

/* Each message once by its name, and once more by its order of creation. */
START_TEST(every_message_is_found_by_each_list)
{
    for (size_t s = 1; s < SHAPES; s++) {
        const shape *as = &shapes[s];
        const size_t lists = as->ordered ? 2 : 1;
        found all = {.blocks = {.path = skel_scratch_file(as->name, ".h5")}};
        H5O_info_t info;
        size_t bytes = 0;
        hid_t file = -1;

        write_file(all.blocks.path, as);
        file = H5Fopen(all.blocks.path, H5F_ACC_RDONLY, H5P_DEFAULT);
        ck_assert(H5Oget_info_by_name2(file, "weights", &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0);
        ck_assert(H5Fclose(file) >= 0);
        ck_assert_ok(skel_input_open(all.blocks.path, &all.blocks.descriptor, &bytes));
        all.blocks.bytes = bytes;
        ck_assert_ok(skel_object_header_read(&all.blocks, info.addr, visit_header, &all));
        (void)close(all.blocks.descriptor);
        ck_assert_uint_eq(all.stored, 2);
        ck_assert_uint_eq(all.links, lists * (size_t)as->count);
        ck_assert_uint_eq(all.attributes, lists * (size_t)as->count + (as->large ? 1 : 0));
        ck_assert(!as->large || all.bytes > LARGE);
    }
}
END_TEST

/* HDF5 exports it, but has it in no header: with it, damage is what a person made. */
uint32_t H5_checksum_metadata(const void *bytes, size_t count, uint32_t first);

/* The checksum of a heap's block is behind its head, and counts as 0 in itself. Before it is the
 * block's offset in the heap: of 4 bytes in a heap of links, of 5 in one of attributes. */
enum { HEAD = 13, LEAST_BLOCK = 512, MOST_BLOCK = 65536 };

static size_t checksum_place(bool of_link)
{
    return of_link ? HEAD + 4 : HEAD + 5;
}

static uint32_t block_checksum(unsigned char block[], size_t bytes, size_t place)
{
    unsigned char before[4];
    uint32_t sum = 0;

    memcpy(before, block + place, sizeof before);
    memset(block + place, 0, sizeof before);
    sum = H5_checksum_metadata(block, bytes, 0);
    memcpy(block + place, before, sizeof before);
    return sum;
}

/* Bytes of the heap's block that begins here; 0 if none does. */
static size_t block_bytes(unsigned char file[], size_t bytes, size_t at, size_t place)
{
    uint32_t stored = 0;

    if (bytes - at < LEAST_BLOCK || memcmp(file + at, "FHDB", 4) != 0) {
        return 0;
    }
    memcpy(&stored, file + at + place, sizeof stored);
    for (size_t size = LEAST_BLOCK; size <= MOST_BLOCK && size <= bytes - at; size *= 2) {
        if (block_checksum(file + at, size, place) == stored) {
            return size;
        }
    }
    return 0;
}

/* The place of a name in a block; before a link's is its length, before an attribute's its
 * alphabet.
 */
static unsigned char *find_name(unsigned char block[], size_t bytes, bool of_link)
{
    static const char name[] = "layer0.0.weight";
    const size_t length = sizeof name - 1;

    for (size_t i = 1; i + length <= bytes; i++) {
        if (memcmp(block + i, name, length) == 0 && (block[i - 1] == length) == of_link) {
            return block + i;
        }
    }
    return NULL;
}

/* Each damage is in a block whose checksum is made right again: HDF5 would believe it. */
START_TEST(a_message_that_is_larger_than_its_place_is_refused)
{
    static const struct {
        bool of_link;
        int byte; /* from the name on */
        unsigned char value;
        const char *noun;
    } cases[] = {
        {true, -1, 200, "a link"},        /* bytes of the name */
        {false, -7, 200, "an attribute"}, /* of the name */
        {false, -5, 200, "an attribute"}, /* of the type */
        {false, -3, 200, "an attribute"}, /* of the shape */
    };
    unsigned char *file = NULL;
    size_t bytes = 0;

    write_file(skel_scratch_file("made", ".h5"), &shapes[1]);
    bytes = skel_file_bytes_read(skel_scratch_file("made", ".h5"), &file);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const size_t place = checksum_place(cases[c].of_link);
        int tried = 0;

        for (size_t at = 0; at < bytes; at++) {
            size_t size = block_bytes(file, bytes, at, place);
            unsigned char *name = size > 0 ? find_name(file + at, size, cases[c].of_link) : NULL;
            skel_reader *reader = NULL;
            unsigned char *copy = NULL;
            uint32_t sum = 0;

            if (name == NULL) {
                continue;
            }
            ck_assert_ok(SKEL_ALLOC_RAW(bytes, 1, &copy));
            memcpy(copy, file, bytes);
            copy[name - file + cases[c].byte] = cases[c].value;
            sum = block_checksum(copy + at, size, place);
            memcpy(copy + at + place, &sum, sizeof sum);
            skel_file_bytes_write(skel_scratch_file("made", ".h5"), bytes, copy);
            ck_assert_int_eq(skel_reader_open(skel_scratch_file("made", ".h5"), &reader),
                             SKEL_ERR_DATA);
            ck_assert_msg(strstr(skel_error_message(), cases[c].noun) != NULL, "%s",
                          skel_error_message());
            SKEL_FREE(&copy);
            tried++;
        }
        ck_assert_int_eq(tried, 1);
    }
    SKEL_FREE(&file);
}
END_TEST

START_TEST(no_damaged_byte_leads_out_of_the_file)
{
    write_file(skel_scratch_file("nine", ".h5"), &shapes[1]);
    skel_file_bytes_damage_each(skel_scratch_file("nine", ".h5"));
}
END_TEST

/* An attribute whose type has a name: the type is read where it is, and texts are looked at. */
static void write_named(const char *path, bool is_text)
{
    const char *text = "a text of a named type";
    const int32_t number = 7;
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = is_text ? skel_text_type() : H5Tcopy(H5T_STD_I32LE);

    ck_assert(H5Tcommit2(file, "type", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT) >= 0);
    add_attribute(file, "named", type, 1, is_text ? (const void *)&text : (const void *)&number);
    ck_assert(H5Ldelete(file, "type", H5P_DEFAULT) >= 0); /* the attribute alone leads to it */
    ck_assert(H5Tclose(type) >= 0 && H5Fclose(file) >= 0);
}

START_TEST(an_attribute_of_a_named_type_is_read)
{
    skel_reader *reader = NULL;
    char text[NAME];

    for (int is_text = 0; is_text < 2; is_text++) {
        write_named(skel_scratch_file("named", ".h5"), is_text != 0);
        ck_assert_ok(skel_reader_open(skel_scratch_file("named", ".h5"), &reader));
        skel_reader_attribute(reader, "/", "named", sizeof text, text);
        ck_assert_str_eq(text, is_text ? "a text of a named type" : "7");
        ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    }
}
END_TEST

/* The type of 4 bytes claims to have 200: the header it stands in has no checksum. */
START_TEST(values_that_are_smaller_than_their_named_type_are_refused)
{
    static const unsigned char type[] = {0x10, 8, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0};
    unsigned char *file = NULL;
    skel_reader *reader = NULL;
    size_t bytes = 0;
    int tried = 0;

    write_named(skel_scratch_file("small", ".h5"), false);
    bytes = skel_file_bytes_read(skel_scratch_file("small", ".h5"), &file);
    for (size_t i = 0; i + sizeof type <= bytes; i++) {
        if (memcmp(file + i, type, sizeof type) == 0) {
            file[i + 4] = 200;
            tried++;
        }
    }
    ck_assert_int_eq(tried, 1);
    skel_file_bytes_write(skel_scratch_file("small", ".h5"), bytes, file);
    ck_assert_int_eq(skel_reader_open(skel_scratch_file("small", ".h5"), &reader), SKEL_ERR_DATA);
    ck_assert_msg(strstr(skel_error_message(), "an attribute") != NULL, "%s", skel_error_message());
    SKEL_FREE(&file);
}
END_TEST

/* What HDF5 reads before the root's group, and skel does not measure. */
START_TEST(messages_that_objects_share_are_refused)
{
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    skel_reader *reader = NULL;
    hid_t file = -1;

    ck_assert(H5Pset_shared_mesg_nindexes(creation, 1) >= 0);
    ck_assert(H5Pset_shared_mesg_index(creation, 0, H5O_SHMESG_ATTR_FLAG, 40) >= 0);
    file = H5Fcreate(skel_scratch_file("shared", ".h5"), H5F_ACC_TRUNC, creation, H5P_DEFAULT);
    ck_assert(file >= 0 && H5Fclose(file) >= 0 && H5Pclose(creation) >= 0);
    ck_assert_int_eq(skel_reader_open(skel_scratch_file("shared", ".h5"), &reader), SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "messages that several objects share"));
}
END_TEST

START_TEST(a_file_that_says_how_its_room_is_managed_is_read)
{
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    skel_reader *reader = NULL;
    hid_t file = -1;

    ck_assert(H5Pset_file_space_strategy(creation, H5F_FSPACE_STRATEGY_PAGE, 1, 1) >= 0);
    file = H5Fcreate(skel_scratch_file("pages", ".h5"), H5F_ACC_TRUNC, creation, H5P_DEFAULT);
    ck_assert(file >= 0 && H5Fclose(file) >= 0 && H5Pclose(creation) >= 0);
    ck_assert_ok(skel_reader_open(skel_scratch_file("pages", ".h5"), &reader));
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, skel_scratch_make, skel_scratch_remove);
    tcase_add_test(tcase, what_hdf5_writes_is_read);
    tcase_add_test(tcase, every_message_is_found_by_each_list);
    tcase_add_test(tcase, a_message_that_is_larger_than_its_place_is_refused);
    tcase_add_test(tcase, an_attribute_of_a_named_type_is_read);
    tcase_add_test(tcase, values_that_are_smaller_than_their_named_type_are_refused);
    tcase_add_test(tcase, messages_that_objects_share_are_refused);
    tcase_add_test(tcase, a_file_that_says_how_its_room_is_managed_is_read);
    tcase_add_test(tcase, no_damaged_byte_leads_out_of_the_file);
}

int main(void)
{
    return skel_suite_run("dense_messages", fill);
}
