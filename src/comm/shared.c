/* Memory that the ranks of one node share: an MPI shared-memory window owned by one of them. */
#include "skel/comm.h"

#include "skel/memory.h"

#include <mpi.h>
#include <stdint.h>
#include <string.h>

enum { ALIGNMENT = 64 };

struct skel_shared {
    const skel_comm *comm;
    MPI_Comm node;
    MPI_Win window;
    bool owner;
    void *data;
    void *private_block; /* a group without MPI: plain memory */
};

static const MPI_Comm *mpi_of(const skel_comm *comm)
{
    return skel_comm_mpi(comm);
}

static skel_status window_open(skel_shared *shared, size_t bytes)
{
    MPI_Aint size = shared->owner ? (MPI_Aint)(bytes + ALIGNMENT) : 0;
    MPI_Aint owner_size = 0;
    int unit = 1;
    void *base = NULL;

    MPI_Comm_set_errhandler(shared->node, MPI_ERRORS_RETURN);
    if (MPI_Win_allocate_shared(size, 1, MPI_INFO_NULL, shared->node, &base, &shared->window) !=
        MPI_SUCCESS) {
        shared->window = MPI_WIN_NULL;
        return SKEL_FAIL(SKEL_ERR_MEMORY,
                         "cannot allocate a shared window of %.1f MiB (is /dev/shm full?)",
                         (double)bytes / 1048576.0);
    }
    (void)MPI_Win_shared_query(shared->window, 0, &owner_size, &unit, &base);
    shared->data = (char *)base + (ALIGNMENT - (uintptr_t)base % ALIGNMENT) % ALIGNMENT;
    if (shared->owner) {
        memset(shared->data, 0, bytes);
    }
    return SKEL_OK;
}

skel_status skel_shared_create(const skel_comm *comm, size_t bytes, skel_shared **out)
{
    skel_status status = SKEL_OK;

    *out = NULL;
    status = skel_comm_agree(comm, SKEL_ALLOC(1, sizeof **out, out));
    if (status != SKEL_OK) {
        SKEL_FREE(out);
        return status;
    }
    (*out)->comm = comm;
    (*out)->node = MPI_COMM_NULL;
    (*out)->window = MPI_WIN_NULL;
    (*out)->owner = true;
    if (mpi_of(comm) == NULL) {
        status = SKEL_ALLOC(bytes, 1, &(*out)->private_block);
        (*out)->data = (*out)->private_block;
    } else {
        int node_rank = 0;

        (void)MPI_Comm_split_type(*mpi_of(comm), MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL,
                                  &(*out)->node);
        (void)MPI_Comm_rank((*out)->node, &node_rank);
        (*out)->owner = node_rank == 0;
        status = window_open(*out, bytes);
    }
    status = skel_comm_agree(comm, status);
    if (status != SKEL_OK) {
        skel_shared_destroy(out);
        return status;
    }
    skel_shared_publish(*out);
    return SKEL_OK;
}

void skel_shared_destroy(skel_shared **shared)
{
    if (*shared == NULL) {
        return;
    }
    if ((*shared)->window != MPI_WIN_NULL) {
        (void)MPI_Win_free(&(*shared)->window);
    }
    if ((*shared)->node != MPI_COMM_NULL) {
        (void)MPI_Comm_free(&(*shared)->node);
    }
    SKEL_FREE(&(*shared)->private_block);
    SKEL_FREE(shared);
}

void *skel_shared_data(const skel_shared *shared)
{
    return shared->data;
}

bool skel_shared_is_owner(const skel_shared *shared)
{
    return shared->owner;
}

void skel_shared_publish(const skel_shared *shared)
{
    if (shared->window != MPI_WIN_NULL) {
        (void)MPI_Win_fence(0, shared->window);
    }
    skel_comm_barrier(shared->comm);
}
