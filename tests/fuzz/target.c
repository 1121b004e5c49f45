/* Inputs as files in memory: what is tested reads files. */
#include "target.h"

#include "skel/log.h"
#include "skel/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NAME = 64 };

static char paths[2][NAME];

static void remove_files(void)
{
    (void)unlink(paths[0]);
    (void)unlink(paths[1]);
}

static const char *write_file(int which, size_t size, const uint8_t *data)
{
    FILE *file = NULL;

    if (paths[0][0] == '\0') {
        (void)snprintf(paths[0], NAME, "/dev/shm/skel-fuzz-%d", (int)getpid());
        (void)snprintf(paths[1], NAME, "/dev/shm/skel-fuzz-%d-b", (int)getpid());
        (void)atexit(remove_files);
        skel_log_configure(SKEL_LOG_WARNING, false);
    }
    file = fopen(paths[which], "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        abort();
    }
    return paths[which];
}

const char *skel_fuzz_file(size_t size, const uint8_t *data)
{
    return write_file(0, size, data);
}

const char *skel_fuzz_other_file(size_t size, const uint8_t *data)
{
    return write_file(1, size, data);
}

void skel_fuzz_expect(skel_status status)
{
    bool in_words = status == SKEL_OK || skel_error_message()[0] != '\0';
    bool expected = status == SKEL_OK || status == SKEL_ERR_DATA || status == SKEL_ERR_CONFIG ||
                    status == SKEL_ERR_IO;

    if (getenv("SKEL_FUZZ_SOUND") != NULL) {
        expected = status == SKEL_OK;
    }
    if (!in_words || !expected) {
        (void)fprintf(stderr, "%s\n", skel_error_message());
        abort();
    }
    skel_error_clear();
}

void skel_fuzz_expect_blocks(size_t before)
{
    if (skel_memory_blocks() != before) {
        abort();
    }
}

void skel_fuzz_data_file(const skel_catalog_entry *entry, size_t size, const uint8_t *data,
                         uint8_t images[], uint16_t labels[])
{
    char packed[NAME + sizeof ".gz"];
    skel_data_file_sums sums;
    const char *path = NULL;
    int file = 0;

    if (size < 1) {
        return;
    }
    file = data[0] & 1;
    path = skel_fuzz_file(size - 1, data + 1);
    if ((data[0] & 2) != 0) { /* the name decides whether the content is gzip */
        (void)snprintf(packed, sizeof packed, "%s.gz", path);
        if (rename(path, packed) != 0) {
            abort();
        }
        path = packed;
    }
    skel_fuzz_expect(skel_data_file_probe(entry, &entry->file[file], path));
    skel_fuzz_expect(
        skel_data_file_read(entry, &entry->file[file], path, images, labels, true, &sums));
    (void)unlink(path);
}

const skel_comm *skel_fuzz_comm(void)
{
    static skel_comm *self;

    if (self == NULL && skel_comm_create_self(&self) != SKEL_OK) {
        abort();
    }
    return self;
}
