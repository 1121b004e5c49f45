/* Turns: groups of ranks take the runs of a sweep in turn. Runs whose files exist are skipped. */
#include "broker.h"
#include "failures.h"
#include "finished.h"
#include "notice.h"
#include "stock.h"
#include "swept.h"

#include "skel/chronicle.h"
#include "skel/cost.h"
#include "skel/division.h"
#include "skel/lock.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/settings.h"
#include "skel/shared_folder.h"
#include "skel/stop.h"
#include "skel/watchdog.h"

/* One call of skel_sweep_run_all(). */
typedef struct effort {
    skel_session *session; /* of all ranks */
    skel_sweep *sweep;
    const skel_sweep_options *options;
    size_t first;
    size_t end;
    size_t tried; /* runs of the invocation, without those that repeat others */
    size_t groups;
    skel_agenda agenda; /* the root's */
} effort;

/* Does a run under a lock, unless another process has done it since its file was looked for. */
static skel_status do_locked(const effort *turns, skel_session *session, size_t index,
                             const char *path, bool *found)
{
    skel_sweep_run *run = &turns->sweep->run[index];
    char swept[SKEL_SWEPT];
    skel_assignment assignment = {.comm = session->comm,
                                  .job = &run->job,
                                  .invocation = &session->invocation,
                                  .index = index,
                                  .runs = session->runs,
                                  .identity = run->identity,
                                  .contents = &run->contents,
                                  .restart = turns->options->restart,
                                  .path = path,
                                  .swept = swept};
    skel_lock *lock = NULL;
    skel_status status = SKEL_OK;

    skel_watchdog_io_begin("locking %s", path);
    status = skel_lock_take(session->comm, path, &lock);
    if (status == SKEL_OK) {
        status = skel_finished_find(session->comm, path, turns->options->verify_full, run, found);
    }
    skel_watchdog_io_end();
    SKEL_TRY(status);
    if (!*found) {
        skel_swept_lines(turns->sweep, &run->job, swept);
        assignment.chronicle = skel_chronicle_open(&assignment);
        SKEL_TRY(skel_session_dataset(session, &run->job, &assignment.dataset));
        SKEL_TRY(skel_experiment_run(&assignment, &run->outcome));
    }
done:
    skel_chronicle_close(&assignment.chronicle, status, &run->outcome);
    skel_lock_release(&lock);
    return status;
}

static void do_run(const effort *turns, skel_session *session, skel_broker *broker, size_t index)
{
    skel_sweep_run *run = &turns->sweep->run[index];
    char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];
    bool found = false;
    skel_status status = SKEL_OK;

    skel_sweep_path(turns->options->out, run, sizeof path, path);
    status = do_locked(turns, session, index, path, &found);
    skel_broker_report(broker, index, status, found);
}

/* Whether a run is the same as an earlier one of the sweep, which is done in its place. */
static bool repeats(const effort *turns, size_t index)
{
    return !turns->options->only && turns->sweep->run[index].first != index;
}

/* Settles the runs whose files exist. The first ones are named, the others counted. */
static void settle_found(effort *turns)
{
    enum { NAMED = 50 };
    skel_sweep *sweep = turns->sweep;

    for (size_t i = turns->first; i < turns->end; i++) {
        char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];
        bool found = false;
        skel_status status = SKEL_OK;

        if (repeats(turns, i)) {
            sweep->run[i].state = SKEL_RUN_REPEATED;
            sweep->repeated++;
            skel_notice_repeated(sweep, i);
            continue;
        }
        skel_sweep_path(turns->options->out, &sweep->run[i], sizeof path, path);
        status = skel_finished_find(turns->session->comm, path, turns->options->verify_full,
                                    &sweep->run[i], &found);
        if (status != SKEL_OK) {
            skel_sweep_settle(sweep, i, status, skel_error_message());
            skel_notice_failed(sweep, i, turns->tried);
        } else if (found) {
            skel_sweep_settle(sweep, i, SKEL_OK, NULL);
            if (skel_comm_is_root(turns->session->comm)) {
                skel_finished_tidy(path);
            }
            if (sweep->done <= NAMED) {
                skel_notice_done(sweep, i, true);
            }
        }
    }
    if (sweep->done > NAMED) {
        SKEL_INFO("[%zu/%zu] %zu more runs were done before", sweep->done,
                  sweep->runs - sweep->repeated, sweep->done - NAMED);
    }
}

/* The root looks for the data sets of runs that are not done, so that a missing one is found before
 * the first run. */
static skel_status look_for_data(const effort *turns)
{
    skel_status status = SKEL_OK;

    for (size_t index = turns->first; status == SKEL_OK && index < turns->end; index++) {
        const skel_sweep_run *run = &turns->sweep->run[index];
        const skel_dataset_source source = skel_settings_source(&run->job);

        if (run->state == SKEL_RUN_PENDING && skel_dataset_check(&source) != SKEL_OK) {
            status = turns->tried > 1 ? skel_error_prefix("run %zu", index)
                                      : skel_error_prefix("data set");
        }
    }
    return status;
}

/* Root only: the cost of each run that is to be done. */
static skel_status compute_costs(const effort *turns)
{
    skel_costs *costs = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_costs_create(&costs));
    for (size_t i = turns->first; i < turns->end; i++) {
        skel_sweep_run *run = &turns->sweep->run[i];
        skel_cost cost;

        if (run->state == SKEL_RUN_PENDING) {
            SKEL_TRY(skel_cost_of(costs, &run->job, 1, &cost));
            run->cost = cost.flop;
        }
    }
done:
    skel_costs_destroy(&costs);
    return status;
}

/* Root only: puts the runs that are not done on the agenda, in order if one group does them all. */
static skel_status fill_agenda(effort *turns, size_t pending)
{
    uint64_t *index = NULL;
    double *cost = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(compute_costs(turns));
    SKEL_TRY(SKEL_ALLOC(pending, sizeof *index, &index));
    SKEL_TRY(SKEL_ALLOC(pending, sizeof *cost, &cost));
    for (size_t i = turns->first; i < turns->end; i++) {
        if (turns->sweep->run[i].state == SKEL_RUN_PENDING) {
            cost[count] = turns->groups > 1 ? turns->sweep->run[i].cost : 0;
            index[count++] = i;
        }
    }
    SKEL_TRY(skel_agenda_fill(count, index, cost, &turns->agenda));
done:
    SKEL_FREE(&cost);
    SKEL_FREE(&index);
    return status;
}

/* Finds what is to be done, and by how many groups. */
static skel_status prepare(effort *turns)
{
    const skel_comm *all = turns->session->comm;
    size_t pending = 0;
    skel_status status = SKEL_OK;

    skel_watchdog_io_begin("looking for finished runs in %s", turns->options->out);
    settle_found(turns);
    skel_watchdog_io_end();
    if (skel_comm_is_root(all)) {
        status = look_for_data(turns);
    }
    SKEL_TRY(skel_comm_agree(all, status));
    for (size_t i = turns->first; i < turns->end; i++) {
        pending += turns->sweep->run[i].state == SKEL_RUN_PENDING;
    }
    if (pending > 0) {
        /* the root alone has a file to look for */
        SKEL_TRY(skel_comm_agree(all, skel_stop_check_file()));
        skel_watchdog_io_begin("looking whether all ranks see %s", turns->options->out);
        status = skel_shared_folder_check(all, turns->options->out);
        skel_watchdog_io_end();
        SKEL_TRY(status);
    }
    turns->groups = turns->options->groups > 1 ? turns->options->groups : 1;
    if (turns->groups > pending && turns->groups > 1) {
        turns->groups = pending > 0 ? pending : 1;
        SKEL_INFO("%zu run%s to do: %zu group%s of ranks instead of %zu", pending,
                  pending == 1 ? " is" : "s are", turns->groups, turns->groups == 1 ? "" : "s",
                  turns->options->groups);
    }
    if (skel_comm_is_root(all)) {
        status = fill_agenda(turns, pending);
    }
    SKEL_TRY(skel_comm_agree(all, status));
done:
    return status;
}

/* Does runs as long as there are any. */
static skel_status take_turns(effort *turns, skel_session *session, size_t number)
{
    skel_deal deal = {.all = turns->session->comm,
                      .group = session->comm,
                      .groups = turns->groups,
                      .number = number,
                      .tried = turns->tried,
                      .keep_going = !turns->options->stop_early,
                      .sweep = turns->sweep,
                      .agenda = &turns->agenda};
    skel_broker *broker = NULL;
    size_t index = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_broker_open(&deal, &broker));
    while (skel_broker_next(broker, &index)) {
        do_run(turns, session, broker, index);
    }
done:
    skel_broker_close(&broker);
    return status;
}

/* Divides the ranks, each group with a session of its own, and all with the same data sets. */
static skel_status divide(effort *turns)
{
    const skel_comm *all = turns->session->comm;
    skel_comm *group = NULL;
    skel_session *session = NULL;
    skel_stock *stock = NULL;
    size_t number = 0;
    skel_status status = SKEL_OK;

    skel_watchdog_io_begin("reading the data sets of all runs");
    status = skel_stock_open(all, turns->sweep, &stock);
    skel_watchdog_io_end();
    SKEL_TRY(status);
    SKEL_TRY(skel_division_make(all, turns->groups, &number, &group));
    SKEL_TRY(skel_comm_agree(all, skel_session_part(turns->session, group, &session)));
    session->stock = stock;
    skel_log_speak(skel_comm_is_root(group));
    SKEL_TRY(take_turns(turns, session, number));
done:
    skel_log_speak(skel_comm_is_root(all));
    skel_session_destroy(&session);
    skel_comm_destroy(&group);
    skel_stock_close(&stock);
    return status;
}

skel_status skel_sweep_run_all(skel_session *session, skel_sweep *sweep,
                               const skel_sweep_options *options)
{
    effort turns = {.session = session,
                    .sweep = sweep,
                    .options = options,
                    .first = options->only ? options->index : 0,
                    .end = options->only ? options->index + 1 : sweep->runs};
    skel_status status = SKEL_OK;

    SKEL_ASSERT(turns.end <= sweep->runs);
    session->runs = sweep->runs;
    for (size_t i = turns.first; i < turns.end; i++) {
        turns.tried += !repeats(&turns, i);
    }
    SKEL_TRY(skel_sweep_locate(session->comm, sweep, options->out));
    SKEL_TRY(prepare(&turns));
    SKEL_TRY(turns.groups > 1 ? divide(&turns) : take_turns(&turns, session, 0));
    if (skel_comm_is_root(session->comm)) {
        status = skel_failures_tell(sweep, turns.tried, turns.agenda.count - turns.agenda.next);
    }
    SKEL_TRY(skel_comm_agree(session->comm, status));
done:
    skel_agenda_free(&turns.agenda);
    return status;
}
