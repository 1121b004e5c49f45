/* Memory that the ranks of one node share: a segment of one of them. The ranks agree after every
 * step that can fail on one of them. */
#include "segment.h"

#include "skel/comm.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <mpi.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { NAME = 64 };

struct skel_shared {
    const skel_comm *comm;
    MPI_Comm node; /* MPI_COMM_NULL without a segment */
    bool owner;
    void *data;
    size_t bytes;        /* of the segment */
    void *private_block; /* plain memory instead of a segment */
};

static const MPI_Comm *mpi_of(const skel_comm *comm)
{
    return skel_comm_mpi(comm);
}

static skel_status shared_alloc(const skel_comm *comm, skel_shared **out)
{
    skel_status status = skel_comm_agree(comm, SKEL_ALLOC(1, sizeof **out, out));

    if (status != SKEL_OK) {
        SKEL_FREE(out);
        return status;
    }
    (*out)->comm = comm;
    (*out)->node = MPI_COMM_NULL;
    (*out)->owner = true;
    return SKEL_OK;
}

static skel_status no_room(size_t bytes, int error)
{
    char size[SKEL_TEXT_BYTES];
    char host[256] = "?";

    skel_text_bytes((double)bytes, size);
    (void)gethostname(host, sizeof host - 1);
    return SKEL_FAIL(SKEL_ERR_MEMORY, "cannot share %s of memory in /dev/shm of %s: %s", size, host,
                     strerror(error));
}

/* The owner makes the segment, and the others map it. */
static skel_status map(skel_shared *shared, const char *name, size_t bytes)
{
    int error = shared->owner ? skel_segment_make(name, bytes, &shared->data)
                              : skel_segment_map(name, bytes, &shared->data);

    if (error != 0) {
        return no_room(bytes, error);
    }
    shared->bytes = bytes;
    return SKEL_OK;
}

/* Opens the segment of this rank's node. */
static skel_status open_segment(skel_shared *shared, size_t bytes)
{
    const skel_comm *comm = shared->comm;
    char name[NAME] = "";
    struct timespec now = {0};
    int node_rank = 0;
    skel_status status = SKEL_OK;

    (void)MPI_Comm_split_type(*mpi_of(comm), MPI_COMM_TYPE_SHARED, skel_comm_rank(comm),
                              MPI_INFO_NULL, &shared->node);
    (void)MPI_Comm_rank(shared->node, &node_rank);
    shared->owner = node_rank == 0;
    if (shared->owner) {
        (void)clock_gettime(CLOCK_REALTIME, &now);
        (void)snprintf(name, sizeof name, "/skel-data-%ld-%lld-%09ld", (long)getpid(),
                       (long long)now.tv_sec, now.tv_nsec);
        status = map(shared, name, bytes);
    }
    status = skel_comm_agree(comm, status);
    if (status == SKEL_OK) {
        (void)MPI_Bcast(name, NAME, MPI_CHAR, 0, shared->node);
        status = skel_comm_agree(comm, shared->owner ? SKEL_OK : map(shared, name, bytes));
    }
    if (shared->owner && shared->data != NULL) {
        (void)shm_unlink(name); /* the maps stay; a program that is killed leaves no file */
    }
    return status;
}

skel_status skel_shared_create(const skel_comm *comm, size_t bytes, skel_shared **out)
{
    skel_shared *shared = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (skel_comm_size(comm) == 1) {
        return skel_shared_create_copies(comm, bytes, out);
    }
    SKEL_TRY(shared_alloc(comm, &shared));
    SKEL_TRY(open_segment(shared, bytes));
    *out = shared;
    shared = NULL;
done:
    skel_shared_destroy(&shared);
    return status;
}

skel_status skel_shared_create_copies(const skel_comm *comm, size_t bytes, skel_shared **out)
{
    skel_shared *shared = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(shared_alloc(comm, &shared));
    SKEL_TRY(skel_comm_agree(comm, SKEL_ALLOC_RAW(bytes, 1, &shared->private_block)));
    skel_memory_use_huge_pages(shared->private_block);
    memset(shared->private_block, 0, bytes);
    shared->data = shared->private_block;
    *out = shared;
    shared = NULL;
done:
    skel_shared_destroy(&shared);
    return status;
}

void skel_shared_destroy(skel_shared **shared)
{
    if (*shared == NULL) {
        return;
    }
    if ((*shared)->bytes > 0) {
        (void)munmap((*shared)->data, (*shared)->bytes);
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
    atomic_thread_fence(memory_order_seq_cst);
    skel_comm_barrier(shared->comm);
    atomic_thread_fence(memory_order_seq_cst);
}
