/* Types of numbers as bytes: the ones of HDF5 fit, and no part of one lies outside its element. */
#include "suite.h"

#include "store/datatype_message.h"

#include "skel/random.h"

#include <hdf5.h>
#include <stdio.h>
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

enum { TYPES = 12, TEXT = 2 };      /* the number of texts of variable length */
enum { ENCODED = 512, HEADER = 2 }; /* bytes; of these in front of a message */

/* Types of all classes, and types within types. */
static hid_t type_of(int number)
{
    const hsize_t dims[] = {2, 3};
    const int8_t values[] = {0, 1};
    hid_t type = -1;

    switch (number) {
    case 0:
        return H5Tcopy(H5T_IEEE_F64BE);
    case 1:
        return H5Tcopy(H5T_STD_U16LE);
    case TEXT:
        type = H5Tcopy(H5T_C_S1);
        ck_assert(H5Tset_size(type, H5T_VARIABLE) >= 0);
        return type;
    case 3:
        type = H5Tcreate(H5T_ENUM, 1);
        ck_assert(H5Tenum_insert(type, "FALSE", &values[0]) >= 0);
        ck_assert(H5Tenum_insert(type, "TRUE", &values[1]) >= 0);
        return type;
    case 4:
        type = H5Tcreate(H5T_COMPOUND, 16);
        ck_assert(H5Tinsert(type, "r", 0, H5T_IEEE_F64LE) >= 0);
        ck_assert(H5Tinsert(type, "i", 8, H5T_IEEE_F64LE) >= 0);
        return type;
    case 5:
        return H5Tarray_create2(H5T_IEEE_F32LE, 2, dims);
    case 6:
        return H5Tvlen_create(H5T_STD_I32LE);
    case 7:
        return H5Tcopy(H5T_STD_REF_OBJ);
    case 8:
        return H5Tcopy(H5T_STD_B8LE);
    case 9:
        type = H5Tcreate(H5T_OPAQUE, 3);
        ck_assert(H5Tset_tag(type, "of three bytes") >= 0);
        return type;
    case 10:
        return H5Tcopy(H5T_UNIX_D32LE);
    default:
        return H5Tcopy(H5T_STD_REF_DSETREG);
    }
}

/* HDF5 crashes where it refuses one attribute of several, so that it must refuse no type that fits.
 */
static void check_decodes(int number, size_t size, const uint8_t encoded[])
{
    hid_t type = -1;

    if (!skel_datatype_message_fits(size - HEADER, encoded + HEADER)) {
        return;
    }
    H5E_BEGIN_TRY
    {
        type = H5Tdecode(encoded);
    }
    H5E_END_TRY;
    for (size_t i = HEADER; type < 0 && i < size; i++) {
        (void)fprintf(stderr, "%02x ", encoded[i]);
    }
    ck_assert_msg(type >= 0, "type %d", number);
    (void)H5Tclose(type);
}

/* A type as it is in a file, behind its header. */
static size_t encode(int number, uint8_t encoded[ENCODED])
{
    hid_t type = type_of(number);
    size_t size = 0;

    ck_assert(H5Tencode(type, NULL, &size) >= 0);
    ck_assert(size <= ENCODED);
    ck_assert(H5Tencode(type, encoded, &size) >= 0);
    (void)H5Tclose(type);
    encoded[HEADER + 4] = number == TEXT ? 16 : encoded[HEADER + 4]; /* bytes in a file */
    ck_assert_msg(skel_datatype_message_fits(size - HEADER, encoded + HEADER), "type %d", number);
    return size;
}

START_TEST(hdf5_decodes_every_type_that_fits)
{
    for (int number = 0; number < TYPES; number++) {
        uint8_t encoded[ENCODED];
        size_t size = encode(number, encoded);

        for (size_t at = HEADER; at < size; at++) {
            uint8_t was = encoded[at];

            for (unsigned value = 0; value <= UINT8_MAX; value++) {
                encoded[at] = (uint8_t)value;
                check_decodes(number, size, encoded);
            }
            encoded[at] = was;
        }
    }
}
END_TEST

START_TEST(hdf5_decodes_types_of_which_several_bytes_have_changed)
{
    enum { DRAWS = 20000, CHANGES = 3 };
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_CHECK, 0, 0);

    for (int draw = 0; draw < DRAWS; draw++) {
        int number = draw % TYPES;
        uint8_t encoded[ENCODED];
        size_t size = encode(number, encoded);

        for (int i = 0; i < CHANGES; i++) {
            size_t at = HEADER + skel_stream_below(&stream, (uint32_t)(size - HEADER));

            encoded[at] = (uint8_t)(skel_stream_below(&stream, 2) == 0
                                        ? skel_stream_below(&stream, 8) /* counts are small */
                                        : skel_stream_below(&stream, UINT8_MAX + 1));
        }
        check_decodes(number, size, encoded);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, numbers_of_hdf5_fit);
    tcase_add_test(tcase, fewer_bits_than_bytes_have_fit);
    tcase_add_test(tcase, a_part_outside_its_element_does_not_fit);
    tcase_add_test(tcase, an_exponent_wider_than_an_integer_does_not_fit);
    tcase_add_test(tcase, hdf5_decodes_every_type_that_fits);
    tcase_add_test(tcase, hdf5_decodes_types_of_which_several_bytes_have_changed);
}

int main(void)
{
    return skel_suite_run("datatype_message", fill);
}
