/* Attributes of HDF5's first format as bytes: whole ones, and each part made larger than its place.
 */
#include "suite.h"

#include "store/attribute_message.h"

#include <string.h>

enum { NAME = 16, TYPE = 16, SHAPE = 16, VALUES = 24, SIZE = 8 + NAME + TYPE + SHAPE + VALUES };

/* Version 1: three numbers of eight bytes. Parts are padded to eight bytes. */
static void make(uint8_t message[SIZE])
{
    memset(message, 0, SIZE);
    message[0] = 1;
    message[2] = 12; /* bytes of the name, with its zero */
    message[4] = 12; /* of the type */
    message[6] = SHAPE;
    memcpy(message + 8, "a long name", 12);
    message[8 + NAME] = 0x10;    /* an integer ... */
    message[8 + NAME + 4] = 8;   /* of eight bytes, */
    message[8 + NAME + 10] = 64; /* and all their bits */
    message[8 + NAME + TYPE] = 1;
    message[8 + NAME + TYPE + 1] = 1; /* dimension ... */
    message[8 + NAME + TYPE + 8] = 3; /* of three elements */
}

START_TEST(a_whole_attribute_fits)
{
    uint8_t message[SIZE];

    make(message);
    ck_assert(skel_attribute_message_fits(SIZE, message));
    message[8 + NAME + TYPE + 1] = 0; /* a scalar: its dimensions are not read */
    ck_assert(skel_attribute_message_fits(SIZE, message));
}
END_TEST

START_TEST(a_message_that_ends_early_does_not)
{
    uint8_t message[SIZE];

    make(message);
    for (size_t size = 0; size < SIZE; size++) {
        ck_assert(!skel_attribute_message_fits(size, message));
    }
}
END_TEST

START_TEST(a_part_that_is_larger_than_its_place_does_not)
{
    static const struct {
        size_t byte;
        uint8_t value;
    } cases[] = {
        {3, 1},                       /* a name of 256 bytes more */
        {5, 1},                       /* a type of 256 bytes more */
        {7, 1},                       /* a shape of 256 bytes more */
        {8 + 11, 'x'},                /* a name without its zero */
        {8 + NAME + 4, 9},            /* values of nine bytes */
        {8 + NAME + 7, 0x80},         /* values of 2 GiB */
        {8 + NAME + TYPE + 1, 2},     /* more dimensions than the shape has room for */
        {8 + NAME + TYPE + 8, 4},     /* four elements */
        {8 + NAME + TYPE + 15, 0x7f}, /* as many elements as overflow 64 bits */
        {8 + NAME + TYPE, 3},         /* a shape of an unknown version */
        {0, 4},                       /* a message of an unknown version */
        {0, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t message[SIZE];

        make(message);
        message[cases[i].byte] = cases[i].value;
        ck_assert_msg(!skel_attribute_message_fits(SIZE, message), "case %zu", i);
    }
}
END_TEST

/* Version 2: parts without padding, and a shape that says its kind. */
static size_t make_later(uint8_t message[SIZE])
{
    static const uint8_t shape[] = {2, 1, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0}; /* one dimension of 3 */
    uint8_t padded[SIZE];

    make(padded);
    memset(message, 0, SIZE);
    memcpy(message, padded, 8);
    message[0] = 2;
    message[6] = sizeof shape;
    memcpy(message + 8, padded + 8, 12);
    memcpy(message + 20, padded + 8 + NAME, 12);
    memcpy(message + 32, shape, sizeof shape);
    return 32 + sizeof shape + VALUES;
}

/* HDF5 refuses them, and crashes behind that if there are other attributes. */
START_TEST(what_the_library_refuses_does_not)
{
    static const struct {
        size_t byte;
        uint8_t value;
    } cases[] = {
        {1, 4},      /* an unknown flag */
        {1, 0x80},   /* another one */
        {8 + 3, 0},  /* a name that ends early */
        {32 + 3, 0}, /* a scalar with a dimension */
        {32 + 3, 2}, /* nothing with a dimension */
        {32 + 3, 3}, /* an unknown kind of shape */
    };
    uint8_t message[SIZE];
    size_t size = make_later(message);

    ck_assert(skel_attribute_message_fits(size, message));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)make_later(message);
        message[cases[i].byte] = cases[i].value;
        ck_assert_msg(!skel_attribute_message_fits(size, message), "case %zu", i);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_whole_attribute_fits);
    tcase_add_test(tcase, a_message_that_ends_early_does_not);
    tcase_add_test(tcase, a_part_that_is_larger_than_its_place_does_not);
    tcase_add_test(tcase, what_the_library_refuses_does_not);
}

int main(void)
{
    return skel_suite_run("attribute_message", fill);
}
