/* Networks of files: the description that a run file would have travels from the root. */
#include "imported_network.h"

#include "skel/memory.h"
#include "skel/onnx.h"
#include "skel/stored_network.h"

#include <string.h>

/* A description on its way. */
typedef struct described {
    char name[SKEL_NAME];
    size_t bytes;
    uint8_t *model; /* [bytes] */
} described;

static skel_status read_network(const skel_assignment *assignment, const skel_settings *settings,
                                skel_network **out)
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (assignment->contents != NULL) {
        return skel_settings_network(assignment->job, settings, out);
    }
    SKEL_TRY(skel_reader_open(assignment->path, &reader));
    SKEL_TRY(skel_stored_network(reader, assignment->job, settings, out));
done:
    return skel_reader_close(&reader, status);
}

/* Root only. */
static skel_status describe(const skel_assignment *assignment, const skel_settings *settings,
                            described *out)
{
    skel_network *network = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(read_network(assignment, settings, &network));
    SKEL_ASSERT(network != NULL);
    memcpy(out->name, network->name, sizeof out->name);
    SKEL_TRY(skel_onnx_pack(network, NULL, &out->bytes, &out->model));
done:
    skel_network_destroy(&network);
    return status;
}

skel_status skel_imported_network_make(const skel_assignment *assignment,
                                       const skel_settings *settings, skel_network **out)
{
    const skel_comm *comm = assignment->comm;
    described it = {.bytes = 0};
    skel_status status = SKEL_OK;

    *out = NULL;
    if (skel_comm_is_root(comm)) {
        status = describe(assignment, settings, &it);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, sizeof it.name, it.name);
    skel_comm_broadcast(comm, sizeof it.bytes, &it.bytes);
    if (!skel_comm_is_root(comm)) {
        status = SKEL_ALLOC_RAW(it.bytes, 1, &it.model);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, it.bytes, it.model);
    /* The root parses as well, so that all ranks have what the same bytes say. */
    SKEL_TRY(skel_comm_agree(
        comm, skel_onnx_parse(assignment->job->model.file, it.name, it.bytes, it.model, out)));
done:
    SKEL_FREE(&it.model);
    if (status != SKEL_OK) {
        skel_network_destroy(out);
    }
    return status;
}
