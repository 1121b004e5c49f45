/* Contests: the order of the measurements, and the table of the results. */
#include "skel/bench.h"

#include "skel/memory.h"
#include "skel/progress.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RATE = 352 /* any double */, RATE_DECIMALS = 9 };

/* Written by the root for the ranks of its node, in shared memory. */
typedef struct skel_turn {
    _Atomic uint64_t root_is_here; /* 1 on the root's node */
    _Atomic uint64_t ended;        /* turns of the root that have ended */
} skel_turn;

/* A rank that waits in MPI spins. On the root's node it would take a processor from the process
 * that is measured, so it sleeps instead. */
static void sleep_until(const skel_turn *turn, uint64_t ended)
{
    const struct timespec pause = {.tv_nsec = 1000000};

    while (atomic_load(&turn->root_is_here) == 1 && atomic_load(&turn->ended) < ended) {
        (void)nanosleep(&pause, NULL);
    }
}

skel_status skel_bench_alone(skel_bench *bench, skel_status (*run)(void *context, double *),
                             void *context, double *seconds)
{
    skel_turn *turn = skel_shared_data(bench->turn);
    skel_status status = SKEL_OK;

    *seconds = 0;
    skel_comm_barrier(bench->comm);
    bench->turns++;
    if (skel_comm_is_root(bench->comm)) {
        atomic_store(&turn->root_is_here, 1);
        status = run(context, seconds);
        atomic_store(&turn->ended, bench->turns);
    } else {
        sleep_until(turn, bench->turns);
    }
    skel_comm_barrier(bench->comm);
    return status;
}

typedef struct skel_peer_request {
    skel_bench_peer *peer;
    const char *name;
    const char *prepare; /* NULL: run the prepared work */
} skel_peer_request;

static skel_status ask_peer(void *context, double *seconds)
{
    const skel_peer_request *request = context;

    *seconds = 0;
    if (request->prepare == NULL) {
        return skel_bench_peer_run(request->peer, request->name, seconds);
    }
    return skel_bench_peer_ask(request->peer, "prepare %s %s", request->name, request->prepare);
}

static skel_status nothing(void *context, double *seconds)
{
    (void)context;
    *seconds = 0;
    return SKEL_OK;
}

/* Sends one request to the peer; a failure makes the contestant missing. */
static void turn_of_peer(skel_bench *bench, skel_contestant *entry, const char *prepare,
                         double *seconds)
{
    skel_peer_request request = {.peer = bench->peer, .name = entry->context, .prepare = prepare};
    bool able = bench->peer != NULL && entry->missing[0] == '\0';

    if (skel_bench_alone(bench, able ? ask_peer : nothing, &request, seconds) != SKEL_OK) {
        (void)snprintf(entry->missing, sizeof entry->missing, "%s", skel_error_message());
    }
}

static void set_how(skel_contestant *entry, int ranks, size_t threads)
{
    (void)snprintf(entry->how, sizeof entry->how, "%d x %zu", ranks, threads);
}

void skel_bench_peer_enter(skel_bench *bench, skel_contestant *entry, const char *name,
                           const char *title, const char *prepare)
{
    double seconds = 0;
    int threads = 0;

    memset(entry, 0, sizeof *entry);
    entry->context = (void *)(uintptr_t)name;
    (void)snprintf(entry->name, sizeof entry->name, "PyTorch%s", title);
    if (bench->peer != NULL) {
        (void)snprintf(entry->name, sizeof entry->name, "%.30s%s",
                       skel_bench_peer_name(bench->peer, &threads), title);
        set_how(entry, 1, (size_t)threads);
    } else {
        (void)snprintf(entry->missing, sizeof entry->missing, "%s", bench->no_peer);
    }
    turn_of_peer(bench, entry, prepare, &seconds);
}

/* One round of one contestant. */
static skel_status turn_of(skel_bench *bench, skel_contestant *entry, size_t round)
{
    double *seconds = &entry->seconds[round];
    skel_status status = SKEL_OK;

    if (entry->run == NULL) {
        turn_of_peer(bench, entry, NULL, seconds);
        return SKEL_OK;
    }
    if (entry->alone) {
        return skel_comm_agree(bench->comm,
                               skel_bench_alone(bench, entry->run, entry->context, seconds));
    }
    skel_comm_barrier(bench->comm);
    status = skel_comm_agree(bench->comm, entry->run(entry->context, seconds));
    if (status == SKEL_OK) {
        skel_comm_max_f64(bench->comm, 1, seconds);
    }
    return status;
}

static skel_status measure_model(skel_bench *bench, const skel_bench_measure *measure,
                                 const char *model)
{
    void *state = NULL;
    skel_status status = skel_alloc(1, measure->bytes, &state);

    if (status == SKEL_OK) {
        status = measure->create(bench, model, state);
    }
    status = skel_comm_agree(bench->comm, status);
    if (status == SKEL_OK) {
        status = measure->run(bench, model, state);
    }
    if (state != NULL) {
        measure->destroy(state);
    }
    skel_free(&state);
    return status;
}

skel_status skel_bench_models(skel_bench *bench, const skel_bench_measure *measure, size_t count,
                              const char *const models[])
{
    skel_status status = SKEL_OK;

    if (bench->model != NULL) {
        return measure_model(bench, measure, bench->model);
    }
    for (size_t i = 0; i < count && status == SKEL_OK; i++) {
        status = measure_model(bench, measure, models[i]);
    }
    return status;
}

skel_status skel_bench_warm_up(skel_bench *bench, size_t count, skel_contestant entries[])
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count; i++) {
        if (entries[i].run != NULL) {
            SKEL_TRY(turn_of(bench, &entries[i], 0));
        }
    }
done:
    return status;
}

skel_status skel_bench_contest(skel_bench *bench, const char *label, size_t count,
                               skel_contestant entries[])
{
    skel_progress progress;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count; i++) {
        if (entries[i].run != NULL) {
            set_how(&entries[i], entries[i].alone ? 1 : skel_comm_size(bench->comm),
                    entries[i].threads);
        }
    }
    skel_progress_start(&progress, label, "runs", bench->repeat * count);
    for (size_t round = 0; round < bench->repeat; round++) {
        for (size_t i = 0; i < count; i++) {
            SKEL_TRY(turn_of(bench, &entries[i], round));
            skel_progress_advance(&progress, 1, entries[i].name);
        }
    }
done:
    (void)skel_progress_finish(&progress);
    return status;
}

static int compare_seconds(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Sorts a copy of the rounds. */
static void sort_rounds(const skel_bench *bench, const skel_contestant *entry,
                        double sorted[BENCH_REPEATS])
{
    memcpy(sorted, entry->seconds, sizeof entry->seconds);
    qsort(sorted, bench->repeat, sizeof *sorted, compare_seconds);
}

double skel_bench_median(const skel_bench *bench, const skel_contestant *entry)
{
    double sorted[BENCH_REPEATS];
    size_t middle = bench->repeat / 2;

    sort_rounds(bench, entry, sorted);
    return bench->repeat % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/* Five digits, or the whole part of a larger number: never an exponent. */
static void say_rate(double rate, char out[RATE])
{
    double decimals = rate > 0 ? 4 - floor(log10(rate)) : 0;

    (void)snprintf(out, RATE, "%.*f", (int)fmin(fmax(decimals, 0), RATE_DECIMALS), rate);
}

static void print_row(const skel_bench *bench, const skel_contestant *entry, double first,
                      double work)
{
    double sorted[BENCH_REPEATS];
    double median = skel_bench_median(bench, entry);
    char rate[RATE];

    say_rate(work / median, rate);
    sort_rounds(bench, entry, sorted);
    (void)printf("  %-36s %7s %11.5f %11.5f %11.5f %12s %9.2f\n", entry->name, entry->how, median,
                 sorted[0], sorted[bench->repeat - 1], rate, median / first);
}

void skel_bench_print(const skel_bench *bench, size_t count, const skel_contestant entries[],
                      double work, const char *unit)
{
    double first = skel_bench_median(bench, &entries[0]);

    if (!skel_comm_is_root(bench->comm)) {
        return;
    }
    (void)printf("  %-36s %7s %11s %11s %11s %12s %9s\n", "", "ranks x", "median", "least", "most",
                 "", "time /");
    (void)printf("  %-36s %7s %11s %11s %11s %12s %9s\n", "", "threads", "s", "s", "s", unit,
                 "skel's");
    for (size_t i = 0; i < count; i++) {
        if (entries[i].missing[0] == '\0') {
            print_row(bench, &entries[i], first, work);
        } else {
            (void)printf("  %-36s not measured: %s\n", entries[i].name, entries[i].missing);
        }
    }
    (void)fflush(stdout);
}
