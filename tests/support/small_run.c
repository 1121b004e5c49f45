/* Through the writer of run files, by one rank. */
#include "small_run.h"

#include "skel/run_file.h"

#include <stdio.h>

/* Texts with dimension scales. */
static skel_status write_names(skel_file *file)
{
    static const char *const names[] = {"conv1.weight", "fc.weight"};
    static const char path[] = "/metrics/layers/name";
    size_t width = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_write_texts(file, path, 2, names, &width));
    SKEL_TRY(skel_file_write_extent(file, "/metrics/name_bytes", width));
    SKEL_TRY(skel_file_write_extent(file, "/metrics/layers/layer", 2));
    SKEL_TRY(skel_file_set_scale(file, path, 0, "/metrics/layers/layer"));
    SKEL_TRY(skel_file_set_scale(file, path, 1, "/metrics/name_bytes"));
done:
    return status;
}

skel_status skel_small_run_write(const char *path, const float values[], const uint8_t mask[])
{
    skel_file_dataset spec = {
        .element = SKEL_FLOAT32, .dims = 2, .shape = {30, SMALL_RUN_VALUES / 30}};
    char name[64];
    skel_comm *comm = NULL;
    skel_file *file = NULL;
    skel_status status = skel_comm_create_self(&comm);

    SKEL_TRY(status);
    SKEL_TRY(skel_file_create(comm, path, &file));
    SKEL_TRY(skel_run_file_stamp(file, SKEL_RUN_SCHEMA, "0.1.0", "2026-01-31T13:05:00Z"));
    for (int i = 0; i < SMALL_RUN_MEMBERS; i++) {
        (void)snprintf(name, sizeof name, "key%d", i);
        SKEL_TRY(skel_file_set_integer(file, "/provenance", name, i));
        (void)snprintf(name, sizeof name, "/weights/layer%d.weight", i);
        spec.path = name;
        spec.element = SKEL_FLOAT32;
        spec.deflate = false;
        spec.data = values;
        SKEL_TRY(skel_file_write(file, &spec));
        (void)snprintf(name, sizeof name, "/masks/layer%d.weight", i);
        spec.element = SKEL_UINT8;
        spec.deflate = true;
        spec.data = mask;
        SKEL_TRY(skel_file_write(file, &spec));
    }
    SKEL_TRY(write_names(file));
    SKEL_TRY(skel_file_set_double(file, "/summary", "sparsity", 0.1));
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    skel_comm_destroy(&comm);
    return status;
}
