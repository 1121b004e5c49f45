/* Sums that are left between two microbatches and go on later, on as many ranks or on others. */
#include "suite.h"

#include "skel/random.h"
#include "skel/reduce.h"
#include "skel/stop.h"

#include <stdlib.h>
#include <string.h>

enum { SEGMENTS = 2, COUNT = 300, SCALARS = 2, MANY = 41 };

static const skel_segment segment[SEGMENTS] = {{0, 200}, {200, 100}};
static const skel_reduce_shape shape = {.count = COUNT,
                                        .segments = SEGMENTS,
                                        .segment = segment,
                                        .scalars = SCALARS,
                                        .microbatches_max = MANY};

/* What the microbatches hold, and how many were computed here. */
typedef struct source {
    double last; /* factor of the last microbatch's values */
    size_t failing;
    double computed;
} source;

static skel_status compute(void *context, size_t first, size_t count, float *const values[],
                           double scalars[])
{
    source *from = context;

    ck_assert_uint_eq(count, 1);
    from->computed++;
    if (first == from->failing) {
        return SKEL_FAIL(SKEL_ERR_DATA, "microbatch %zu cannot be read", first);
    }
    for (size_t s = 0; s < SEGMENTS; s++) {
        skel_stream stream = skel_stream_open(5, SKEL_PURPOSE_TEST, (uint32_t)first, (uint32_t)s);

        for (size_t i = 0; i < segment[s].count; i++) {
            values[0][segment[s].offset + i] =
                (float)(skel_stream_normal(&stream) * (first + 1 == MANY ? from->last : 1));
        }
    }
    scalars[0] = 1.0 / (double)(first + 3);
    scalars[1] = (double)first;
    return SKEL_OK;
}

/* A keeper that copies the part at one of the borders, and leaves the sum there or goes on. */
typedef struct shelf {
    size_t borders; /* before it is due */
    bool leaves;
    size_t saved;
    skel_partial copy;
    uint8_t done[MANY];
    int64_t total[COUNT];
    float largest[SEGMENTS];
    double rows[MANY * SCALARS];
} shelf;

static bool is_due(void *context)
{
    shelf *to = context;

    return to->borders-- == 0;
}

static skel_status save(void *context, const skel_partial *partial)
{
    shelf *to = context;

    to->copy = *partial;
    to->copy.done = memcpy(to->done, partial->done, sizeof to->done);
    to->copy.total = memcpy(to->total, partial->total, sizeof to->total);
    to->copy.largest = memcpy(to->largest, partial->largest, sizeof to->largest);
    to->copy.rows = memcpy(to->rows, partial->rows, sizeof to->rows);
    to->saved++;
    return to->leaves ? SKEL_FAIL(SKEL_ERR_STOPPED, "left") : SKEL_OK;
}

/* A sum, and its scalars behind it. */
typedef struct sum {
    float values[COUNT];
    double scalars[SCALARS];
    double computed; /* microbatches, by all ranks */
    skel_status status;
} sum;

static sum sum_on(const skel_comm *comm, source from, shelf *to, const skel_partial *part)
{
    const skel_keeper keeper = {.context = to, .due = is_due, .save = save, .from = part};
    skel_reducer *reducer = NULL;
    sum found = {.status =
                     skel_reducer_create(comm, SKEL_REDUCTION_EXACT, &shape, false, &reducer)};

    if (found.status == SKEL_OK) {
        skel_reducer_keep(reducer, to != NULL ? &keeper : NULL);
        found.status = skel_reduce(reducer, MANY, compute, &from, found.values, found.scalars);
    }
    skel_reducer_destroy(&reducer);
    skel_comm_sum_f64(comm, 1, &from.computed);
    found.computed = from.computed;
    return found;
}

static bool same(const sum *a, const sum *b)
{
    return a->status == SKEL_OK && b->status == SKEL_OK &&
           memcmp(a->values, b->values, sizeof a->values) == 0 && a->scalars[0] == b->scalars[0] &&
           a->scalars[1] == b->scalars[1];
}

static size_t done_of(const shelf *to)
{
    size_t done = 0;

    for (size_t m = 0; m < MANY; m++) {
        done += to->done[m];
    }
    return done;
}

/* Sums are left on some ranks and end on others: all of them, or each one alone. */
static bool goes_on(const skel_comm *here, const skel_comm *there, size_t borders, double last)
{
    const source from = {.last = last, .failing = MANY};
    shelf none = {.borders = SIZE_MAX};
    shelf to = {.borders = borders, .leaves = true};
    const sum whole = sum_on(there, from, NULL, NULL);
    const sum left = sum_on(here, from, &to, NULL);
    const sum rest = sum_on(there, from, &none, &to.copy);
    size_t done = done_of(&to);

    return left.status == SKEL_ERR_STOPPED && to.saved == 1 && done > borders && done < MANY &&
           same(&whole, &rest) &&
           (last > 1 || rest.computed == (double)(MANY - done)); /* none is computed twice */
}

START_TEST(a_sum_that_was_left_goes_on_with_the_same_bits_on_any_ranks)
{
    skel_comm *self = NULL;
    const skel_comm *all = skel_suite_comm();

    ck_assert(skel_suite_all(skel_comm_create_self(&self) == SKEL_OK));
    for (size_t borders = 0; borders < 7; borders++) {
        ck_assert(skel_suite_all(goes_on(all, all, borders, 1)));
        ck_assert(skel_suite_all(goes_on(self, all, borders, 1)));
        ck_assert(skel_suite_all(goes_on(all, self, borders, 1)));
    }
    skel_comm_destroy(&self);
}
END_TEST

/* The values outgrow the scales of the part after it was kept: all start again. */
START_TEST(a_part_that_overflows_later_is_computed_again)
{
    ck_assert(skel_suite_all(goes_on(skel_suite_comm(), skel_suite_comm(), 0, 1e9)));
}
END_TEST

START_TEST(saving_a_part_does_not_change_the_sum)
{
    const double factors[] = {1, 1e9};

    for (size_t f = 0; f < 2; f++) {
        const source from = {.last = factors[f], .failing = MANY};
        shelf to = {.borders = 1};
        const sum whole = sum_on(skel_suite_comm(), from, NULL, NULL);
        const sum found = sum_on(skel_suite_comm(), from, &to, NULL);

        ck_assert(skel_suite_all(same(&whole, &found)));
        ck_assert(skel_suite_all(to.saved == 1));
    }
}
END_TEST

START_TEST(a_part_of_another_shape_is_ignored)
{
    const source from = {.last = 1, .failing = MANY};
    shelf to = {.borders = 2, .leaves = true};
    shelf none = {.borders = SIZE_MAX};
    const sum whole = sum_on(skel_suite_comm(), from, NULL, NULL);
    sum rest = sum_on(skel_suite_comm(), from, &to, NULL);

    to.copy.count++;
    rest = sum_on(skel_suite_comm(), from, &none, &to.copy);
    ck_assert(skel_suite_all(same(&whole, &rest) && rest.computed == MANY));
}
END_TEST

START_TEST(no_part_is_saved_after_a_failure)
{
    for (size_t m = 0; m < MANY; m++) {
        const source from = {.last = 1, .failing = m};
        shelf to = {.borders = 5};
        const sum found = sum_on(skel_suite_comm(), from, &to, NULL);
        bool right = found.status == SKEL_ERR_DATA;

        for (size_t done = 0; done < MANY; done++) {
            right = right && !(to.done[done] && done == m);
        }
        ck_assert(skel_suite_all(right));
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_sum_that_was_left_goes_on_with_the_same_bits_on_any_ranks);
    tcase_add_test(tcase, a_part_that_overflows_later_is_computed_again);
    tcase_add_test(tcase, saving_a_part_does_not_change_the_sum);
    tcase_add_test(tcase, a_part_of_another_shape_is_ignored);
    tcase_add_test(tcase, no_part_is_saved_after_a_failure);
}

int main(int argc, char **argv)
{
    /* checks are counted: there is a border before each microbatch, however short they are */
    (void)setenv("SKEL_STOP_AFTER", "1000000000", 1);
    skel_stop_listen(0);
    return skel_suite_run_mpi(argc, argv, "partial", fill);
}
