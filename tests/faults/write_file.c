/* Writes a file with all ranks, for scripts that make the writing fail.
 *
 *     write_file PATH MEGABYTES [GUILTY LIMIT]
 *
 * With GUILTY, that rank alone can write no byte beyond LIMIT, as if its node's disk failed. */
#include "skel/file.h"
#include "skel/memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { DATASETS = 4 };

static skel_status write_pair(skel_file *file, int index, size_t rows, const float values[],
                              const uint8_t bytes[])
{
    char path[48];
    skel_file_dataset spec = {.path = path, .dims = 2, .shape = {rows, 1024}};
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "/weights/layer%d.weight", index);
    spec.element = SKEL_FLOAT32;
    spec.data = values;
    SKEL_TRY(skel_file_write(file, &spec));
    (void)snprintf(path, sizeof path, "/masks/layer%d.weight", index);
    spec.element = SKEL_UINT8;
    spec.data = bytes;
    spec.deflate = true;
    SKEL_TRY(skel_file_write(file, &spec));
done:
    return status;
}

static skel_status write_all(const skel_comm *comm, const char *path, size_t megabytes)
{
    size_t rows = megabytes * 256 / DATASETS;
    float *values = NULL;
    uint8_t *bytes = NULL;
    skel_file *file = NULL;
    skel_status status = SKEL_ALLOC(rows * 1024, sizeof *values, &values);

    SKEL_TRY(status);
    SKEL_TRY(SKEL_ALLOC(rows * 1024, 1, &bytes));
    for (size_t i = 0; i < rows * 1024; i++) {
        values[i] = (float)i;
        bytes[i] = i * 2654435761U % 100 == 0;
    }
    SKEL_TRY(skel_file_create(comm, path, &file));
    for (int i = 0; i < DATASETS; i++) {
        SKEL_TRY(write_pair(file, i, rows, values, bytes));
    }
    SKEL_TRY(skel_file_set_text(file, "/", "schema_name", "skel-test"));
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    SKEL_FREE(&bytes);
    SKEL_FREE(&values);
    return status;
}

static void limit_writing(rlim_t bytes)
{
    struct rlimit limit = {bytes, bytes};

    (void)signal(SIGXFSZ, SIG_IGN); /* so that write() fails with EFBIG instead */
    (void)setrlimit(RLIMIT_FSIZE, &limit);
}

int main(int argc, char **argv)
{
    skel_comm *comm = NULL;
    skel_status status = SKEL_OK;

    if (argc < 3 || skel_comm_start(&argc, &argv, &comm) != SKEL_OK) {
        return EXIT_FAILURE;
    }
    if (argc > 4 && strtol(argv[3], NULL, 10) == skel_comm_rank(comm)) {
        limit_writing(strtoul(argv[4], NULL, 10));
    }
    status = write_all(comm, argv[1], strtoul(argv[2], NULL, 10));
    if (status != SKEL_OK && skel_comm_is_root(comm)) {
        (void)fprintf(stderr, "skel: error: %s\n", skel_error_message());
    }
    skel_comm_destroy(&comm);
    skel_comm_stop();
    return skel_status_exit_code(status);
}
