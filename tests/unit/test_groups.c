/* Groups of ranks: which ranks form one, which run is next, what a sweep with failures ends with.
 */
#include "suite.h"

#include "skel/division.h"
#include "sweep/agenda.h"
#include "sweep/failures.h"

#include <errno.h>
#include <string.h>

enum { RANKS = 48 };

static void divide(size_t ranks, const int node[], size_t groups, size_t group[])
{
    ck_assert_ok(skel_division_plan(ranks, node, groups, group));
    ck_assert_uint_eq(group[0], 0);
}

static size_t size_of(size_t ranks, const size_t group[], size_t number)
{
    size_t size = 0;

    for (size_t i = 0; i < ranks; i++) {
        size += group[i] == number;
    }
    return size;
}

/* Whether a group has ranks of two nodes. */
static bool straddles(size_t ranks, const int node[], const size_t group[])
{
    for (size_t i = 0; i < ranks; i++) {
        for (size_t j = 0; j < i; j++) {
            if (group[i] == group[j] && node[i] != node[j]) {
                return true;
            }
        }
    }
    return false;
}

START_TEST(on_one_node_the_sizes_differ_by_at_most_one)
{
    const int node[RANKS] = {0};
    size_t group[RANKS];

    for (size_t ranks = 1; ranks <= RANKS; ranks++) {
        for (size_t groups = 1; groups <= ranks; groups++) {
            divide(ranks, node, groups, group);
            for (size_t i = 0; i < groups; i++) {
                size_t size = size_of(ranks, group, i);

                ck_assert_uint_ge(size, ranks / groups);
                ck_assert_uint_le(size, (ranks + groups - 1) / groups);
            }
        }
    }
}
END_TEST

/* Nodes of unequal sizes, whose ranks are dealt in blocks or one by one. */
START_TEST(no_group_straddles_nodes_if_there_are_enough_groups)
{
    static const size_t sizes[] = {4, 1, 7};
    int blocks[12];
    int dealt[12];
    size_t group[12];
    size_t at = 0;

    for (size_t i = 0; i < 3; i++) {
        int first = (int)at;

        for (size_t j = 0; j < sizes[i]; j++) {
            blocks[at++] = first;
        }
    }
    memcpy(dealt, (const int[]){0, 1, 2, 0, 2, 0, 2, 0, 2, 2, 2, 2}, sizeof dealt);
    for (size_t groups = 3; groups <= 12; groups++) {
        divide(12, blocks, groups, group);
        ck_assert(!straddles(12, blocks, group));
        for (size_t i = 0; i < groups; i++) {
            ck_assert_uint_ge(size_of(12, group, i), 1);
        }
        divide(12, dealt, groups, group);
        ck_assert(!straddles(12, dealt, group));
        for (size_t i = 0; i < groups; i++) {
            ck_assert_uint_ge(size_of(12, group, i), 1);
        }
    }
}
END_TEST

START_TEST(sixteen_groups_on_four_nodes_have_four_ranks_each)
{
    int node[64];
    size_t group[64];

    for (int i = 0; i < 64; i++) {
        node[i] = i / 16 * 16;
    }
    divide(64, node, 16, group);
    for (size_t i = 0; i < 64; i++) {
        ck_assert_uint_eq(group[i], i / 4);
    }
}
END_TEST

START_TEST(with_fewer_groups_than_nodes_a_group_has_whole_nodes)
{
    int node[RANKS];
    size_t group[RANKS];

    for (int i = 0; i < RANKS; i++) {
        node[i] = i / 8 * 8; /* six nodes */
    }
    for (size_t groups = 1; groups <= 6; groups++) {
        divide(RANKS, node, groups, group);
        for (size_t i = 0; i < groups; i++) {
            ck_assert_uint_ge(size_of(RANKS, group, i), 6 / groups * 8);
            ck_assert_uint_le(size_of(RANKS, group, i), (6 + groups - 1) / groups * 8);
        }
        for (size_t i = 1; i < RANKS; i++) {
            ck_assert(node[i] != node[i - 1] || group[i] == group[i - 1]);
        }
    }
}
END_TEST

START_TEST(a_large_node_leaves_a_node_for_every_later_group)
{
    const int node[10] = {0, 0, 0, 0, 0, 0, 0, 0, 8, 9};
    size_t group[10];

    divide(10, node, 2, group);
    ck_assert_uint_eq(size_of(10, group, 0), 8);
    ck_assert_uint_eq(size_of(10, group, 1), 2);
}
END_TEST

START_TEST(the_longest_run_is_taken_first)
{
    const uint64_t index[] = {3, 4, 7, 8, 9};
    const double cost[] = {1, 5, 5, 0.5, 7};
    const uint64_t expected[] = {9, 4, 7, 3, 8};
    skel_agenda agenda;

    ck_assert_ok(skel_agenda_fill(5, index, cost, &agenda));
    for (size_t i = 0; i < 5; i++) {
        ck_assert_uint_eq(skel_agenda_left(&agenda), 5 - i);
        ck_assert_uint_eq(skel_agenda_take(&agenda), expected[i]);
    }
    ck_assert_uint_eq(skel_agenda_take(&agenda), SKEL_AGENDA_EMPTY);
    skel_agenda_free(&agenda);
}
END_TEST

START_TEST(equally_long_runs_keep_their_order)
{
    enum { MANY = 1000 };
    uint64_t index[MANY];
    double cost[MANY] = {0};
    skel_agenda agenda;

    for (uint64_t i = 0; i < MANY; i++) {
        index[i] = 2 * i;
    }
    ck_assert_ok(skel_agenda_fill(MANY, index, cost, &agenda));
    for (uint64_t i = 0; i < MANY; i++) {
        ck_assert_uint_eq(skel_agenda_take(&agenda), 2 * i);
    }
    skel_agenda_free(&agenda);
}
END_TEST

START_TEST(a_closed_agenda_gives_nothing)
{
    skel_agenda agenda;

    ck_assert_ok(skel_agenda_fill(2, (const uint64_t[]){0, 1}, (const double[]){1, 1}, &agenda));
    ck_assert_uint_eq(skel_agenda_take(&agenda), 0);
    agenda.closed = true;
    ck_assert_uint_eq(skel_agenda_left(&agenda), 0);
    ck_assert_uint_eq(skel_agenda_take(&agenda), SKEL_AGENDA_EMPTY);
    skel_agenda_free(&agenda);
}
END_TEST

START_TEST(a_broken_run_is_worse_than_a_broken_file)
{
    static const skel_status from_worst[] = {
        SKEL_ERR_INTERNAL, SKEL_ERR_NUMBER, SKEL_ERR_STORAGE, SKEL_ERR_IO,
        SKEL_ERR_DATA,     SKEL_ERR_CONFIG, SKEL_OK};

    for (size_t i = 0; i < sizeof from_worst / sizeof *from_worst; i++) {
        for (size_t j = i; j < sizeof from_worst / sizeof *from_worst; j++) {
            ck_assert_int_eq(skel_failures_worse(from_worst[i], from_worst[j]), from_worst[i]);
            ck_assert_int_eq(skel_failures_worse(from_worst[j], from_worst[i]), from_worst[i]);
        }
    }
}
END_TEST

START_TEST(a_full_disk_is_not_the_fault_of_one_file)
{
    ck_assert_int_eq(skel_status_of_errno(ENOSPC), SKEL_ERR_STORAGE);
    ck_assert_int_eq(skel_status_of_errno(EROFS), SKEL_ERR_STORAGE);
    ck_assert_int_eq(skel_status_of_errno(EISDIR), SKEL_ERR_IO);
    ck_assert_int_eq(skel_status_exit_code(SKEL_ERR_STORAGE), 74);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, on_one_node_the_sizes_differ_by_at_most_one);
    tcase_add_test(tcase, no_group_straddles_nodes_if_there_are_enough_groups);
    tcase_add_test(tcase, sixteen_groups_on_four_nodes_have_four_ranks_each);
    tcase_add_test(tcase, with_fewer_groups_than_nodes_a_group_has_whole_nodes);
    tcase_add_test(tcase, a_large_node_leaves_a_node_for_every_later_group);
    tcase_add_test(tcase, the_longest_run_is_taken_first);
    tcase_add_test(tcase, equally_long_runs_keep_their_order);
    tcase_add_test(tcase, a_closed_agenda_gives_nothing);
    tcase_add_test(tcase, a_broken_run_is_worse_than_a_broken_file);
    tcase_add_test(tcase, a_full_disk_is_not_the_fault_of_one_file);
}

int main(void)
{
    return skel_suite_run("groups", fill);
}
