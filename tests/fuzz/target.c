/* Inputs as files in memory: what is tested reads files. */
#include "target.h"

#include "skel/log.h"

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

    if (!in_words || !expected) {
        abort();
    }
    skel_error_clear();
}

const skel_comm *skel_fuzz_comm(void)
{
    static skel_comm *self;

    if (self == NULL && skel_comm_create_self(&self) != SKEL_OK) {
        abort();
    }
    return self;
}
