/* Sums through the shared memory of nodes: equal to MPI_Allreduce's bit by bit, on one machine that
 * is divided into several nodes too, and when some rank cannot have shared memory. */
#include "suite.h"

#include "comm/group.h"
#include "comm/node.h"

#include "skel/memory.h"
#include "skel/random.h"
#include "skel/reduce.h"

#include <float.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Three chunks, the last of which is not a multiple of a cache line. */
enum { COUNT = 2 * SKEL_NODE_HALF / 8 + 12345 };

static int64_t value_of(int rank, size_t i)
{
    return (int64_t)((i * 0x9e3779b97f4a7c15u) >> 2) * (rank % 2 == 0 ? 1 : -1) + rank;
}

/* A group of its own, whose nodes are not yet known. */
static skel_comm *new_group(void)
{
    const MPI_Comm *all = skel_comm_mpi(skel_suite_comm());
    MPI_Comm copy = MPI_COMM_NULL;
    skel_comm *comm = NULL;

    ck_assert(skel_suite_all(skel_comm_create_self(&comm) == SKEL_OK));
    (void)MPI_Comm_dup(*all, &copy);
    skel_comm_adopt(comm, copy);
    return comm;
}

/* Whether two sums of integers, one after the other, are right on this rank. */
static bool sums_are_right(const skel_comm *comm)
{
    int64_t *values = NULL;
    bool right = SKEL_ALLOC(COUNT, sizeof *values, &values) == SKEL_OK;

    for (int time = 0; time < 2; time++) {
        for (size_t i = 0; i < COUNT; i++) {
            values[i] = value_of(skel_comm_rank(comm) + time, i);
        }
        skel_comm_sum_i64(comm, COUNT, values);
        for (size_t i = 0; i < COUNT; i++) {
            int64_t expected = 0;

            for (int rank = 0; rank < skel_comm_size(comm); rank++) {
                expected += value_of(rank + time, i);
            }
            right = right && values[i] == expected;
        }
    }
    SKEL_FREE(&values);
    return right;
}

static void set_nodes(const char *nodes)
{
    ck_assert(setenv("SKEL_DEBUG_NODES", nodes, 1) == 0);
}

START_TEST(sums_of_integers_are_right_on_one_node_and_on_several)
{
    static const char *const nodes[] = {"1", "2", "3", "4"};

    for (size_t i = 0; i < 4; i++) {
        skel_comm *comm = NULL;

        set_nodes(nodes[i]);
        comm = new_group();
        ck_assert(skel_suite_all(comm != NULL && sums_are_right(comm)));
        skel_comm_destroy(&comm);
    }
    set_nodes("1");
}
END_TEST

START_TEST(ranks_are_divided_into_nodes_by_rank_modulo_the_number)
{
    const MPI_Comm *all = skel_comm_mpi(skel_suite_comm());
    int ranks = skel_comm_size(skel_suite_comm());
    int rank = skel_comm_rank(skel_suite_comm());
    skel_node node = {.all = *all};
    bool opened = false;

    set_nodes("2");
    opened = skel_node_open(&node);
    set_nodes("1");
    ck_assert(skel_suite_all(opened && node.nodes == (ranks > 1 ? 2 : 1)));
    ck_assert(skel_suite_all(node.size == (ranks + 1 - rank % 2) / 2 && node.rank == rank / 2));
    skel_node_close(&node);
}
END_TEST

/* Floats whose sums are exact in any order. */
START_TEST(sums_of_floats_are_right_on_several_nodes)
{
    float *values = NULL;
    skel_comm *comm = NULL;
    bool right = SKEL_ALLOC(COUNT, sizeof *values, &values) == SKEL_OK;

    set_nodes("2");
    comm = new_group();
    set_nodes("1");
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = (float)(i % 1000 + (size_t)skel_comm_rank(comm));
    }
    skel_comm_sum_f32(comm, COUNT, values);
    for (size_t i = 0; i < COUNT; i++) {
        int ranks = skel_comm_size(comm);

        int sum = (int)(i % 1000) * ranks + ranks * (ranks - 1) / 2;

        right = right && values[i] == (float)sum;
    }
    ck_assert(skel_suite_all(right));
    skel_comm_destroy(&comm);
    SKEL_FREE(&values);
}
END_TEST

/* A limit on the size of files makes the segment of one rank impossible, as a full /dev/shm does.
 */
START_TEST(all_ranks_use_mpi_allreduce_when_one_rank_cannot_have_shared_memory)
{
    int ranks = skel_comm_size(skel_suite_comm());

    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    for (int failing = 0; failing < ranks; failing++) {
        const MPI_Comm *all = skel_comm_mpi(skel_suite_comm());
        skel_node node = {.all = *all};
        skel_comm *comm = new_group();
        struct rlimit old;
        struct rlimit small = {0};
        bool opened = true;
        bool right = false;

        ck_assert(getrlimit(RLIMIT_FSIZE, &old) == 0);
        small.rlim_max = old.rlim_max;
        small.rlim_cur = SKEL_NODE_HEAD;
        if (skel_comm_rank(comm) == failing) {
            ck_assert(setrlimit(RLIMIT_FSIZE, &small) == 0);
        }
        opened = skel_node_open(&node);
        right = sums_are_right(comm);
        ck_assert(setrlimit(RLIMIT_FSIZE, &old) == 0);
        ck_assert(skel_suite_all(!opened && node.half == 0 && right));
        skel_node_close(&node);
        skel_comm_destroy(&comm);
    }
}
END_TEST

/* One rank's part of a reduction. */
typedef struct reduction_source {
    size_t batches;
    size_t failing; /* microbatch that fails */
    double largest; /* at most, of microbatch 0 */
    double growth;  /* microbatch m is growth^m times larger than microbatch 0 */
} reduction_source;

enum { BATCHES = 6, FLOATS = 100000 };

static skel_status compute(void *context, size_t first, size_t count, float *const values[],
                           double scalars[])
{
    const reduction_source *source = context;

    for (size_t m = 0; m < count; m++) {
        skel_stream stream = skel_stream_open(5, SKEL_PURPOSE_TEST, (uint32_t)(first + m), 0);
        double scale = 2 * source->largest;

        for (size_t k = 0; k < first + m; k++) {
            scale *= source->growth;
        }
        if (first + m == source->failing) {
            return SKEL_FAIL(SKEL_ERR_DATA, "microbatch %zu cannot be read", first + m);
        }
        for (size_t i = 0; i < FLOATS; i++) {
            values[m][i] = (float)(scale * (skel_stream_uniform(&stream) - 0.5));
        }
        scalars[m] = 1;
    }
    return SKEL_OK;
}

static skel_status reduce(const skel_comm *comm, reduction_source source, float sum[])
{
    /* the second one begins and ends within pieces of the sum */
    static const skel_segment segment[] = {{.offset = 0, .count = 1},
                                           {.offset = 1, .count = FLOATS - 1000},
                                           {.offset = FLOATS - 999, .count = 999}};
    skel_reduce_shape shape = {.count = FLOATS,
                               .segments = 3,
                               .segment = segment,
                               .scalars = 1,
                               .microbatches_max = BATCHES};
    skel_reducer *reducer = NULL;
    double scalar = 0;
    skel_status status = skel_reducer_create(comm, SKEL_REDUCTION_EXACT, &shape, false, &reducer);

    if (status == SKEL_OK) {
        status = skel_reduce(reducer, source.batches, compute, &source, sum, &scalar);
    }
    skel_reducer_destroy(&reducer);
    return status;
}

/* The bits of one process alone, for ordinary microbatches and for those that overflow; on four
 * ranks each has none or one, one, or one or two. */
START_TEST(a_reduction_has_the_bits_of_one_process_on_any_number_of_nodes)
{
    static const double growth[] = {1.5, 1e4};
    static const size_t batches[] = {3, 4, BATCHES};
    static float expected[FLOATS];
    static float sum[FLOATS];
    static const char *const nodes[] = {"1", "2", "3"};
    skel_comm *self = NULL;

    ck_assert(skel_comm_create_self(&self) == SKEL_OK);
    for (size_t k = 0; k < 18; k++) {
        reduction_source source = {.batches = batches[k % 3],
                                   .failing = BATCHES,
                                   .largest = 0.5,
                                   .growth = growth[k / 3 % 2]};
        skel_comm *comm = NULL;
        bool same = reduce(self, source, expected) == SKEL_OK;

        set_nodes(nodes[k / 6]);
        comm = new_group();
        same = reduce(comm, source, sum) == SKEL_OK && same;
        same = same && memcmp((const void *)sum, (const void *)expected, sizeof sum) == 0;
        ck_assert(skel_suite_all(same));
        skel_comm_destroy(&comm);
    }
    set_nodes("1");
    skel_comm_destroy(&self);
}
END_TEST

/* Each microbatch has finite values. */
START_TEST(a_sum_that_is_not_finite_is_named_on_all_ranks)
{
    static float sum[FLOATS];
    static const char *const nodes[] = {"1", "2"};

    for (size_t k = 0; k < 2; k++) {
        reduction_source source = {
            .batches = BATCHES, .failing = BATCHES, .largest = (double)FLT_MAX, .growth = 1};
        skel_comm *comm = NULL;
        skel_status status = SKEL_OK;

        set_nodes(nodes[k]);
        comm = new_group();
        status = reduce(comm, source, sum);
        ck_assert(
            skel_suite_all(status == SKEL_ERR_NUMBER &&
                           strstr(skel_error_message(), "sum over the microbatches") != NULL));
        skel_comm_destroy(&comm);
    }
    set_nodes("1");
}
END_TEST

START_TEST(all_ranks_leave_together_when_any_microbatch_fails_on_several_nodes)
{
    static float sum[FLOATS];
    skel_comm *comm = NULL;

    set_nodes("2");
    comm = new_group();
    set_nodes("1");
    for (size_t failing = 0; failing <= BATCHES; failing++) {
        reduction_source source = {
            .batches = BATCHES, .failing = failing, .largest = 0.5, .growth = 1.5};
        skel_status expected = failing < BATCHES ? SKEL_ERR_DATA : SKEL_OK;

        ck_assert(skel_suite_all(reduce(comm, source, sum) == expected));
    }
    skel_comm_destroy(&comm);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, sums_of_integers_are_right_on_one_node_and_on_several);
    tcase_add_test(tcase, ranks_are_divided_into_nodes_by_rank_modulo_the_number);
    tcase_add_test(tcase, sums_of_floats_are_right_on_several_nodes);
    tcase_add_test(tcase, all_ranks_use_mpi_allreduce_when_one_rank_cannot_have_shared_memory);
    tcase_add_test(tcase, a_reduction_has_the_bits_of_one_process_on_any_number_of_nodes);
    tcase_add_test(tcase, a_sum_that_is_not_finite_is_named_on_all_ranks);
    tcase_add_test(tcase, all_ranks_leave_together_when_any_microbatch_fails_on_several_nodes);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "node sum", fill);
}
