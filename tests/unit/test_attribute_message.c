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

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_whole_attribute_fits);
    tcase_add_test(tcase, a_message_that_ends_early_does_not);
    tcase_add_test(tcase, a_part_that_is_larger_than_its_place_does_not);
}

int main(void)
{
    return skel_suite_run("attribute_message", fill);
}
