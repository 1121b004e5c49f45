/* A type is a head of 8 bytes and what its class has: numbers, names of members, other types. */
#include "datatype_message.h"

#include "little_endian.h"

#include <string.h>

enum { INTEGER, FLOAT, TIME, STRING, BITS, OPAQUE, COMPOUND, REFERENCE, ENUM, SEQUENCE, ARRAY };

enum { HEAD = 8, NESTED = 16, DIMS = 32 };      /* bytes; types within types; dimensions */
enum { POINTER = 16, OBJECT = 8, REGION = 12 }; /* bytes of elements that lead elsewhere */
enum { VERSION = 3 };                           /* the last one that HDF5 1.10 reads */
enum { MEMBERS = 256 };
enum { EXPONENT = 63 }; /* bits: HDF5 reads an exponent as one integer */

/* What is left of a message. */
typedef struct rest {
    size_t size;
    const uint8_t *at;
} rest;

static bool skip(rest *of, size_t bytes)
{
    if (bytes > of->size) {
        return false;
    }
    of->at += bytes;
    of->size -= bytes;
    return true;
}

static bool take(rest *of, size_t bytes, uint64_t *number)
{
    const uint8_t *at = of->at;

    if (!skip(of, bytes)) {
        return false;
    }
    *number = skel_little_endian(at, bytes);
    return true;
}

/* A text with its zero; before version 3 it fills whole blocks of 8 bytes. */
static bool skip_name(rest *of, unsigned version)
{
    const uint8_t *end = of->size > 0 ? memchr(of->at, 0, of->size) : NULL;
    size_t bytes = end != NULL ? (size_t)(end - of->at) + 1 : 0;

    return end != NULL && skip(of, version < 3 ? (bytes + 7) / 8 * 8 : bytes);
}

static bool fits(rest *of, unsigned depth, uint64_t *bytes);

/* Bits of a number within its element: where they begin, how many they are. HDF5 converts numbers
 * without looking. */
static bool bits_fit(rest *of, uint64_t bytes, uint64_t *bits)
{
    uint64_t offset = 0;

    return take(of, 2, &offset) && take(of, 2, bits) && *bits > 0 && offset + *bits <= 8 * bytes;
}

/* Sign, exponent and mantissa of a floating-point number lie among its bits, and HDF5 knows the
 * order of its bytes and the form of its mantissa. */
static bool float_fits(rest *of, unsigned version, uint64_t flags, uint64_t bytes)
{
    const uint64_t backwards = 1;
    const uint64_t vax = 64; /* with `backwards` */
    const uint64_t mantissa = 48;
    uint64_t sign = flags >> 8 & 255;
    uint64_t bits = 0;
    uint64_t first[2] = {0}; /* of exponent, mantissa */
    uint64_t count[2] = {0};

    if ((flags & mantissa) == mantissa ||
        (version == VERSION && (flags & vax) != 0 && (flags & backwards) == 0)) {
        return false;
    }
    if (!bits_fit(of, bytes, &bits) || sign >= bits) {
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        if (!take(of, 1, &first[i]) || !take(of, 1, &count[i]) || count[i] < 1 ||
            first[i] + count[i] > bits) {
            return false;
        }
    }
    return count[0] <= EXPONENT && skip(of, 4); /* bias of the exponent */
}

/* Version 1 has room for the dimensions of a member here. */
static bool skip_dimensions(rest *of, uint64_t *elements)
{
    const uint8_t *dims = of->at;

    *elements = 1;
    if (!skip(of, 28) || dims[0] > 4) {
        return false;
    }
    for (size_t i = 0; i < dims[0]; i++) {
        if (__builtin_mul_overflow(*elements, skel_little_endian(dims + 12 + 4 * i, 4), elements)) {
            return false;
        }
    }
    return *elements > 0;
}

static size_t offset_bytes(unsigned version, uint64_t bytes)
{
    size_t count = 1;

    if (version < 3) {
        return 4;
    }
    while (count < 4 && bytes >> (8 * count) != 0) {
        count++;
    }
    return count;
}

/* Bytes [first, end) of a record. */
typedef struct span {
    uint64_t first;
    uint64_t end;
} span;

static bool is_free(size_t count, const span taken[], uint64_t first, uint64_t end)
{
    for (size_t i = 0; i < count; i++) {
        if (first < taken[i].end && taken[i].first < end) {
            return false;
        }
    }
    return true;
}

/* HDF5 refuses members that overlap. Of records whose members are not in their order, the first
 * MEMBERS are looked at, and those with more are refused. */
static bool compound_fits(rest *of, unsigned version, uint64_t members, uint64_t bytes,
                          unsigned depth)
{
    span taken[MEMBERS];
    uint64_t end = 0; /* of all members so far */

    for (uint64_t i = 0; i < members; i++) {
        uint64_t offset = 0;
        uint64_t elements = 1;
        uint64_t member = 0;

        if (!skip_name(of, version) || !take(of, offset_bytes(version, bytes), &offset) ||
            (version == 1 && !skip_dimensions(of, &elements)) || !fits(of, depth, &member) ||
            __builtin_mul_overflow(elements, member, &member) || offset > bytes ||
            member > bytes - offset) {
            return false;
        }
        if (offset < end && (i > MEMBERS || !is_free(i, taken, offset, offset + member))) {
            return false;
        }
        if (i < MEMBERS) {
            taken[i] = (span){offset, offset + member};
        }
        end = offset + member > end ? offset + member : end;
    }
    return members > 0;
}

static bool enum_fits(rest *of, unsigned version, uint64_t members, uint64_t bytes, unsigned depth)
{
    uint64_t base = 0;
    uint64_t values = 0;

    if (!fits(of, depth, &base) || base != bytes) {
        return false;
    }
    for (uint64_t i = 0; i < members; i++) {
        if (!skip_name(of, version)) {
            return false;
        }
    }
    return members > 0 && !__builtin_mul_overflow(members, base, &values) && skip(of, values);
}

static bool array_fits(rest *of, unsigned version, uint64_t bytes, unsigned depth)
{
    uint64_t dims = 0;
    uint64_t all = 1;
    uint64_t base = 0;
    const uint8_t *shape = NULL;

    if (version < 2 || !take(of, 1, &dims) || dims > DIMS || (version < 3 && !skip(of, 3))) {
        return false;
    }
    shape = of->at;
    if (!skip(of, (version < 3 ? 8 : 4) * dims)) { /* before version 3 with a permutation */
        return false;
    }
    for (size_t i = 0; i < dims; i++) {
        if (__builtin_mul_overflow(all, skel_little_endian(shape + 4 * i, 4), &all)) {
            return false;
        }
    }
    return fits(of, depth, &base) && !__builtin_mul_overflow(all, base, &all) && all == bytes;
}

/* A text has characters of one byte; what HDF5 makes of other elements only their reader knows. */
static bool sequence_fits(rest *of, bool is_text, uint64_t bytes, unsigned depth)
{
    uint64_t base = 0;

    return bytes == POINTER && fits(of, depth, &base) && (!is_text || base == 1);
}

/* One type with all that is in it; `*bytes` is the size of an element. */
static bool fits(rest *of, unsigned depth, uint64_t *bytes)
{
    const uint8_t *head = of->at;
    unsigned version = 0;
    uint64_t bits = 0;
    uint64_t unused = 0;

    if (depth == 0 || !skip(of, HEAD)) {
        return false;
    }
    version = head[0] >> 4;
    bits = skel_little_endian(head + 1, 3);
    *bytes = skel_little_endian(head + 4, 4);
    if (version < 1 || version > VERSION || *bytes == 0) {
        return false;
    }
    switch (head[0] & 15) {
    case INTEGER:
    case BITS:
        return bits_fit(of, *bytes, &unused);
    case FLOAT:
        return float_fits(of, version, bits, *bytes);
    case TIME:
        return skip(of, 2);
    case STRING:
        return true;
    case OPAQUE:
        return skip(of, bits & 255);
    case COMPOUND:
        return compound_fits(of, version, bits & 65535, *bytes, depth - 1);
    case REFERENCE:
        return *bytes == ((bits & 15) == 0 ? OBJECT : REGION);
    case ENUM:
        return enum_fits(of, version, bits & 65535, *bytes, depth - 1);
    case SEQUENCE:
        return sequence_fits(of, (bits & 15) == 1, *bytes, depth - 1);
    case ARRAY:
        return array_fits(of, version, *bytes, depth - 1);
    default:
        return false;
    }
}

bool skel_datatype_message_fits(size_t size, const uint8_t content[])
{
    rest all = {size, content};
    uint64_t bytes = 0;

    return fits(&all, NESTED, &bytes);
}

bool skel_datatype_message_is_later(size_t size, const uint8_t content[])
{
    return size >= HEAD && content[0] >> 4 > VERSION;
}
