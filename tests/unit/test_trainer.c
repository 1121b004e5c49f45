/* Epochs, and masks that move in them: compared with steps that are taken one by one. */
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"
#include "skel/trainer.h"

#include <string.h>

enum { SAMPLES = 40, CLASSES = 4, SIDE = 28, BATCH = 12, STEPS = 4, CALLS = 16 };

static const double rate = 0.05;

/* The first layer of lenet-300-100. */
static const skel_segment segment[1] = {{0, (size_t)SIDE *SIDE * 300}};

static const skel_dataset_info info = {.name = "test",
                                       .channels = 1,
                                       .height = SIDE,
                                       .width = SIDE,
                                       .classes = CLASSES,
                                       .mean = (const float[]){0.5F},
                                       .deviation = (const float[]){0.25F}};

static uint8_t pixels[SAMPLES * SIDE * SIDE];
static uint16_t labels[SAMPLES];
static uint32_t numbers[SAMPLES];

/* What a mover was called with. */
typedef struct record {
    size_t instead; /* the step that it takes; 0: none */
    size_t after;   /* the step that it follows */
    size_t calls;
    size_t watched; /* steps whose gradient was seen */
    size_t step[CALLS];
    bool has_gradient[CALLS];
    size_t count; /* parameters */
    float *seen;  /* [count] gradient of the latest call with one */
    float *at;    /* [count] parameters then */
} record;

/* A training of all. */
typedef struct fixture {
    skel_comm *comm;
    skel_network *network;
    skel_view view;
    skel_samples samples;
    skel_indices train;
    skel_mask *mask;
    skel_worker *masked;
    skel_worker *all;
    skel_state state;
    skel_training training;
    skel_progress progress;
    record record;
    skel_mover mover;
} fixture;

static skel_move when(const void *context, size_t step)
{
    const record *is = context;

    if (step == is->instead) {
        return SKEL_MOVE_INSTEAD;
    }
    return step == is->after ? SKEL_MOVE_AFTER : SKEL_MOVE_NONE;
}

static bool watches(const void *context, size_t step)
{
    const record *is = context;

    return step == is->after;
}

static void watch(void *context, const float gradient[])
{
    record *to = context;

    to->watched++;
    memcpy(to->seen, gradient, to->count * sizeof *gradient);
}

static skel_status move(void *context, size_t step, const skel_state *state, const float gradient[])
{
    record *to = context;

    to->step[to->calls] = step;
    to->has_gradient[to->calls++] = gradient != NULL;
    if (gradient != NULL) {
        memcpy(to->seen, gradient, to->count * sizeof *gradient);
        memcpy(to->at, state->parameters, to->count * sizeof *gradient);
    }
    return SKEL_OK;
}

static void make_vectors(fixture *out)
{
    size_t count = out->network->parameter_count;

    out->record.count = count;
    ck_assert_ok(SKEL_ALLOC(count, sizeof(float), &out->record.seen));
    ck_assert_ok(SKEL_ALLOC(count, sizeof(float), &out->record.at));
    ck_assert_ok(SKEL_ALLOC(count, sizeof(float), &out->state.parameters));
    ck_assert_ok(SKEL_ALLOC(count, sizeof(float), &out->state.velocity));
    ck_assert_ok(SKEL_ALLOC(out->network->buffer_count, sizeof(float), &out->state.buffers));
    ck_assert_ok(skel_network_initialise(out->network, SKEL_INIT_KAIMING_NORMAL, 1, NULL,
                                         out->state.parameters, out->state.buffers));
}

/* A third of the first layer is kept. */
static void make_mask(fixture *out)
{
    ck_assert_ok(skel_mask_create(out->network->parameter_count, 1, segment, NULL, &out->mask));
    for (size_t i = 0; i < segment[0].count; i++) {
        out->mask->keep[segment[0].offset + i] = i % 3 == 0;
    }
    skel_mask_recount(out->mask);
    skel_mask_apply(out->mask, out->state.parameters);
}

static void make_workers(fixture *out)
{
    skel_worker_options options = {
        .kind = "dense",
        .engine = {.microbatch = BATCH},
        .batch_size = BATCH,
        .batches = 1,
        .keep = out->mask->keep,
    };

    ck_assert_ok(skel_worker_create(out->comm, out->network, &options, &out->all));
    options.engine.kept_only = true;
    ck_assert_ok(skel_worker_create(out->comm, out->network, &options, &out->masked));
}

static void fixture_make(fixture *out)
{
    skel_stream stream = skel_stream_open(4, SKEL_PURPOSE_TEST, 0, 0);

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] = (uint8_t)skel_stream_below(&stream, 256);
    }
    for (uint32_t i = 0; i < SAMPLES; i++) {
        labels[i] = (uint16_t)skel_stream_below(&stream, CLASSES);
        numbers[i] = i;
    }
    ck_assert_ok(skel_comm_create_self(&out->comm));
    ck_assert_ok(skel_model_create("lenet-300-100", 0, (skel_tensor){1, SIDE, SIDE}, CLASSES,
                                   &out->network));
    ck_assert_ok(skel_view_make(&info, SIDE, SKEL_AUGMENT_STANDARD, 5, &out->view));
    out->samples = (skel_samples){.count = SAMPLES, .images = pixels, .labels = labels};
    out->train = (skel_indices){SAMPLES, numbers};
    make_vectors(out);
    make_mask(out);
    make_workers(out);
    out->mover =
        (skel_mover){.context = &out->record, .worker = out->all, .when = when, .move = move};
    skel_progress_start(&out->progress, "test", "images", SAMPLES);
    out->training = (skel_training){.comm = out->comm,
                                    .network = out->network,
                                    .worker = out->masked,
                                    .mask = out->mask,
                                    .sgd = {.momentum = 0.9, .weight_decay = 5e-4},
                                    .rate = {.base = rate, .epochs = 9},
                                    .view = &out->view,
                                    .samples = &out->samples,
                                    .train = &out->train,
                                    .batch_size = BATCH,
                                    .seed = 2,
                                    .progress = &out->progress};
}

static void fixture_free(fixture *from)
{
    (void)skel_progress_finish(&from->progress);
    skel_worker_destroy(&from->masked);
    skel_worker_destroy(&from->all);
    skel_mask_destroy(&from->mask);
    SKEL_FREE(&from->state.buffers);
    SKEL_FREE(&from->state.velocity);
    SKEL_FREE(&from->state.parameters);
    SKEL_FREE(&from->record.at);
    SKEL_FREE(&from->record.seen);
    skel_network_destroy(&from->network);
    skel_comm_destroy(&from->comm);
}

/* A batch of an epoch by hand: its gradient at the masked network, of all weights or of the kept
 * ones. */
static void gradient_by_hand(fixture *of, skel_worker *worker, size_t epoch, size_t step,
                             float gradient[])
{
    uint32_t order[SAMPLES];
    skel_result result;
    size_t left = SAMPLES - step * BATCH;
    skel_batches batch = {.view = &of->view,
                          .samples = &of->samples,
                          .count = left < BATCH ? left : BATCH,
                          .batch_size = BATCH,
                          .index = order + step * BATCH,
                          .epoch = (uint32_t)epoch};

    skel_sampler_epoch(&of->train, of->training.seed, (uint32_t)epoch, order);
    ck_assert_ok(
        skel_worker_gradient(worker, of->state.parameters, &batch, gradient, NULL, &result));
}

static void ck_same_state(const fixture *a, const fixture *b)
{
    size_t bytes = a->record.count * sizeof(float);

    ck_assert(memcmp(a->state.parameters, b->state.parameters, bytes) == 0);
    ck_assert(memcmp(a->state.velocity, b->state.velocity, bytes) == 0);
}

START_TEST(a_step_in_which_the_mask_moves_instead_has_all_gradients_and_no_optimiser)
{
    fixture by_loop;
    fixture by_hand;
    skel_epoch_report report;
    float *gradient = NULL;

    fixture_make(&by_loop);
    fixture_make(&by_hand);
    ck_assert_ok(SKEL_ALLOC(by_hand.record.count, sizeof *gradient, &gradient));
    by_loop.training.mover = &by_loop.mover;
    by_loop.record.instead = 2;
    ck_assert_ok(
        skel_trainer_epoch(&by_loop.training, 0, &by_loop.state, &(skel_epoch_part){0}, &report));
    for (size_t step = 0; step < STEPS; step++) {
        bool moves = step + 1 == 2;

        gradient_by_hand(&by_hand, moves ? by_hand.all : by_hand.masked, 0, step, gradient);
        if (moves) {
            size_t bytes = by_hand.record.count * sizeof *gradient;

            ck_assert(memcmp(by_loop.record.seen, gradient, bytes) == 0);
            ck_assert(memcmp(by_loop.record.at, by_hand.state.parameters, bytes) == 0);
            ck_assert(gradient[segment[0].offset + 1] != 0); /* of a pruned weight */
        } else {
            skel_sgd_step(&by_hand.training.sgd, rate, by_hand.record.count, by_hand.mask->keep,
                          gradient, by_hand.state.parameters, by_hand.state.velocity);
        }
    }
    ck_same_state(&by_loop, &by_hand);
    ck_assert_uint_eq(by_loop.record.calls, 1);
    ck_assert_uint_eq(report.result.images, SAMPLES);
    SKEL_FREE(&gradient);
    fixture_free(&by_hand);
    fixture_free(&by_loop);
}
END_TEST

START_TEST(steps_are_counted_over_the_whole_training)
{
    const size_t last = (size_t)2 * STEPS; /* step of the second epoch */
    fixture moving;
    fixture plain;
    skel_epoch_report report;

    fixture_make(&moving);
    fixture_make(&plain);
    moving.training.mover = &moving.mover;
    moving.record.after = last;
    for (size_t epoch = 0; epoch < 3; epoch++) {
        ck_assert_ok(skel_trainer_epoch(&moving.training, epoch, &moving.state,
                                        &(skel_epoch_part){0}, &report));
        ck_assert_ok(skel_trainer_epoch(&plain.training, epoch, &plain.state, &(skel_epoch_part){0},
                                        &report));
        ck_assert_uint_eq(moving.record.calls, epoch >= 1);
    }
    ck_assert_uint_eq(moving.record.step[0], last);
    ck_assert(!moving.record.has_gradient[0]);
    ck_same_state(&moving, &plain); /* the optimiser's step was taken, too */
    fixture_free(&plain);
    fixture_free(&moving);
}
END_TEST

/* The dense engine computes a kept weight's gradient with the same bits in both workers. */
START_TEST(a_watched_step_shows_the_gradient_of_all_weights_and_is_like_any_other)
{
    fixture watched;
    fixture plain;
    skel_epoch_report report;
    size_t pruned = 0;

    fixture_make(&watched);
    fixture_make(&plain);
    watched.training.mover = &watched.mover;
    watched.mover.watches = watches;
    watched.mover.watch = watch;
    watched.record.after = 2;
    ck_assert_ok(
        skel_trainer_epoch(&watched.training, 0, &watched.state, &(skel_epoch_part){0}, &report));
    ck_assert_ok(
        skel_trainer_epoch(&plain.training, 0, &plain.state, &(skel_epoch_part){0}, &report));
    ck_assert_uint_eq(watched.record.watched, 1);
    for (size_t i = 0; i < watched.record.count; i++) {
        pruned += watched.mask->keep[i] == 0 && watched.record.seen[i] != 0;
    }
    ck_assert_uint_gt(pruned, segment[0].count / 2);
    ck_same_state(&watched, &plain);
    fixture_free(&plain);
    fixture_free(&watched);
}
END_TEST

START_TEST(a_shifted_epoch_sees_the_samples_of_a_later_one)
{
    fixture shifted;
    fixture later;
    fixture same;
    skel_epoch_report report;

    fixture_make(&shifted);
    fixture_make(&later);
    fixture_make(&same);
    shifted.training.shift = 5;
    ck_assert_ok(
        skel_trainer_epoch(&shifted.training, 1, &shifted.state, &(skel_epoch_part){0}, &report));
    ck_assert_ok(
        skel_trainer_epoch(&later.training, 6, &later.state, &(skel_epoch_part){0}, &report));
    ck_assert_ok(
        skel_trainer_epoch(&same.training, 1, &same.state, &(skel_epoch_part){0}, &report));
    ck_same_state(&shifted, &later);
    ck_assert(memcmp(shifted.state.parameters, same.state.parameters,
                     same.record.count * sizeof(float)) != 0);
    fixture_free(&same);
    fixture_free(&later);
    fixture_free(&shifted);
}
END_TEST

/* 8 warm-up steps from 0.08 / 8 to 0.08: the 1st is 0.01, the 5th 0.05. */
START_TEST(the_learning_rate_of_an_epoch_is_that_of_its_first_step)
{
    static const double expected[] = {0.01, 0.05, 0.08};
    fixture of;
    skel_epoch_report report;

    fixture_make(&of);
    of.training.rate =
        (skel_rate){.kind = SKEL_RATE_CONSTANT, .base = 0.08, .epochs = 3, .warmup_epochs = 2};
    for (size_t epoch = 0; epoch < 3; epoch++) {
        ck_assert_ok(
            skel_trainer_epoch(&of.training, epoch, &of.state, &(skel_epoch_part){0}, &report));
        ck_assert_double_eq_tol(report.learning_rate, expected[epoch], 1e-15);
    }
    fixture_free(&of);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase,
                   a_step_in_which_the_mask_moves_instead_has_all_gradients_and_no_optimiser);
    tcase_add_test(tcase, a_watched_step_shows_the_gradient_of_all_weights_and_is_like_any_other);
    tcase_add_test(tcase, steps_are_counted_over_the_whole_training);
    tcase_add_test(tcase, the_learning_rate_of_an_epoch_is_that_of_its_first_step);
    tcase_add_test(tcase, a_shifted_epoch_sees_the_samples_of_a_later_one);
}

int main(void)
{
    return skel_suite_run("trainer", fill);
}
