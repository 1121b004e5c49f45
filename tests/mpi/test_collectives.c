/* The number and the bytes of a sum's collectives, counted: what the model in analysis/scaling.md
 * assumes of them. */
#include "suite.h"

#include "comm/group.h"
#include "comm/node.h"

#include "skel/reduce.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>

/* Two and a half chunks of the leaders. */
enum { FLOATS = 5 * SKEL_NODE_HALF / 16, SEGMENTS = 3, SCALARS = 2, LARGE = 1 << 14 };

/* Collectives of this rank since the last reset. */
static struct {
    size_t large; /* of at least LARGE bytes */
    size_t large_bytes;
    size_t small;
    size_t small_bytes;
} counted;

static void count_one(int count, MPI_Datatype type)
{
    int size = 0;
    size_t bytes = 0;

    (void)MPI_Type_size(type, &size);
    bytes = (size_t)count * (size_t)size;
    *(bytes >= LARGE ? &counted.large : &counted.small) += 1;
    *(bytes >= LARGE ? &counted.large_bytes : &counted.small_bytes) += bytes;
}

int MPI_Allreduce(const void *from, void *to, int count, MPI_Datatype type, MPI_Op operation,
                  MPI_Comm comm)
{
    count_one(count, type);
    return PMPI_Allreduce(from, to, count, type, operation, comm);
}

int MPI_Bcast(void *buffer, int count, MPI_Datatype type, int root, MPI_Comm comm)
{
    count_one(count, type);
    return PMPI_Bcast(buffer, count, type, root, comm);
}

static skel_status give_ones(void *context, size_t first, size_t count, float *const values[],
                             double scalars[])
{
    (void)context;
    (void)first;
    for (size_t m = 0; m < count; m++) {
        for (size_t i = 0; i < FLOATS; i++) {
            values[m][i] = 1;
        }
        scalars[m * SCALARS] = 1;
        scalars[m * SCALARS + 1] = 1;
    }
    return SKEL_OK;
}

static const skel_segment segment[SEGMENTS] = {
    {0, 1000}, {1000, FLOATS - 2000}, {FLOATS - 1000, 1000}};

/* One sum of a microbatch a rank; the shared memory is open already. */
static bool count_sum(const skel_comm *comm)
{
    static float sum[FLOATS];
    double scalars[SCALARS];
    size_t ranks = (size_t)skel_comm_size(comm);
    skel_reduce_shape shape = {.count = FLOATS,
                               .segments = SEGMENTS,
                               .segment = segment,
                               .scalars = SCALARS,
                               .microbatches_max = ranks};
    skel_reducer *reducer = NULL;
    bool right =
        skel_reducer_create(comm, SKEL_REDUCTION_EXACT, &shape, false, &reducer) == SKEL_OK;

    for (int time = 0; time < 2 && right; time++) {
        memset(&counted, 0, sizeof counted);
        right = skel_reduce(reducer, ranks, give_ones, NULL, sum, scalars) == SKEL_OK &&
                sum[FLOATS - 1] == (float)ranks;
    }
    skel_reducer_destroy(&reducer);
    return right;
}

static skel_comm *new_group(const char *nodes)
{
    const MPI_Comm *all = skel_comm_mpi(skel_suite_comm());
    MPI_Comm copy = MPI_COMM_NULL;
    skel_comm *comm = NULL;

    ck_assert(setenv("SKEL_DEBUG_NODES", nodes, 1) == 0);
    ck_assert(skel_suite_all(skel_comm_create_self(&comm) == SKEL_OK));
    (void)MPI_Comm_dup(*all, &copy);
    skel_comm_adopt(comm, copy);
    (void)skel_comm_nodes(comm);
    ck_assert(setenv("SKEL_DEBUG_NODES", "1", 1) == 0);
    return comm;
}

/* Agreement twice, scales with the distance of the borders, overflow, table of the scalars. */
START_TEST(a_sum_needs_five_small_collectives_on_any_number_of_ranks)
{
    skel_comm *comm = new_group("1");
    size_t ranks = (size_t)skel_comm_size(comm);
    size_t bytes = 2 * sizeof(int) + (SEGMENTS + 1) * sizeof(uint32_t) + sizeof(double);
    bool right = count_sum(comm);

    bytes += ranks * SCALARS * sizeof(double);
    right = right && counted.small == (ranks > 1 ? 5 : 0);
    right = right && counted.small_bytes == (ranks > 1 ? bytes : 0);
    ck_assert(skel_suite_all(right));
    skel_comm_destroy(&comm);
}
END_TEST

START_TEST(on_one_node_no_large_vector_goes_through_mpi)
{
    skel_comm *comm = new_group("1");

    ck_assert(skel_suite_all(count_sum(comm) && counted.large == 0));
    skel_comm_destroy(&comm);
}
END_TEST

START_TEST(only_the_leaders_send_the_vector_once_in_chunks)
{
    skel_comm *comm = new_group("2");
    bool leader = skel_comm_rank(comm) < 2 && skel_comm_size(comm) > 1;
    size_t bytes = FLOATS * sizeof(int64_t);

    bool right = count_sum(comm);

    right = right && counted.large == (leader ? 3 : 0);
    right = right && counted.large_bytes == (leader ? bytes : 0);
    ck_assert(skel_suite_all(right));
    skel_comm_destroy(&comm);
}
END_TEST

START_TEST(a_rank_has_the_same_shared_memory_on_any_number_of_ranks)
{
    const MPI_Comm *all = skel_comm_mpi(skel_suite_comm());
    skel_node node = {.all = *all};

    ck_assert(skel_suite_all(skel_node_open(&node) && node.half == SKEL_NODE_HALF));
    skel_node_close(&node);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_sum_needs_five_small_collectives_on_any_number_of_ranks);
    tcase_add_test(tcase, on_one_node_no_large_vector_goes_through_mpi);
    tcase_add_test(tcase, only_the_leaders_send_the_vector_once_in_chunks);
    tcase_add_test(tcase, a_rank_has_the_same_shared_memory_on_any_number_of_ranks);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "collectives", fill);
}
