/* Archives of arrays. An entry of the zip file: a local header, the .npy file (a text that
 * describes the array, padded to 64 bytes, then its values in C order); at the end a list of all
 * entries. Source: NEP 1 (the .npy format); PKWARE's APPNOTE 4.3. */
#include "skel/npz.h"

#include "skel/memory.h"
#include "skel/output.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum {
    ENTRIES = 65535,
    LOCAL = 30,   /* bytes of a local header without the name */
    CENTRAL = 46, /* of an entry of the list */
    END = 22,     /* of the end of the list */
    HEADER = 256, /* most bytes of a .npy header; its length is a multiple of 64 */
    PREFIX = 10,  /* of these: magic, version, length of the text */
    NAME = SKEL_NAME + 8,
};

/* One array that is in the archive. */
typedef struct npz_entry {
    char name[NAME]; /* with ".npy" */
    uint32_t crc;
    uint32_t bytes;
    uint32_t offset; /* of the local header */
} npz_entry;

typedef struct npz_writing {
    skel_output *output;
    size_t count;
    npz_entry *entry; /* [count] */
    float *values;    /* [largest array] masked */
} npz_writing;

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value);
    put16(at + 2, value >> 16);
}

/* The fields that local headers and the list share, from "version needed" on: 26 bytes.
 * Version 2.0, names in UTF-8 (flag bit 11), not compressed, dated 1980-01-01, so that equal runs
 * are equal files. */
static void put_shared(const npz_entry *entry, uint8_t *at)
{
    memset(at, 0, 26);
    put16(at, 20);
    put16(at + 2, 1U << 11);
    put16(at + 8, 0x21);
    put32(at + 10, entry->crc);
    put32(at + 14, entry->bytes);
    put32(at + 18, entry->bytes);
    put16(at + 22, (uint32_t)strlen(entry->name));
}

/* The header of a .npy file; returns its length. */
static size_t describe(size_t dims, const size_t shape[], uint8_t out[HEADER])
{
    static const uint8_t magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    char text[HEADER] = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
    size_t used = strlen(text);
    size_t length = 0;

    for (size_t i = 0; i < dims; i++) {
        used += (size_t)snprintf(text + used, HEADER - used, "%zu,%s", shape[i],
                                 i + 1 < dims ? " " : "");
    }
    used += (size_t)snprintf(text + used, HEADER - used, "), }");
    length = (PREFIX + used + 1 + 63) / 64 * 64;
    memcpy(out, magic, sizeof magic);
    put16(out + 8, (uint32_t)(length - PREFIX));
    for (size_t i = 0; i < length - PREFIX; i++) {
        out[PREFIX + i] = (uint8_t)(i < used ? text[i] : ' ');
    }
    out[length - 1] = '\n';
    return length;
}

static skel_status add(npz_writing *writing, const char *name, size_t dims, const size_t shape[],
                       size_t count, const float values[])
{
    npz_entry *entry = &writing->entry[writing->count];
    uint8_t local[LOCAL];
    uint8_t header[HEADER];
    size_t length = describe(dims, shape, header);
    size_t bytes = length + count * sizeof *values;

    if (bytes + skel_output_bytes(writing->output) >= UINT32_MAX - 65536) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "an archive of 4 GiB or more is not written");
    }
    *entry = (npz_entry){.bytes = (uint32_t)bytes,
                         .offset = (uint32_t)skel_output_bytes(writing->output)};
    (void)snprintf(entry->name, NAME, "%s.npy", name);
    entry->crc = (uint32_t)crc32(0, header, (uInt)length);
    entry->crc = (uint32_t)crc32(entry->crc, (const Bytef *)(const void *)values,
                                 (uInt)(count * sizeof *values));
    put32(local, 0x04034b50);
    put_shared(entry, local + 4);
    skel_output_write(writing->output, sizeof local, local);
    skel_output_write(writing->output, strlen(entry->name), entry->name);
    skel_output_write(writing->output, length, header);
    skel_output_write(writing->output, count * sizeof *values, values);
    writing->count++;
    return SKEL_OK;
}

static void add_list(npz_writing *writing)
{
    size_t start = skel_output_bytes(writing->output);
    uint8_t end[END] = {0};

    for (size_t i = 0; i < writing->count; i++) {
        const npz_entry *entry = &writing->entry[i];
        uint8_t central[CENTRAL] = {0};

        put32(central, 0x02014b50);
        put16(central + 4, 20);
        put_shared(entry, central + 6);
        put32(central + 42, entry->offset);
        skel_output_write(writing->output, sizeof central, central);
        skel_output_write(writing->output, strlen(entry->name), entry->name);
    }
    put32(end, 0x06054b50);
    put16(end + 8, (uint32_t)writing->count);
    put16(end + 10, (uint32_t)writing->count);
    put32(end + 12, (uint32_t)(skel_output_bytes(writing->output) - start));
    put32(end + 16, (uint32_t)start);
    skel_output_write(writing->output, sizeof end, end);
}

/* A parameter, with zeros where the mask has them. */
static skel_status add_parameter(npz_writing *writing, const skel_parameter *parameter,
                                 const float parameters[], const uint8_t keep[])
{
    const float *values = parameters + parameter->offset;

    if (keep != NULL) {
        for (size_t i = 0; i < parameter->count; i++) {
            writing->values[i] = keep[parameter->offset + i] != 0 ? values[i] : 0.0F;
        }
        values = writing->values;
    }
    return add(writing, parameter->name, parameter->dims, parameter->shape, parameter->count,
               values);
}

static size_t largest(const skel_network *network)
{
    size_t most = 1;

    for (size_t i = 0; i < network->parameters; i++) {
        most = network->parameter[i].count > most ? network->parameter[i].count : most;
    }
    return most;
}

skel_status skel_npz_write(const char *path, const skel_network *network, const float parameters[],
                           const float buffers[], const uint8_t keep[])
{
    npz_writing writing = {0};
    size_t count = network->parameters + network->buffers;
    skel_status status = SKEL_OK;

    if (count > ENTRIES) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "%s: an archive of %zu arrays; at most %d can be", path,
                         count, ENTRIES);
    }
    SKEL_TRY(SKEL_ALLOC(count, sizeof *writing.entry, &writing.entry));
    SKEL_TRY(SKEL_ALLOC_RAW(largest(network), sizeof *writing.values, &writing.values));
    SKEL_TRY(skel_output_open(path, &writing.output));
    for (size_t i = 0; i < network->parameters; i++) {
        SKEL_TRY(add_parameter(&writing, &network->parameter[i], parameters, keep));
    }
    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *buffer = &network->buffer[i];

        SKEL_TRY(add(&writing, buffer->name, 1, &buffer->count, buffer->count,
                     buffers + buffer->offset));
    }
    add_list(&writing);
    SKEL_TRY(skel_output_publish(&writing.output));
done:
    skel_output_discard(&writing.output);
    SKEL_FREE(&writing.values);
    SKEL_FREE(&writing.entry);
    return status;
}
