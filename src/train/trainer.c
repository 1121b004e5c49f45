/* The epoch: a gradient and a step of the optimiser for each batch. */
#include "skel/trainer.h"

#include "skel/memory.h"

#include <stdio.h>

static const double batchnorm_momentum = 0.1;

/* Memory of one epoch, taken once and used by every step. */
typedef struct scratch {
    uint32_t *order;
    float *gradient;
    float *statistics;
} scratch;

static skel_status scratch_make(const skel_training *training, scratch *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(training->train->count, sizeof *out->order, &out->order));
    SKEL_TRY(SKEL_ALLOC(training->network->parameter_count, sizeof *out->gradient, &out->gradient));
    SKEL_TRY(
        SKEL_ALLOC(training->network->buffer_count, sizeof *out->statistics, &out->statistics));
done:
    return status;
}

static void scratch_free(scratch *room)
{
    SKEL_FREE(&room->statistics);
    SKEL_FREE(&room->gradient);
    SKEL_FREE(&room->order);
}

/* One step. `number` counts those of the whole training, from 1. */
static skel_status train_batch(const skel_training *training, const skel_batches *batch,
                               size_t number, double rate, const skel_state *state, scratch *room,
                               skel_result *result)
{
    const skel_mover *mover = training->mover;
    skel_move move = mover == NULL ? SKEL_MOVE_NONE : mover->when(mover->context, number);
    bool instead = move == SKEL_MOVE_INSTEAD;
    skel_worker *worker = instead ? mover->worker : training->worker;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_worker_gradient(worker, state->parameters, batch, room->gradient,
                                  room->statistics, result));
    skel_running_average(batchnorm_momentum, training->network->buffer_count, room->statistics,
                         state->buffers);
    if (!instead) {
        skel_sgd_step(&training->sgd, rate, training->network->parameter_count,
                      training->mask->keep, room->gradient, state->parameters, state->velocity);
    }
    if (move != SKEL_MOVE_NONE) {
        status = mover->move(mover->context, number, state, instead ? room->gradient : NULL);
    }
done:
    return status;
}

static void add_result(skel_result *sum, const skel_result *result)
{
    sum->loss += result->loss * (double)result->images;
    sum->accuracy += result->accuracy * (double)result->images;
    sum->images += result->images;
}

static skel_status train_batches(const skel_training *training, size_t epoch,
                                 const skel_state *state, scratch *room, skel_result *sum)
{
    size_t count = training->train->count;
    size_t steps = (count + training->batch_size - 1) / training->batch_size;

    for (size_t step = 0; step < steps; step++) {
        size_t first = step * training->batch_size;
        size_t left = count - first;
        double rate = skel_rate_at(&training->rate, epoch, step, steps);
        char note[SKEL_PROGRESS_NOTE];
        skel_result result = {0};
        skel_batches batch = {
            .view = training->view,
            .samples = training->samples,
            .count = left < training->batch_size ? left : training->batch_size,
            .batch_size = training->batch_size,
            .index = room->order + first,
            .epoch = (uint32_t)(epoch + training->shift),
            .progress = training->progress,
        };

        if (train_batch(training, &batch, epoch * steps + step + 1, rate, state, room, &result) !=
            SKEL_OK) {
            return skel_error_prefix("training epoch %zu, batch %zu of %zu, learning rate %g",
                                     epoch + 1, step + 1, steps, rate);
        }
        add_result(sum, &result);
        (void)snprintf(note, sizeof note, "%sepoch %zu/%zu, loss %.4f",
                       training->round != NULL ? training->round : "", epoch + 1,
                       training->rate.epochs, sum->loss / (double)sum->images);
        (void)skel_progress_advance(training->progress, batch.count, note);
    }
    return SKEL_OK;
}

skel_status skel_trainer_epoch(const skel_training *training, size_t epoch, const skel_state *state,
                               skel_epoch_report *report)
{
    size_t steps = (training->train->count + training->batch_size - 1) / training->batch_size;
    scratch room = {0};
    double started = skel_seconds();
    skel_result sum = {0};
    skel_status status = SKEL_OK;

    /* equal allocations on every rank, but one may fail on one rank alone */
    SKEL_TRY(skel_comm_agree(training->comm, scratch_make(training, &room)));
    skel_sampler_epoch(training->train, training->seed, (uint32_t)(epoch + training->shift),
                       room.order);
    SKEL_TRY(train_batches(training, epoch, state, &room, &sum));
    report->result = (skel_result){.loss = sum.loss / (double)sum.images,
                                   .accuracy = sum.accuracy / (double)sum.images,
                                   .images = sum.images};
    report->seconds = skel_comm_roots(training->comm, skel_seconds() - started);
    report->learning_rate = skel_rate_at(&training->rate, epoch, 0, steps);
done:
    scratch_free(&room);
    return status;
}
