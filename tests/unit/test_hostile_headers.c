/* Files that a person made to lead a reader astray: headers that lead to themselves, parts without
 * room, blocks that are asked for without end, lists that contradict each other. */
#include "file_bytes.h"
#include "scratch.h"
#include "suite.h"
#include "text_type.h"

#include "store/object_header.h"

#include "skel/input.h"
#include "skel/memory.h"
#include "skel/reader.h"

#include <hdf5.h>
#include <string.h>
#include <unistd.h>

enum { PREFIX = 16, HEAD = 8, CONTINUATION = 0x10, SPACE = 512 };

static void put(unsigned char to[], size_t bytes, uint64_t number)
{
    for (size_t i = 0; i < bytes; i++) {
        to[i] = (unsigned char)(number >> (8 * i));
    }
}

/* A message that says where its header goes on. */
static void put_continuation(unsigned char at[], uint64_t address, uint64_t bytes)
{
    put(at, 2, CONTINUATION);
    put(at + 2, 2, 16);
    put(at + HEAD, 8, address);
    put(at + HEAD + 8, 8, bytes);
}

/* A header of version 1 at byte 0 with `bytes` of messages. */
static void put_header(unsigned char file[SPACE], uint64_t bytes)
{
    memset(file, 0, SPACE);
    file[0] = 1;
    put(file + 2, 2, 1);
    put(file + 8, 4, bytes);
}

static skel_status count_message(void *context, const skel_header_message *message)
{
    (void)message;
    ++*(int *)context;
    return SKEL_OK;
}

static skel_status read_header(const unsigned char file[SPACE], int *messages)
{
    skel_blocks blocks = {.path = skel_scratch_file("header", ".h5")};
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    *messages = 0;
    skel_file_bytes_write(blocks.path, SPACE, file);
    ck_assert_ok(skel_input_open(blocks.path, &blocks.descriptor, &bytes));
    blocks.bytes = bytes;
    status = skel_object_header_read(&blocks, 0, count_message, messages);
    (void)close(blocks.descriptor);
    return status;
}

START_TEST(a_header_goes_on_in_another_part)
{
    unsigned char file[SPACE];
    int messages = 0;

    put_header(file, HEAD + 16);
    put_continuation(file + PREFIX, 256, HEAD + 16);
    put(file + 256, 2, 0x12);
    put(file + 258, 2, 16);
    ck_assert_ok(read_header(file, &messages));
    ck_assert_int_eq(messages, 2);
}
END_TEST

START_TEST(a_part_that_leads_to_itself_is_refused)
{
    static const uint64_t parts[] = {256, PREFIX}; /* a further part; the header's own messages */
    unsigned char file[SPACE];
    int messages = 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        put_header(file, HEAD + 16);
        put_continuation(file + PREFIX, parts[i], HEAD + 16);
        put_continuation(file + parts[i], parts[i], HEAD + 16);
        ck_assert_int_eq(read_header(file, &messages), SKEL_ERR_DATA);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "has a part twice"));
    }
}
END_TEST

START_TEST(parts_that_lead_to_each_other_are_refused)
{
    unsigned char file[SPACE];
    int messages = 0;

    put_header(file, HEAD + 16);
    put_continuation(file + PREFIX, 256, HEAD + 16);
    put_continuation(file + 256, 320, HEAD + 16);
    put_continuation(file + 320, 256, HEAD + 16);
    ck_assert_int_eq(read_header(file, &messages), SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "has a part twice"));
}
END_TEST

START_TEST(a_part_without_room_for_a_message_is_refused)
{
    unsigned char file[SPACE];
    int messages = 0;

    for (uint64_t bytes = 0; bytes < HEAD; bytes++) {
        put_header(file, HEAD + 16);
        put_continuation(file + PREFIX, 256, bytes);
        ck_assert_int_eq(read_header(file, &messages), SKEL_ERR_DATA);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "without room for a message"));
    }
}
END_TEST

START_TEST(a_message_that_begins_at_the_end_of_a_part_is_refused)
{
    unsigned char file[SPACE];
    int messages = 0;

    for (uint64_t more = 1; more < HEAD; more++) {
        put_header(file, HEAD + 16 + more);
        put(file + PREFIX, 2, 0x12);
        put(file + PREFIX + 2, 2, 16);
        ck_assert_int_eq(read_header(file, &messages), SKEL_ERR_DATA);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "at the end of a header"));
    }
}
END_TEST

START_TEST(a_part_behind_the_end_of_the_file_is_refused)
{
    static const uint64_t parts[][2] = {
        {SPACE, HEAD},          {SPACE - 8, (uint64_t)2 * HEAD},
        {UINT64_MAX - 8, HEAD}, {UINT64_MAX - 8, (uint64_t)2 * HEAD},
        {256, UINT64_MAX},      {256, UINT64_MAX - 250}};
    unsigned char file[SPACE];
    int messages = 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        put_header(file, HEAD + 16);
        put_continuation(file + PREFIX, parts[i][0], parts[i][1]);
        ck_assert_int_eq(read_header(file, &messages), SKEL_ERR_DATA);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "bytes are needed at byte"));
    }
}
END_TEST

/* Many small blocks cost as much as few large ones: each is counted with the work that it makes. */
START_TEST(a_file_whose_blocks_are_read_again_and_again_is_refused)
{
    static const uint64_t sizes[] = {1, SPACE};
    static const unsigned char file[SPACE];
    const uint64_t budget = (UINT64_C(1) << 26) + UINT64_C(65) * SPACE; /* as blocks.c says */

    skel_file_bytes_write(skel_scratch_file("again", ".h5"), SPACE, file);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        skel_blocks blocks = {.path = skel_scratch_file("again", ".h5")};
        const uint64_t most = budget / (sizes[i] + 64) + 1;
        skel_status status = SKEL_OK;
        size_t bytes = 0;
        uint64_t done = 0;

        ck_assert_ok(skel_input_open(blocks.path, &blocks.descriptor, &bytes));
        blocks.bytes = bytes;
        while (status == SKEL_OK && done <= most) {
            uint8_t *block = NULL;

            status = skel_blocks_fetch(&blocks, 0, sizes[i], &block);
            SKEL_FREE(&block);
            done++;
        }
        (void)close(blocks.descriptor);
        ck_assert_int_eq(status, SKEL_ERR_DATA);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "too often"));
        ck_assert_uint_gt(done, most / 2);
    }
}
END_TEST

/* A dataset of texts in chunks of two. */
static void write_chunks(const char *path)
{
    static const hsize_t extent = 4;
    static const hsize_t chunk = 2;
    static const char *const texts[] = {"one", "two", "three", "four"};
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(1, &extent, NULL);
    hid_t type = skel_text_type();
    hid_t id = -1;

    ck_assert(H5Pset_chunk(creation, 1, &chunk) >= 0);
    id = H5Dcreate2(file, "texts", type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    ck_assert(id >= 0 && H5Dwrite(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0);
    ck_assert(H5Dclose(id) >= 0 && H5Tclose(type) >= 0 && H5Sclose(space) >= 0);
    ck_assert(H5Pclose(creation) >= 0 && H5Fclose(file) >= 0);
}

/* The entry of a chunk: bytes, filters, place, 0; and its address. */
static unsigned char *find_chunk(unsigned char file[], size_t bytes, int which)
{
    for (size_t i = 0; i + 24 <= bytes; i++) {
        if (memcmp(file + i, "TREE\1", 5) == 0) {
            return file + i + 24 + (size_t)which * 32;
        }
    }
    return NULL;
}

START_TEST(a_chunk_that_is_listed_twice_with_two_sizes_is_refused)
{
    unsigned char *file = NULL;
    size_t bytes = 0;

    write_chunks(skel_scratch_file("chunks", ".h5"));
    bytes = skel_file_bytes_read(skel_scratch_file("chunks", ".h5"), &file);
    for (int which = 0; which < 2; which++) {
        for (int damage = 0; damage < 4; damage++) {
            const bool twice = damage % 2 != 0;
            const unsigned wrong = damage < 2 ? 8 : 4096;
            unsigned char *entry = find_chunk(file, bytes, which);
            unsigned char before[32];
            skel_reader *reader = NULL;
            char **texts = NULL;
            size_t count = 0;

            ck_assert_ptr_nonnull(entry);
            ck_assert_uint_eq(entry[0], 32);
            memcpy(before, entry, sizeof before);
            put(entry, 4, wrong);
            if (twice) { /* at the place of the other one */
                put(entry + 8, 8, which == 0 ? 2 : 0);
            }
            skel_file_bytes_write(skel_scratch_file("chunks", ".h5"), bytes, file);
            memcpy(entry, before, sizeof before);
            ck_assert_ok(skel_reader_open(skel_scratch_file("chunks", ".h5"), &reader));
            ck_assert_int_eq(skel_reader_texts(reader, "/texts", &count, &texts), SKEL_ERR_DATA);
            ck_assert_msg(strstr(skel_error_message(), "is not for its dataset") != NULL, "%s",
                          skel_error_message());
            ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
        }
    }
    SKEL_FREE(&file);
}
END_TEST

/* A dataset whose values are in another file: its name is in a heap as those of groups. */
static unsigned char *write_external(const char *path, unsigned char **file, size_t *bytes)
{
    static const hsize_t extent = 4;
    hid_t id = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(1, &extent, NULL);
    hid_t dataset = -1;

    ck_assert(H5Pset_external(creation, "values", 0, 16) >= 0);
    dataset = H5Dcreate2(id, "outside", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    ck_assert(dataset >= 0 && H5Dclose(dataset) >= 0 && H5Sclose(space) >= 0);
    ck_assert(H5Pclose(creation) >= 0 && H5Fclose(id) >= 0);
    *bytes = skel_file_bytes_read(path, file);
    for (size_t i = 0; i + 64 <= *bytes; i++) { /* type 7, and version 1 with one file */
        unsigned char *message = *file + i;

        if (message[0] == 7 && message[1] == 0 && message[HEAD] == 1 && message[HEAD + 6] == 1 &&
            message[HEAD + 7] == 0 && message[HEAD + 32] == 16) {
            return message + HEAD;
        }
    }
    return NULL;
}

START_TEST(a_damaged_list_of_other_files_is_refused)
{
    static const struct {
        size_t byte;
        unsigned char value;
        const char *words;
    } cases[] = {
        {0, 2, "a list of other files"}, /* version */
        {5, 1, "a list of other files"}, /* room: then as many files as fit no message */
        {7, 1, "a list of other files"}, /* files */
        {15, 1, "bytes are needed"},     /* where their names are */
        {19, 1, "list of names"},        /* where the name begins */
    };
    unsigned char *file = NULL;
    size_t bytes = 0;
    unsigned char *list = write_external(skel_scratch_file("outside", ".h5"), &file, &bytes);
    skel_reader *reader = NULL;

    ck_assert_ptr_nonnull(list);
    ck_assert_ok(skel_reader_open(skel_scratch_file("outside", ".h5"), &reader));
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char before[24];

        memcpy(before, list, sizeof before);
        list[cases[i].byte] = cases[i].value;
        if (cases[i].byte == 5) {
            list[7] = 1;
        }
        skel_file_bytes_write(skel_scratch_file("outside", ".h5"), bytes, file);
        memcpy(list, before, sizeof before);
        ck_assert_msg(skel_reader_open(skel_scratch_file("outside", ".h5"), &reader) ==
                          SKEL_ERR_DATA,
                      "case %zu", i);
        ck_assert_msg(strstr(skel_error_message(), cases[i].words) != NULL, "case %zu: %s", i,
                      skel_error_message());
    }
    SKEL_FREE(&file);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, skel_scratch_make, skel_scratch_remove);
    tcase_add_test(tcase, a_header_goes_on_in_another_part);
    tcase_add_test(tcase, a_part_that_leads_to_itself_is_refused);
    tcase_add_test(tcase, parts_that_lead_to_each_other_are_refused);
    tcase_add_test(tcase, a_part_without_room_for_a_message_is_refused);
    tcase_add_test(tcase, a_message_that_begins_at_the_end_of_a_part_is_refused);
    tcase_add_test(tcase, a_part_behind_the_end_of_the_file_is_refused);
    tcase_add_test(tcase, a_file_whose_blocks_are_read_again_and_again_is_refused);
    tcase_add_test(tcase, a_chunk_that_is_listed_twice_with_two_sizes_is_refused);
    tcase_add_test(tcase, a_damaged_list_of_other_files_is_refused);
}

int main(void)
{
    return skel_suite_run("hostile_headers", fill);
}
