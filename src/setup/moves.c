/* The timetable of a moving mask, for the training and for its price. */
#include "skel/moves.h"
#include "skel/traits.h"

#include <math.h>

/* Shares of the training at which DSR's period doubles. */
static const double doubles_at[] = {25.0 / 200, 80.0 / 200, 140.0 / 200};
enum { DOUBLINGS = sizeof doubles_at / sizeof *doubles_at, FIRST_CHANGES = 4 };

/* Steps between changes if the job has no number. DSR's first period ends a few times before it
 * doubles, or else it never would. */
static size_t usual_period(const skel_method *method, size_t epoch_steps, size_t steps)
{
    enum { AUTHORS = 100 };
    size_t most = (size_t)(doubles_at[0] * (double)steps / FIRST_CHANGES);

    if (method->movement != SKEL_MOVEMENT_THRESHOLD) {
        return epoch_steps;
    }
    most = most > 0 ? most : 1;
    return most < AUTHORS ? most : AUTHORS;
}

skel_moves skel_moves_of(const skel_job *job, const skel_method *method, size_t images)
{
    size_t epoch_steps = (images + job->train.batch_size - 1) / job->train.batch_size;
    size_t steps = job->train.epochs * epoch_steps;

    return (skel_moves){
        .method = method,
        .images = images,
        .batch_size = job->train.batch_size,
        .epoch_steps = epoch_steps,
        .every = job->prune.update_every > 0 ? job->prune.update_every
                                             : usual_period(method, epoch_steps, steps),
        .steps = steps,
        .until = job->prune.update_until * (double)steps,
        .fraction = job->prune.drop_fraction,
        .watched = skel_method_grows_by_momentum(method) ? job->prune.momentum_steps : 0,
    };
}

static size_t period_at(const skel_moves *moves, size_t step)
{
    size_t every = moves->every;

    for (size_t i = 0; moves->method->movement == SKEL_MOVEMENT_THRESHOLD && i < DOUBLINGS; i++) {
        every *= (double)step > doubles_at[i] * (double)moves->steps ? 2 : 1;
    }
    return every;
}

bool skel_moves_changes_at(const skel_moves *moves, size_t step)
{
    return step > 0 && step % period_at(moves, step) == 0 && step < moves->steps &&
           (double)step < moves->until;
}

size_t skel_moves_changes(const skel_moves *moves)
{
    size_t changes = moves->steps / moves->every;

    while (changes > 0 && !skel_moves_changes_at(moves, changes * moves->every)) {
        changes--;
    }
    return changes;
}

/* Cosine from 1 at the start to 0 at `end`. */
static double cosine(size_t step, double end)
{
    return 0.5 * (1 + cos(3.141592653589793 * (double)step / end));
}

double skel_moves_fraction_at(const skel_moves *moves, size_t step)
{
    double last = 0.005;

    if (skel_method_grows_by_gradient(moves->method)) {
        return moves->fraction * cosine(step, moves->until);
    }
    if (moves->method->movement == SKEL_MOVEMENT_MOMENTUM && moves->fraction > last) {
        return last + (moves->fraction - last) * cosine(step, moves->until);
    }
    return moves->fraction;
}

bool skel_moves_watches_at(const skel_moves *moves, size_t step)
{
    size_t change = (step + moves->every - 1) / moves->every * moves->every;

    return change - step < moves->watched && skel_moves_changes_at(moves, change);
}

double skel_moves_dense_images(const skel_moves *moves, size_t done)
{
    bool by_gradient = skel_method_grows_by_gradient(moves->method);
    double images = 0;

    for (size_t step = done + 1; step <= moves->steps && (by_gradient || moves->watched > 0);
         step++) {
        size_t first = (step - 1) % moves->epoch_steps * moves->batch_size;
        size_t left = moves->images - first;

        if (skel_moves_watches_at(moves, step) ||
            (by_gradient && skel_moves_changes_at(moves, step))) {
            images += (double)(left < moves->batch_size ? left : moves->batch_size);
        }
    }
    return images;
}
