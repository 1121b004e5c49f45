/* The epoch: a gradient and a step of the optimiser for each batch. */
#include "skel/trainer.h"

#include "packed_state.h"

#include "skel/memory.h"

#include <stdio.h>

/* Memory of one epoch, taken once and used by every step. */
typedef struct scratch {
    uint32_t *order;
    skel_packed_state state;
    float *gradient;      /* packed as the state */
    float *full_gradient; /* [parameter_count]; NULL unless the mask moves */
    float *statistics;
} scratch;

static skel_status scratch_make(const skel_training *training, const skel_state *state,
                                scratch *out)
{
    const skel_packing *packing = skel_worker_packing(training->worker);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(training->train->count, sizeof *out->order, &out->order));
    SKEL_TRY(skel_packed_state_open(packing, state, &out->state));
    SKEL_TRY(SKEL_ALLOC(packing->count, sizeof *out->gradient, &out->gradient));
    if (training->mover != NULL && training->mover->worker != NULL) {
        SKEL_TRY(SKEL_ALLOC(training->network->parameter_count, sizeof *out->full_gradient,
                            &out->full_gradient));
    }
    SKEL_TRY(
        SKEL_ALLOC(training->network->buffer_count, sizeof *out->statistics, &out->statistics));
done:
    return status;
}

static void scratch_free(scratch *room)
{
    SKEL_FREE(&room->statistics);
    SKEL_FREE(&room->full_gradient);
    SKEL_FREE(&room->gradient);
    skel_packed_state_close(&room->state);
    SKEL_FREE(&room->order);
}

/* Computes the gradient of a batch; of all weights if the mover is to see it. */
static skel_status differentiate(const skel_training *training, const skel_batches *batch,
                                 size_t number, scratch *room, skel_result *result)
{
    const skel_packed_state *state = &room->state;
    const skel_mover *mover = training->mover;
    skel_status status = SKEL_OK;

    if (mover == NULL || mover->watches == NULL || !mover->watches(mover->context, number)) {
        return skel_worker_gradient_packed(training->worker, state->parameters, batch,
                                           room->gradient, room->statistics, result);
    }
    skel_packed_state_unpack(state);
    SKEL_TRY(skel_worker_gradient(mover->worker, state->flat.parameters, batch, room->full_gradient,
                                  room->statistics, result));
    mover->watch(mover->context, room->full_gradient);
    skel_packing_pack(state->packing, room->full_gradient, room->gradient);
done:
    return status;
}

/* The same by the stored weights, where the network computes with effective ones. */
static skel_status pull_back(const skel_training *training, const skel_batches *batch,
                             size_t number, scratch *room, skel_result *result)
{
    const skel_packed_state *state = &room->state;
    const skel_transform *transform = training->transform;
    skel_status status = SKEL_OK;

    transform->compute(transform->context, number, state->parameters);
    SKEL_TRY(skel_worker_gradient_packed(training->worker, transform->effective, batch,
                                         room->gradient, room->statistics, result));
    transform->pull_back(transform->context, number, state->parameters, room->gradient);
done:
    return status;
}

/* The weights that a step changes: packed vectors hold kept ones alone, and a transform's stored
 * weights all go on. */
static const uint8_t *kept_by(const skel_training *training, const skel_packed_state *state)
{
    return state->packing->index == NULL && training->transform == NULL ? training->mask->keep
                                                                        : NULL;
}

/* Computes the gradient of a batch, and steps along it. */
static skel_status step(const skel_training *training, const skel_batches *batch, size_t number,
                        double rate, scratch *room, skel_result *result)
{
    const skel_packed_state *state = &room->state;
    const skel_transform *transform = training->transform;
    skel_status status = SKEL_OK;

    status = transform != NULL ? pull_back(training, batch, number, room, result)
                               : differentiate(training, batch, number, room, result);
    SKEL_TRY(status);
    skel_running_average(SKEL_BATCHNORM_MOMENTUM, training->network->buffer_count, room->statistics,
                         state->flat.buffers);
    skel_sgd_penalise(training->network, state->packing->offset, training->l1, state->parameters,
                      room->gradient);
    skel_sgd_step(&training->sgd, rate, state->packing->count, kept_by(training, state),
                  room->gradient, state->parameters, state->velocity);
    if (transform != NULL) {
        status = transform->stepped(transform->context, number, rate, state->parameters);
    }
done:
    return status;
}

/* Moves the mask, with the gradient of all weights on a batch if `batch` is not NULL. */
static skel_status move_mask(const skel_training *training, const skel_batches *batch,
                             size_t number, scratch *room, skel_result *result)
{
    const skel_mover *mover = training->mover;
    const skel_state *flat = &room->state.flat;
    skel_status status = SKEL_OK;

    skel_packed_state_unpack(&room->state);
    if (batch != NULL) {
        SKEL_TRY(skel_worker_gradient(mover->worker, flat->parameters, batch, room->full_gradient,
                                      room->statistics, result));
        skel_running_average(SKEL_BATCHNORM_MOMENTUM, training->network->buffer_count,
                             room->statistics, flat->buffers);
    }
    SKEL_TRY(mover->move(mover->context, number, flat, batch != NULL ? room->full_gradient : NULL));
    skel_packed_state_pack(&room->state);
done:
    return status;
}

/* One step. `number` counts those of the whole training, from 1. */
static skel_status train_batch(const skel_training *training, const skel_batches *batch,
                               size_t number, double rate, scratch *room, skel_result *result)
{
    const skel_mover *mover = training->mover;
    skel_move move = mover == NULL ? SKEL_MOVE_NONE : mover->when(mover->context, number);
    skel_status status = SKEL_OK;

    if (move != SKEL_MOVE_INSTEAD) {
        SKEL_TRY(step(training, batch, number, rate, room, result));
    }
    if (move != SKEL_MOVE_NONE) {
        status =
            move_mask(training, move == SKEL_MOVE_INSTEAD ? batch : NULL, number, room, result);
    }
done:
    return status;
}

static void add_result(skel_epoch_part *part, const skel_result *result)
{
    part->loss += result->loss * (double)result->images;
    part->accuracy += result->accuracy * (double)result->images;
    part->images += result->images;
    part->steps++;
}

/* The batch behind the steps that are done. */
static skel_batches batch_of(const skel_training *training, size_t epoch, size_t step,
                             const scratch *room)
{
    size_t first = step * training->batch_size;
    size_t left = training->train->count - first;

    return (skel_batches){
        .view = training->view,
        .samples = training->samples,
        .count = left < training->batch_size ? left : training->batch_size,
        .batch_size = training->batch_size,
        .index = room->order + first,
        .epoch = (uint32_t)(epoch + training->shift),
        .progress = training->progress,
    };
}

static skel_status train_batches(const skel_training *training, size_t epoch, scratch *room,
                                 skel_epoch_part *part)
{
    size_t count = training->train->count;
    size_t steps = (count + training->batch_size - 1) / training->batch_size;
    size_t most = training->steps > 0 && training->steps < steps ? training->steps : steps;
    double started = skel_seconds() - part->seconds;
    skel_status status = SKEL_OK;

    while (part->steps < most) {
        size_t step = part->steps;
        double rate = skel_rate_at(&training->rate, epoch, step, steps);
        char note[SKEL_PROGRESS_NOTE];
        skel_result result = {0};
        skel_batches batch = batch_of(training, epoch, step, room);

        if (train_batch(training, &batch, epoch * steps + step + 1, rate, room, &result) !=
            SKEL_OK) {
            return skel_error_prefix("training epoch %zu, batch %zu of %zu, learning rate %g",
                                     epoch + 1, step + 1, steps, rate);
        }
        add_result(part, &result);
        part->seconds = skel_seconds() - started;
        (void)snprintf(note, sizeof note, "%sepoch %zu/%zu, loss %.4f",
                       training->round != NULL ? training->round : "", epoch + 1,
                       training->rate.epochs, part->loss / (double)part->images);
        (void)skel_progress_advance(training->progress, batch.count, note);
        if (training->due != NULL && part->steps < most && training->due(training->context)) {
            skel_packed_state_unpack(&room->state);
            SKEL_TRY(training->save(training->context));
        }
    }
done:
    return status;
}

skel_status skel_trainer_epoch(const skel_training *training, size_t epoch, const skel_state *state,
                               skel_epoch_part *part, skel_epoch_report *report)
{
    size_t steps = (training->train->count + training->batch_size - 1) / training->batch_size;
    scratch room = {0};
    skel_status status = SKEL_OK;

    /* equal allocations on every rank, but one may fail on one rank alone */
    SKEL_TRY(skel_comm_agree(training->comm, scratch_make(training, state, &room)));
    skel_sampler_epoch(training->train, training->seed, (uint32_t)(epoch + training->shift),
                       room.order);
    status = train_batches(training, epoch, &room, part);
    if (status == SKEL_OK || status == SKEL_ERR_STOPPED) {
        skel_packed_state_unpack(&room.state);
    }
    SKEL_TRY(status);
    report->result = (skel_result){.loss = part->loss / (double)part->images,
                                   .accuracy = part->accuracy / (double)part->images,
                                   .images = part->images};
    report->seconds = skel_comm_roots(training->comm, part->seconds);
    report->learning_rate = skel_rate_at(&training->rate, epoch, 0, steps);
done:
    scratch_free(&room);
    return status;
}

size_t skel_trainer_bytes(const skel_network *network, double density, bool grows)
{
    size_t kept = skel_packing_count(network, density);
    size_t floats = kept + network->buffer_count;

    floats += kept < network->parameter_count ? 2 * kept : 0; /* packed parameters and velocity */
    floats += grows ? network->parameter_count : 0;
    return floats * sizeof(float);
}
