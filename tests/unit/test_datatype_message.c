/* Types of numbers as bytes: the ones of HDF5 fit, and no part of one lies outside its element. */
#include "suite.h"

#include "store/datatype_message.h"

#include <string.h>

enum { INTEGER = 12, FLOAT = 20 }; /* bytes of a message */

/* An integer of 4 bytes; a floating-point number of 8. */
static const uint8_t integer[INTEGER] = {0x10, 8, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0};
static const uint8_t real[FLOAT] = {0x11, 32, 63, 0,  8, 0,  0,    0, 0, 0,
                                    64,   0,  52, 11, 0, 52, 0xff, 3, 0, 0};

START_TEST(numbers_of_hdf5_fit)
{
    ck_assert(skel_datatype_message_fits(INTEGER, integer));
    ck_assert(skel_datatype_message_fits(FLOAT, real));
    for (size_t size = 0; size < FLOAT; size++) {
        ck_assert(!skel_datatype_message_fits(size, real));
        ck_assert(size >= INTEGER || !skel_datatype_message_fits(size, integer));
    }
}
END_TEST

START_TEST(fewer_bits_than_bytes_have_fit)
{
    uint8_t message[INTEGER];

    memcpy(message, integer, INTEGER);
    for (uint8_t first = 0; first < 32; first++) {
        message[8] = first;
        for (uint8_t count = 1; count <= 32; count++) {
            message[10] = count;
            ck_assert_int_eq(skel_datatype_message_fits(INTEGER, message), first + count <= 32);
        }
    }
}
END_TEST

START_TEST(a_part_outside_its_element_does_not_fit)
{
    static const struct {
        bool is_real;
        size_t byte;
        uint8_t value;
    } cases[] = {
        {false, 4, 3},   /* bytes of an integer of 32 bits */
        {false, 8, 1},   /* its first bit */
        {false, 9, 1},   /* its first bit, 256 more */
        {false, 10, 0},  /* no bits */
        {false, 10, 33}, /* bits */
        {false, 11, 1},  /* 256 bits more */
        {true, 2, 64},   /* the sign */
        {true, 4, 7},    /* bytes of a number of 64 bits */
        {true, 10, 63},  /* bits, so that the sign is outside */
        {true, 12, 54},  /* the exponent's first bit */
        {true, 13, 0},   /* an exponent of no bits */
        {true, 13, 13},  /* bits of the exponent */
        {true, 14, 13},  /* the mantissa's first bit */
        {true, 15, 0},   /* a mantissa of no bits */
        {true, 15, 65},  /* bits of the mantissa */
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t message[FLOAT] = {0};
        const size_t size = cases[i].is_real ? FLOAT : INTEGER;

        memcpy(message, cases[i].is_real ? real : integer, size);
        message[cases[i].byte] = cases[i].value;
        ck_assert_msg(!skel_datatype_message_fits(size, message), "case %zu", i);
    }
}
END_TEST

/* HDF5 reads an exponent as one integer. */
START_TEST(an_exponent_wider_than_an_integer_does_not_fit)
{
    uint8_t message[FLOAT];

    memcpy(message, real, FLOAT);
    message[4] = 32; /* bytes */
    message[10] = 200;
    message[12] = 0;
    message[13] = 63;
    ck_assert(skel_datatype_message_fits(FLOAT, message));
    message[13] = 64;
    ck_assert(!skel_datatype_message_fits(FLOAT, message));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, numbers_of_hdf5_fit);
    tcase_add_test(tcase, fewer_bits_than_bytes_have_fit);
    tcase_add_test(tcase, a_part_outside_its_element_does_not_fit);
    tcase_add_test(tcase, an_exponent_wider_than_an_integer_does_not_fit);
}

int main(void)
{
    return skel_suite_run("datatype_message", fill);
}
