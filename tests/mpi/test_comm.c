/* Agreement, broadcasts, sums and shared memory on every rank count. */
#include "suite.h"

#include "skel/host_memory.h"
#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

START_TEST(everybody_leaves_with_the_lowest_failing_ranks_message)
{
    const skel_comm *comm = skel_suite_comm();

    for (int guilty = 0; guilty < skel_comm_size(comm); guilty++) {
        skel_status local = SKEL_OK;
        skel_status agreed = SKEL_OK;
        char expected[64];

        skel_error_clear();
        if (skel_comm_rank(comm) >= guilty) {
            local = SKEL_FAIL(guilty == skel_comm_rank(comm) ? SKEL_ERR_DATA : SKEL_ERR_IO,
                              "rank %d failed", skel_comm_rank(comm));
        }
        agreed = skel_comm_agree(comm, local);
        (void)snprintf(expected, sizeof expected, "rank %d failed", guilty);
        ck_assert(
            skel_suite_all(agreed == SKEL_ERR_DATA && strcmp(skel_error_message(), expected) == 0));
    }
    ck_assert(skel_suite_all(skel_comm_agree(comm, SKEL_OK) == SKEL_OK));
}
END_TEST

START_TEST(a_text_reaches_every_rank)
{
    const skel_comm *comm = skel_suite_comm();
    char *copy = NULL;
    skel_status status =
        skel_comm_broadcast_text(comm, skel_comm_is_root(comm) ? "skeleton" : NULL, &copy);

    ck_assert(skel_suite_all(status == SKEL_OK && strcmp(copy, "skeleton") == 0));
    SKEL_FREE(&copy);
}
END_TEST

START_TEST(sums_and_maxima_are_over_all_ranks)
{
    const skel_comm *comm = skel_suite_comm();
    int64_t n = skel_comm_size(comm);
    int64_t integers[2] = {skel_comm_rank(comm) + 1, INT64_C(1) << 40};
    double largest = skel_comm_rank(comm);

    skel_comm_sum_i64(comm, 2, integers);
    skel_comm_max_f64(comm, 1, &largest);
    ck_assert(skel_suite_all(integers[0] == n * (n + 1) / 2));
    ck_assert(skel_suite_all(integers[1] == n << 40));
    ck_assert(skel_suite_all(largest == (double)(n - 1)));
}
END_TEST

START_TEST(what_the_owner_writes_all_ranks_of_the_node_read)
{
    const skel_comm *comm = skel_suite_comm();
    skel_shared *shared = NULL;
    skel_status status = skel_shared_create(comm, 1000, &shared);
    unsigned char *data = NULL;

    ck_assert(skel_suite_all(status == SKEL_OK));
    data = skel_shared_data(shared);
    ck_assert(skel_suite_all((uintptr_t)data % 64 == 0 && data[999] == 0));
    if (skel_shared_is_owner(shared)) {
        memset(data, 77, 1000);
    }
    skel_shared_publish(shared);
    ck_assert(skel_suite_all(data[0] == 77 && data[999] == 77));
    skel_shared_destroy(&shared);
}
END_TEST

/* The factor of 2 is for what other programs take or free in the meantime. */
START_TEST(the_ranks_of_a_node_share_its_memory)
{
    const skel_comm *comm = skel_suite_comm();
    double ranks = (double)skel_comm_size(comm) / skel_comm_nodes(comm);
    double all = skel_host_memory_free(NULL);
    double part = skel_comm_memory(comm);

    ck_assert(skel_suite_all(part > all / ranks / 2 && part < all / ranks * 2));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_ranks_of_a_node_share_its_memory);
    tcase_add_test(tcase, everybody_leaves_with_the_lowest_failing_ranks_message);
    tcase_add_test(tcase, a_text_reaches_every_rank);
    tcase_add_test(tcase, sums_and_maxima_are_over_all_ranks);
    tcase_add_test(tcase, what_the_owner_writes_all_ranks_of_the_node_read);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "comm", fill);
}
