/* Ranks and agreement on top of MPI. A group without MPI has comm == MPI_COMM_NULL and one rank. */
#include "group.h"
#include "node_sum.h"

#include "skel/host_memory.h"
#include "skel/launch.h"
#include "skel/memory.h"
#include "skel/watchdog.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MESSAGE_SIZE = 2048,
    SLICE = 1 << 28, /* elements per MPI call: counts are ints */
};

struct skel_comm {
    MPI_Comm comm;
    int rank;
    int size;
    skel_node *node;
};

static void abort_all_ranks(void)
{
    (void)MPI_Abort(MPI_COMM_WORLD, skel_status_exit_code(SKEL_ERR_INTERNAL));
}

skel_status skel_comm_create_self(skel_comm **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status != SKEL_OK) {
        return status;
    }
    status = SKEL_ALLOC(1, sizeof *(*out)->node, &(*out)->node);
    if (status != SKEL_OK) {
        SKEL_FREE(out);
        return status;
    }
    (*out)->node->all = MPI_COMM_NULL;
    (*out)->comm = MPI_COMM_NULL;
    (*out)->size = 1;
    return SKEL_OK;
}

void skel_comm_adopt(skel_comm *group, MPI_Comm comm)
{
    SKEL_ASSERT(group->comm == MPI_COMM_NULL);
    group->node->all = comm;
    group->comm = comm;
    (void)MPI_Comm_rank(comm, &group->rank);
    (void)MPI_Comm_size(comm, &group->size);
}

skel_status skel_comm_start(int *argc, char ***argv, skel_comm **out)
{
    MPI_Comm all = MPI_COMM_NULL;
    int provided = MPI_THREAD_SINGLE;
    skel_comm *made = NULL;
    skel_status status = skel_launch_check(0);

    *out = NULL;
    SKEL_TRY(status);
    SKEL_TRY(skel_comm_create_self(&made));
    /* Ranks that share a core must yield. A value that the user has set stays. */
    (void)setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
    if (MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_INTERNAL, "MPI_Init_thread failed"));
    }
    skel_assert_hook(abort_all_ranks);
    (void)MPI_Comm_dup(MPI_COMM_WORLD, &all);
    skel_comm_adopt(made, all);
    *out = made;
    made = NULL;
    SKEL_TRY(skel_launch_check(skel_comm_size(*out)));
done:
    skel_comm_destroy(&made);
    return status;
}

void skel_comm_stop(void)
{
    skel_assert_hook(NULL);
    (void)MPI_Finalize();
}

void skel_comm_destroy(skel_comm **comm)
{
    if (*comm == NULL) {
        return;
    }
    skel_node_close((*comm)->node);
    if ((*comm)->comm != MPI_COMM_NULL) {
        (void)MPI_Comm_free(&(*comm)->comm);
    }
    SKEL_FREE(&(*comm)->node);
    SKEL_FREE(comm);
}

int skel_comm_rank(const skel_comm *comm)
{
    return comm->rank;
}

int skel_comm_size(const skel_comm *comm)
{
    return comm->size;
}

bool skel_comm_is_root(const skel_comm *comm)
{
    return comm->rank == 0;
}

const void *skel_comm_mpi(const skel_comm *comm)
{
    return comm->comm == MPI_COMM_NULL ? NULL : &comm->comm;
}

skel_status skel_comm_agree(const skel_comm *comm, skel_status local)
{
    char message[MESSAGE_SIZE] = "";
    int mine = local != SKEL_OK ? comm->rank : comm->size;
    int lowest = mine;
    int code = (int)local;

    if (comm->size == 1) {
        return local;
    }
    (void)MPI_Allreduce(&mine, &lowest, 1, MPI_INT, MPI_MIN, comm->comm);
    skel_watchdog_beat();
    if (lowest == comm->size) {
        return SKEL_OK;
    }
    strncpy(message, skel_error_message(), sizeof message - 1);
    (void)MPI_Bcast(&code, 1, MPI_INT, lowest, comm->comm);
    (void)MPI_Bcast(message, MESSAGE_SIZE, MPI_CHAR, lowest, comm->comm);
    return skel_error_set((skel_status)code, "%s", message);
}

void skel_comm_barrier(const skel_comm *comm)
{
    if (comm->size > 1) {
        (void)MPI_Barrier(comm->comm);
    }
}

void skel_comm_rest(const skel_comm *comm)
{
    skel_comm_rest_while(comm, NULL, NULL);
}

void skel_comm_rest_while(const skel_comm *comm, void (*meanwhile)(void *context), void *context)
{
    enum { SHORTEST = 1 << 6, LONGEST = 1 << 14 }; /* microseconds */
    MPI_Request request = MPI_REQUEST_NULL;
    useconds_t nap = SHORTEST;
    int arrived = 0;

    if (comm->size == 1) {
        return;
    }
    (void)MPI_Ibarrier(comm->comm, &request);
    while (!arrived) {
        (void)MPI_Test(&request, &arrived, MPI_STATUS_IGNORE);
        if (!arrived) {
            if (meanwhile != NULL) {
                meanwhile(context);
            }
            (void)usleep(nap);
            nap = nap < LONGEST ? 2 * nap : LONGEST;
        }
    }
}

void skel_comm_broadcast(const skel_comm *comm, size_t bytes, void *block)
{
    if (comm->size == 1) {
        return;
    }
    for (size_t done = 0; done < bytes; done += SLICE) {
        size_t slice = bytes - done < SLICE ? bytes - done : SLICE;

        (void)MPI_Bcast((char *)block + done, (int)slice, MPI_BYTE, 0, comm->comm);
        skel_watchdog_beat();
    }
}

double skel_comm_roots(const skel_comm *comm, double local)
{
    skel_comm_broadcast(comm, sizeof local, &local);
    return local;
}

skel_status skel_comm_broadcast_text(const skel_comm *comm, const char *text, char **out)
{
    uint64_t bytes = skel_comm_is_root(comm) ? strlen(text) + 1 : 0;
    skel_status status = SKEL_OK;

    skel_comm_broadcast(comm, sizeof bytes, &bytes);
    status = skel_comm_agree(comm, SKEL_ALLOC_RAW(bytes, 1, out));
    if (status != SKEL_OK) {
        SKEL_FREE(out);
        return status;
    }
    if (skel_comm_is_root(comm)) {
        memcpy(*out, text, bytes);
    }
    skel_comm_broadcast(comm, bytes, *out);
    return SKEL_OK;
}

static void allreduce(const skel_comm *comm, size_t count, void *values, size_t size,
                      MPI_Datatype type, MPI_Op operation)
{
    if (comm->size == 1) {
        return;
    }
    for (size_t done = 0; done < count; done += SLICE) {
        size_t slice = count - done < SLICE ? count - done : SLICE;

        (void)MPI_Allreduce(MPI_IN_PLACE, (char *)values + done * size, (int)slice, type, operation,
                            comm->comm);
        skel_watchdog_beat();
    }
}

/* Opens the shared memory of the nodes at the first sum that is worth it. */
static bool sums_on_nodes(const skel_comm *comm, size_t bytes)
{
    return comm->size > 1 && bytes >= SKEL_NODE_SUM_LEAST && skel_node_open(comm->node);
}

void skel_comm_sum_i64(const skel_comm *comm, size_t count, int64_t values[])
{
    if (sums_on_nodes(comm, count * sizeof *values)) {
        skel_node_sum_i64(comm->node, count, values);
    } else {
        skel_comm_allreduce_i64(comm, count, values);
    }
}

bool skel_comm_sum_pieces(const skel_comm *comm, size_t count, const skel_pieces *pieces)
{
    bool shared = sums_on_nodes(comm, count * sizeof(int64_t));

    if (shared) {
        skel_node_sum_pieces(comm->node, count, pieces);
    }
    return shared;
}

int skel_comm_nodes(const skel_comm *comm)
{
    if (comm->size == 1) {
        return 1;
    }
    (void)skel_node_open(comm->node);
    return comm->node->nodes;
}

double skel_comm_memory(const skel_comm *comm)
{
    int nodes = skel_comm_nodes(comm);
    int neighbours = (comm->size + nodes - 1) / nodes;

    return skel_host_memory_free(NULL) / neighbours;
}

void skel_comm_allreduce_i64(const skel_comm *comm, size_t count, int64_t values[])
{
    allreduce(comm, count, values, sizeof *values, MPI_INT64_T, MPI_SUM);
}

void skel_comm_sum_f32(const skel_comm *comm, size_t count, float values[])
{
    if (sums_on_nodes(comm, count * sizeof *values)) {
        skel_node_sum_f32(comm->node, count, values);
    } else {
        allreduce(comm, count, values, sizeof *values, MPI_FLOAT, MPI_SUM);
    }
}

void skel_comm_sum_f64(const skel_comm *comm, size_t count, double values[])
{
    allreduce(comm, count, values, sizeof *values, MPI_DOUBLE, MPI_SUM);
}

void skel_comm_max_f64(const skel_comm *comm, size_t count, double values[])
{
    allreduce(comm, count, values, sizeof *values, MPI_DOUBLE, MPI_MAX);
}

void skel_comm_gather_text(const skel_comm *comm, const char *text, size_t width, char out[])
{
    char *row = out + (size_t)comm->rank * width;

    memset(row, 0, width);
    (void)snprintf(row, width, "%s", text);
    if (comm->size > 1) {
        (void)MPI_Allgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, out, (int)width, MPI_CHAR,
                            comm->comm);
    }
}
