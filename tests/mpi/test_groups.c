/* Groups of ranks on every rank count: their communicators, letters, and the broker of runs. */
#include "suite.h"

#include "skel/division.h"
#include "skel/mail.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/stop.h"
#include "skel/watchdog.h"
#include "sweep/broker.h"
#include "sweep/failures.h"

#include <stdlib.h>
#include <string.h>

enum { RUNS = 23, FAILING = 5 };

START_TEST(sums_and_errors_stay_inside_a_group)
{
    const skel_comm *all = skel_suite_comm();
    size_t size = (size_t)skel_comm_size(all);

    for (size_t groups = 1; groups <= size; groups++) {
        enum { MANY = 300000 }; /* added in shared memory */
        skel_comm *group = NULL;
        int64_t *values = NULL;
        size_t number = 0;
        bool right = skel_division_make(all, groups, &number, &group) == SKEL_OK &&
                     SKEL_ALLOC(MANY, sizeof *values, &values) == SKEL_OK;
        skel_status status = SKEL_OK;

        ck_assert(skel_suite_all(right));
        ck_assert_ptr_nonnull(values);
        for (size_t i = 0; i < MANY; i++) {
            values[i] = (int64_t)(number + i);
        }
        skel_comm_sum_i64(group, MANY, values);
        for (size_t i = 0; i < MANY; i++) {
            right = right && values[i] == skel_comm_size(group) * (int64_t)(number + i);
        }
        if (number == groups - 1 && skel_comm_is_root(group)) {
            status = SKEL_FAIL(SKEL_ERR_DATA, "group %zu", number);
        }
        status = skel_comm_agree(group, status);
        right = right && (status == SKEL_OK) == (number != groups - 1);
        ck_assert(skel_suite_all(right));
        SKEL_FREE(&values);
        skel_comm_destroy(&group);
        skel_error_clear();
    }
}
END_TEST

START_TEST(groups_are_the_nodes_if_there_are_as_many)
{
    const skel_comm *all = skel_suite_comm();
    int rank = skel_comm_rank(all);
    int nodes = skel_comm_size(all) < 2 ? 1 : 2;
    skel_comm *group = NULL;
    size_t number = 0;
    bool right = false;

    /* ranks 0 and 2 are on one node, 1 and 3 on another */
    (void)setenv("SKEL_DEBUG_NODES", nodes == 2 ? "2" : "1", 1);
    right = skel_division_make(all, (size_t)nodes, &number, &group) == SKEL_OK &&
            number == (size_t)(rank % nodes) && skel_comm_rank(group) == rank / nodes;
    (void)unsetenv("SKEL_DEBUG_NODES");
    ck_assert(skel_suite_all(right));
    skel_comm_destroy(&group);
}
END_TEST

/* The windows of two groups must not share a backing file. */
START_TEST(shared_memory_of_groups_is_apart)
{
    const skel_comm *all = skel_suite_comm();
    skel_comm *group = NULL;
    skel_shared *shared = NULL;
    size_t number = 0;
    bool right = true;

    ck_assert(skel_suite_all(
        skel_division_make(all, (size_t)skel_comm_size(all), &number, &group) == SKEL_OK));
    ck_assert(skel_suite_all(skel_shared_create(group, 100000, &shared) == SKEL_OK));
    if (skel_shared_is_owner(shared)) {
        memset(skel_shared_data(shared), (int)number + 1, 100000);
    }
    skel_shared_publish(shared);
    skel_comm_barrier(all);
    for (size_t i = 0; i < 100000; i++) {
        right = right && ((const unsigned char *)skel_shared_data(shared))[i] == number + 1;
    }
    ck_assert(skel_suite_all(right));
    skel_shared_destroy(&shared);
    skel_comm_destroy(&group);
}
END_TEST

START_TEST(letters_arrive_in_order_and_a_rest_ends_when_all_have_come)
{
    const skel_comm *all = skel_suite_comm();
    enum { LETTERS = 200 };
    int next[64] = {0};
    int letter[SKEL_MAIL_LETTER / sizeof(int)] = {0};
    int from = 0;
    bool right = true;
    skel_mail *mail = NULL;

    ck_assert(skel_suite_all(skel_mail_open(all, &mail) == SKEL_OK));
    if (skel_comm_is_root(all)) {
        for (int left = LETTERS * (skel_comm_size(all) - 1); left > 0;) {
            if (skel_mail_take(mail, &from, sizeof letter, letter)) {
                right = right && letter[0] == next[from]++ && letter[511] == from;
                left--;
            }
        }
    }
    for (int i = 0; i < LETTERS && !skel_comm_is_root(all); i++) {
        letter[0] = i;
        letter[511] = skel_comm_rank(all);
        skel_mail_send(mail, 0, sizeof letter, letter);
    }
    skel_comm_rest(all);
    ck_assert(skel_suite_all(right));
    skel_mail_close(&mail);
}
END_TEST

/* A sweep of RUNS runs that compute nothing. */
static skel_sweep *make_sweep(void)
{
    skel_sweep *sweep = NULL;

    if (SKEL_ALLOC(1, sizeof *sweep, &sweep) == SKEL_OK &&
        SKEL_ALLOC(RUNS, sizeof *sweep->run, &sweep->run) == SKEL_OK) {
        sweep->runs = RUNS;
    }
    return sweep;
}

/* "Does" the runs in groups. The root's group takes the first one, and reports progress until all
 * is taken, as a long run does: the others must not wait for its end. Returns the runs that this
 * rank's group has done. */
static size_t deal_out(size_t groups, bool keep_going, skel_sweep *sweep, skel_agenda *agenda)
{
    skel_deal deal = {.all = skel_suite_comm(),
                      .groups = groups,
                      .tried = 1, /* failures are expected, and not said */
                      .keep_going = keep_going,
                      .sweep = sweep,
                      .agenda = agenda};
    skel_comm *group = NULL;
    skel_broker *broker = NULL;
    skel_progress progress;
    size_t number = 0;
    size_t index = 0;
    size_t done = 0;
    bool more = false;

    ck_assert(skel_suite_all(skel_division_make(deal.all, groups, &number, &group) == SKEL_OK));
    deal.group = group;
    deal.number = number;
    ck_assert(skel_suite_all(skel_broker_open(&deal, &broker) == SKEL_OK));
    skel_progress_start(&progress, "runs", "runs", 1);
    if (number != 0) {
        skel_comm_barrier(deal.all);
    }
    more = skel_broker_next(broker, &index);
    if (number == 0) {
        skel_comm_barrier(deal.all);
    }
    for (; more; more = skel_broker_next(broker, &index)) {
        skel_status status = SKEL_OK;

        done++;
        sweep->run[index].outcome.kept = 100 + index;
        if (index == FAILING) {
            status = SKEL_FAIL(SKEL_ERR_NUMBER, "run %zu", index);
        }
        while (number == 0 && groups > 1 && skel_comm_is_root(deal.all) &&
               skel_agenda_left(agenda) > 0) {
            skel_progress_peek(&progress, 0);
        }
        skel_broker_report(broker, index, status, false);
    }
    skel_broker_close(&broker);
    skel_comm_destroy(&group);
    return done;
}

static skel_agenda make_agenda(void)
{
    uint64_t index[RUNS];
    double cost[RUNS];
    skel_agenda agenda;

    for (size_t i = 0; i < RUNS; i++) {
        index[i] = i;
        cost[i] = (double)(i % 7);
    }
    ck_assert(skel_suite_all(skel_agenda_fill(RUNS, index, cost, &agenda) == SKEL_OK));
    return agenda;
}

START_TEST(every_run_is_done_once_and_its_result_reaches_the_root)
{
    const skel_comm *all = skel_suite_comm();

    for (size_t groups = 1; groups <= (size_t)skel_comm_size(all); groups++) {
        skel_sweep *sweep = make_sweep();
        skel_agenda agenda = make_agenda();
        size_t done = deal_out(groups, true, sweep, &agenda);
        bool right = true;

        for (size_t i = 0; i < RUNS && skel_comm_is_root(all); i++) {
            const skel_sweep_run *run = &sweep->run[i];

            right = right && run->outcome.kept == 100 + i &&
                    run->state == (i == FAILING ? SKEL_RUN_FAILED : SKEL_RUN_DONE) &&
                    (i != FAILING ||
                     (run->status == SKEL_ERR_NUMBER && strcmp(run->failure, "run 5") == 0));
        }
        ck_assert(skel_suite_all(right));
        /* the root's group was in its first run while the others did the rest */
        ck_assert(skel_suite_all(groups == 1 || !skel_comm_is_root(all) || done == 1));
        skel_agenda_free(&agenda);
        skel_sweep_close(&sweep);
        skel_error_clear();
    }
}
END_TEST

START_TEST(without_keep_going_no_run_is_begun_after_a_failure)
{
    const skel_comm *all = skel_suite_comm();
    size_t groups = (size_t)skel_comm_size(all);
    skel_sweep *sweep = make_sweep();
    skel_agenda agenda = make_agenda();
    size_t pending = 0;

    (void)deal_out(groups, false, sweep, &agenda);
    for (size_t i = 0; i < RUNS; i++) {
        pending += sweep->run[i].state == SKEL_RUN_PENDING;
    }
    /* run 5 is one of the first that are taken: only runs 6, 13, 20 of cost 6 are before it */
    ck_assert(
        skel_suite_all(!skel_comm_is_root(all) || sweep->run[FAILING].state == SKEL_RUN_FAILED));
    ck_assert(skel_suite_all(!skel_comm_is_root(all) || pending >= RUNS - 4 - groups));
    skel_agenda_free(&agenda);
    skel_sweep_close(&sweep);
    skel_error_clear();
}
END_TEST

/* The last rank is asked to stop while each group is in a run without an end. It lasts for the
 * process: this test is the last one. */
START_TEST(a_request_to_stop_one_rank_reaches_all_groups)
{
    const skel_comm *all = skel_suite_comm();
    size_t groups = (size_t)skel_comm_size(all);
    skel_sweep *sweep = make_sweep();
    skel_agenda agenda = make_agenda();
    skel_deal deal = {.all = all,
                      .groups = groups,
                      .tried = 1,
                      .keep_going = true,
                      .sweep = sweep,
                      .agenda = &agenda};
    skel_comm *group = NULL;
    skel_broker *broker = NULL;
    size_t index = 0;
    size_t begun = 0;

    ck_assert(skel_suite_all(skel_division_make(all, groups, &deal.number, &group) == SKEL_OK));
    deal.group = group;
    ck_assert(skel_suite_all(skel_broker_open(&deal, &broker) == SKEL_OK));
    while (skel_broker_next(broker, &index)) {
        skel_status status = SKEL_OK;

        begun++;
        if (deal.number == groups - 1) {
            skel_stop_adopt("stopped by a test");
        }
        while (status == SKEL_OK) {
            skel_watchdog_beat();
            status = skel_stop_check();
        }
        skel_broker_report(broker, index, status, false);
    }
    skel_broker_close(&broker);
    /* a group that asks for its first run afterwards gets none */
    ck_assert(
        skel_suite_all(begun == 0 || (begun == 1 && strcmp(skel_stop_reason(), "a test") == 0)));
    ck_assert(skel_suite_all(
        !skel_comm_is_root(all) ||
        (skel_failures_tell(sweep, RUNS, agenda.count - agenda.next) == SKEL_ERR_STOPPED &&
         strstr(skel_error_message(), "stopped by a test: ") != NULL)));
    skel_comm_destroy(&group);
    skel_agenda_free(&agenda);
    skel_sweep_close(&sweep);
    skel_error_clear();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, sums_and_errors_stay_inside_a_group);
    tcase_add_test(tcase, groups_are_the_nodes_if_there_are_as_many);
    tcase_add_test(tcase, shared_memory_of_groups_is_apart);
    tcase_add_test(tcase, letters_arrive_in_order_and_a_rest_ends_when_all_have_come);
    tcase_add_test(tcase, every_run_is_done_once_and_its_result_reaches_the_root);
    tcase_add_test(tcase, without_keep_going_no_run_is_begun_after_a_failure);
    tcase_add_test(tcase, a_request_to_stop_one_rank_reaches_all_groups);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "groups", fill);
}
