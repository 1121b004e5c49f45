/* Damage, byte by byte. */
#include "file_bytes.h"

#include "sample.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/reader.h"

#include <stdio.h>
#include <string.h>

size_t skel_file_bytes_read(const char *path, unsigned char **out)
{
    FILE *file = fopen(path, "rb");
    size_t bytes = 0;

    ck_assert(file != NULL && fseek(file, 0, SEEK_END) == 0);
    bytes = (size_t)ftell(file);
    rewind(file);
    ck_assert_ok(SKEL_ALLOC_RAW(bytes, 1, out));
    ck_assert(fread(*out, 1, bytes, file) == bytes);
    (void)fclose(file);
    return bytes;
}

void skel_file_bytes_write(const char *path, size_t bytes, const unsigned char block[])
{
    FILE *file = fopen(path, "wb");

    ck_assert(file != NULL && fwrite(block, 1, bytes, file) == bytes && fclose(file) == 0);
}

static skel_status read_object(skel_reader *reader, const char *path, skel_object_kind kind,
                               void *unused)
{
    char text[64];
    char **names = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    (void)unused;
    if (kind != SKEL_OBJECT_GROUP && kind != SKEL_OBJECT_DATASET) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_list_attributes(reader, path, &count, &names));
    for (size_t i = 0; i < count; i++) {
        skel_reader_attribute(reader, path, names[i], sizeof text, text);
    }
    skel_reader_free_names(count, &names);
    if (kind == SKEL_OBJECT_DATASET && skel_reader_is_text(reader, path)) {
        SKEL_TRY(skel_reader_texts(reader, path, &count, &names));
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

/* A sample is each fifth byte: it goes through the places of fields, whose lengths are powers of 2.
 */
enum { PARTS = 5 };

/* Most bytes of a file's free space are zeros behind zeros. */
static bool is_free(const unsigned char block[], size_t at)
{
    static const unsigned char zeros[9];

    return at >= 8 && memcmp(block + at - 8, zeros, sizeof zeros) == 0;
}

void skel_file_bytes_damage_each(const char *path)
{
    unsigned char *block = NULL;
    size_t bytes = skel_file_bytes_read(path, &block);
    int refused = 0;

    for (size_t i = 0; i < bytes; i++) {
        skel_reader *reader = NULL;
        skel_status status = SKEL_OK;

        if (is_free(block, i) || !skel_sample_takes(i, PARTS)) {
            continue;
        }
        block[i] ^= 0xff;
        skel_file_bytes_write(path, bytes, block);
        status = skel_reader_open(path, &reader);
        if (status == SKEL_OK) {
            status = skel_reader_walk(reader, "/", read_object, NULL);
        }
        ck_assert(status == SKEL_OK || status == SKEL_ERR_DATA);
        refused += status != SKEL_OK;
        ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
        block[i] ^= 0xff;
    }
    ck_assert_int_gt(refused, 0);
    SKEL_FREE(&block);
}
