/* `batchnorm: batch`: microbatches in lock step are one large batch, wherever they are. */
#include "rig.h"
#include "suite.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { IMAGES = 9, SLOTS = 3, CALLS_MAX = 64, COLUMNS_MAX = 512 };

/* Stands for the ranks: sums the rows, or gives the sums of an earlier run of all rows again. */
typedef struct ranks {
    bool replay;
    size_t calls;
    size_t columns[CALLS_MAX];
    double sums[CALLS_MAX][COLUMNS_MAX];
} ranks;

static skel_status sum(void *context, size_t rows, size_t columns, const double values[],
                       double out[])
{
    ranks *all = context;
    size_t call = all->calls++;

    ck_assert_uint_lt(call, CALLS_MAX);
    ck_assert_uint_le(columns, COLUMNS_MAX);
    if (all->replay) {
        ck_assert_uint_eq(columns, all->columns[call]);
        memcpy(out, all->sums[call], columns * sizeof *out);
        return SKEL_OK;
    }
    for (size_t c = 0; c < columns; c++) {
        out[c] = 0;
        for (size_t r = 0; r < rows; r++) {
            out[c] += values[r * columns + c];
        }
    }
    all->columns[call] = columns;
    memcpy(all->sums[call], out, columns * sizeof *out);
    return SKEL_OK;
}

static skel_status refuse(void *context, size_t rows, size_t columns, const double values[],
                          double out[])
{
    (void)context;
    (void)rows;
    (void)columns;
    (void)values;
    (void)out;
    return SKEL_FAIL(SKEL_ERR_DATA, "another rank has failed");
}

static ranks *ranks_make(void)
{
    ranks *out = NULL;

    ck_assert_ok(SKEL_ALLOC(1, sizeof *out, &out));
    return out;
}

static void passes_make(const skel_network *network, skel_pass passes[])
{
    for (size_t s = 0; s < SLOTS; s++) {
        memset(&passes[s], 0, sizeof passes[s]);
        ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof(float), &passes[s].gradient));
        ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof(float), &passes[s].statistics));
    }
}

static void passes_free(skel_pass passes[])
{
    for (size_t s = 0; s < SLOTS; s++) {
        SKEL_FREE(&passes[s].gradient);
        SKEL_FREE(&passes[s].statistics);
    }
}

/* Splits the images into microbatches of the given sizes. */
static void split(const skel_rig *rig, size_t count, const size_t sizes[], skel_batch batches[])
{
    size_t first = 0;

    for (size_t s = 0; s < count; s++) {
        batches[s] = skel_rig_batch(rig, first, sizes[s]);
        first += sizes[s];
    }
}

static double single_batch(const char *kind, const skel_rig *rig)
{
    skel_engine *engine = skel_rig_engine(rig, kind, &(skel_engine_options){.microbatch = IMAGES});
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);
    skel_pass pass = skel_rig_pass(rig);

    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0 / IMAGES, &pass));
    skel_engine_destroy(&engine);
    return pass.loss;
}

/* The passes of all slots together against the rig's, which are those of the single batch. */
static void check_sum(const char *kind, const skel_rig *rig, size_t count, const skel_pass passes[],
                      double loss)
{
    const skel_network *network = rig->network;
    /* the split changes the order of float sums alone; in double nothing but the last rounding */
    double tolerance = skel_rig_is_double(kind) ? 4 * 0x1p-24 : 1e-4;
    double total = 0;
    float *gradient = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *gradient, &gradient));
    for (size_t s = 0; s < count; s++) {
        total += passes[s].loss;
        for (size_t i = 0; i < network->parameter_count; i++) {
            gradient[i] += passes[s].gradient[i];
        }
        ck_assert(skel_relative_error(network->buffer_count, passes[s].statistics,
                                      rig->statistics) <= tolerance);
    }
    ck_assert(fabs(total - loss) <= tolerance * loss);
    ck_assert_msg(skel_relative_error(network->parameter_count, gradient, rig->gradient) <=
                      tolerance,
                  "%zu slots: %g", count,
                  skel_relative_error(network->parameter_count, gradient, rig->gradient));
    SKEL_FREE(&gradient);
}

static void rig_of(skel_rig *rig)
{
    skel_rig_model("resnet20", 6, (skel_tensor){3, 16, 16}, 10, IMAGES, rig);
}

START_TEST(microbatches_in_lock_step_are_one_large_batch)
{
    static const size_t sizes[SLOTS][SLOTS] = {{9}, {5, 4}, {4, 2, 3}};
    skel_pass passes[SLOTS];
    skel_batch batches[SLOTS];
    skel_rig rig;
    double loss = 0;

    rig_of(&rig);
    passes_make(rig.network, passes);
    loss = single_batch(skel_rig_kind(_i), &rig);
    for (size_t slots = 1; slots <= SLOTS; slots++) {
        ranks *all = ranks_make();
        skel_engine_options options = {
            .microbatch = IMAGES, .slots = slots, .statistics_sum = sum, .statistics_context = all};
        skel_engine *engine = skel_rig_engine(&rig, skel_rig_kind(_i), &options);

        split(&rig, slots, sizes[slots - 1], batches);
        ck_assert_ok(skel_engine_gradient(engine, slots, batches, 1.0 / IMAGES, passes));
        check_sum(skel_rig_kind(_i), &rig, slots, passes, loss);
        skel_engine_destroy(&engine);
        SKEL_FREE(&all);
    }
    passes_free(passes);
    skel_rig_free(&rig);
}
END_TEST

/* A rank that holds `count` of the microbatches, from number `first`, sees the same sums. */
static void check_rank(const char *kind, const skel_rig *rig, ranks *all, size_t first,
                       size_t count, const skel_batch batches[], const skel_pass expected[])
{
    skel_engine_options options = {
        .microbatch = 3, .slots = SLOTS, .statistics_sum = sum, .statistics_context = all};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    skel_pass passes[SLOTS];
    size_t calls = all->calls;

    passes_make(rig->network, passes);
    all->replay = true;
    all->calls = 0;
    ck_assert_ok(skel_engine_gradient(engine, count, batches + first, 1.0 / IMAGES, passes));
    ck_assert_uint_eq(all->calls, calls);
    for (size_t s = 0; s < count; s++) {
        ck_assert_mem_eq(passes[s].gradient, expected[first + s].gradient,
                         rig->network->parameter_count * sizeof(float));
        ck_assert_mem_eq(passes[s].statistics, expected[first + s].statistics,
                         rig->network->buffer_count * sizeof(float));
        ck_assert(passes[s].loss == expected[first + s].loss);
    }
    passes_free(passes);
    skel_engine_destroy(&engine);
}

START_TEST(a_microbatch_gives_the_same_bits_wherever_the_others_are)
{
    static const size_t sizes[SLOTS] = {3, 3, 3};
    const char *kind = skel_rig_kind(_i);
    ranks *all = ranks_make();
    skel_engine_options options = {
        .microbatch = 3, .slots = SLOTS, .statistics_sum = sum, .statistics_context = all};
    skel_engine *engine = NULL;
    skel_pass passes[SLOTS];
    skel_batch batches[SLOTS];
    skel_rig rig;

    rig_of(&rig);
    passes_make(rig.network, passes);
    split(&rig, SLOTS, sizes, batches);
    engine = skel_rig_engine(&rig, kind, &options);
    ck_assert_ok(skel_engine_gradient(engine, SLOTS, batches, 1.0 / IMAGES, passes));
    check_rank(kind, &rig, all, 0, 2, batches, passes);
    check_rank(kind, &rig, all, 2, 1, batches, passes);
    check_rank(kind, &rig, all, 1, 1, batches, passes);
    check_rank(kind, &rig, all, 0, 0, batches, passes); /* a rank without work takes part too */
    skel_engine_destroy(&engine);
    passes_free(passes);
    skel_rig_free(&rig);
    SKEL_FREE(&all);
}
END_TEST

START_TEST(without_lock_step_slots_do_not_know_of_each_other)
{
    static const size_t sizes[SLOTS] = {4, 2, 3};
    skel_engine_options options = {.microbatch = 4, .slots = SLOTS};
    skel_engine *engine = NULL;
    skel_pass passes[SLOTS];
    skel_batch batches[SLOTS];
    skel_rig rig;

    rig_of(&rig);
    passes_make(rig.network, passes);
    split(&rig, SLOTS, sizes, batches);
    engine = skel_rig_engine(&rig, skel_rig_kind(_i), &options);
    ck_assert_ok(skel_engine_gradient(engine, SLOTS, batches, 1.0, passes));
    for (size_t s = 0; s < SLOTS; s++) {
        skel_pass alone = skel_rig_pass(&rig);

        ck_assert_ok(skel_engine_gradient(engine, 1, &batches[s], 1.0, &alone));
        ck_assert_mem_eq(alone.gradient, passes[s].gradient,
                         rig.network->parameter_count * sizeof(float));
        ck_assert_mem_eq(alone.statistics, passes[s].statistics,
                         rig.network->buffer_count * sizeof(float));
        ck_assert(alone.loss == passes[s].loss);
    }
    skel_engine_destroy(&engine);
    passes_free(passes);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(a_failed_sum_ends_the_pass)
{
    skel_engine_options options = {.microbatch = IMAGES, .statistics_sum = refuse};
    skel_engine *engine = NULL;
    skel_batch batch;
    skel_pass pass;
    skel_rig rig;

    rig_of(&rig);
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    engine = skel_rig_engine(&rig, skel_rig_kind(_i), &options);
    ck_assert_int_eq(skel_engine_gradient(engine, 1, &batch, 1.0, &pass), SKEL_ERR_DATA);
    ck_assert_int_eq(skel_engine_gradient(engine, 0, NULL, 1.0, NULL), SKEL_ERR_DATA);
    ck_assert_str_eq(skel_error_message(), "another rank has failed");
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(testing_is_local_in_lock_step_too)
{
    skel_engine_options together = {.microbatch = IMAGES, .statistics_sum = refuse};
    skel_engine_options alone = {.microbatch = IMAGES};
    float found[IMAGES * 10];
    float expected[IMAGES * 10];
    skel_engine *a = NULL;
    skel_engine *b = NULL;
    skel_batch batch;
    skel_rig rig;

    rig_of(&rig);
    batch = skel_rig_batch(&rig, 0, IMAGES);
    a = skel_rig_engine(&rig, skel_rig_kind(_i), &together);
    b = skel_rig_engine(&rig, skel_rig_kind(_i), &alone);
    ck_assert_ok(skel_engine_forward(a, &batch, rig.buffers, found));
    ck_assert_ok(skel_engine_forward(b, &batch, rig.buffers, expected));
    ck_assert_mem_eq(found, expected, sizeof found);
    skel_engine_destroy(&a);
    skel_engine_destroy(&b);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    int kinds = skel_rig_kinds();

    tcase_add_loop_test(tcase, microbatches_in_lock_step_are_one_large_batch, 0, kinds);
    tcase_add_loop_test(tcase, a_microbatch_gives_the_same_bits_wherever_the_others_are, 0, kinds);
    tcase_add_loop_test(tcase, without_lock_step_slots_do_not_know_of_each_other, 0, kinds);
    tcase_add_loop_test(tcase, a_failed_sum_ends_the_pass, 0, kinds);
    tcase_add_loop_test(tcase, testing_is_local_in_lock_step_too, 0, kinds);
}

int main(void)
{
    return skel_suite_run("engine, lock step", fill);
}
