/* One pruning iteration: the root scores and chooses, all ranks get the mask. */
#include "skel/prune.h"

#include "objective.h"
#include "scores.h"
#include "select_units.h"
#include "skel/memory.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Below every score, inverted ones, too: the weights that a permanent method has pruned. */
static const float never = -FLT_MAX;

static skel_status check(const skel_prune_request *request, const skel_mask *mask)
{
    size_t kept = request->kept;

    SKEL_ASSERT(request->signal != NULL || request->method->signal == SKEL_SIGNAL_NONE);
    if (request->units != NULL) {
        return SKEL_OK; /* skel_select_units() checks */
    }
    if (kept == 0 || kept > mask->prunable) {
        return SKEL_FAIL(
            SKEL_ERR_CONFIG,
            "cannot keep %zu of %zu prunable weights: the number must be from 1 to %zu", kept,
            mask->prunable, mask->prunable);
    }
    if (request->method->permanent && kept > mask->kept) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "cannot keep %zu weights: %zu are left, and with %s none comes back", kept,
                         mask->kept, request->method->name);
    }
    return SKEL_OK;
}

static void invert(size_t count, float scores[])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = -scores[i];
    }
}

static void exclude(size_t count, const uint8_t keep[restrict], float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = keep[i] != 0 ? scores[i] : never;
    }
}

static void score(const skel_prune_request *request, const skel_mask *mask, float scores[])
{
    skel_scores_compute(request->method, mask, request->parameters, request->signal, request->seed,
                        scores);
    if (request->units != NULL && request->units->unit.kind != SKEL_UNIT_PATTERN) {
        return; /* units are inverted and excluded, not their weights */
    }
    for (size_t s = 0; s < mask->segments; s++) {
        const skel_segment *segment = &mask->segment[s];

        if (request->invert) {
            invert(segment->count, scores + segment->offset);
        }
        if (request->method->permanent) {
            exclude(segment->count, mask->keep + segment->offset, scores + segment->offset);
        }
    }
}

/* Describes the first weight whose score is not finite. */
static skel_status reject(const skel_prune_request *request, const skel_mask *mask,
                          const float scores[])
{
    static const char *const names[] = {
        [SKEL_SIGNAL_NONE] = "",
        [SKEL_SIGNAL_GRADIENT] = "gradient",
        [SKEL_SIGNAL_HESSIAN] = "Hessian-gradient product",
        [SKEL_SIGNAL_FLOW] = "synaptic flow",
        [SKEL_SIGNAL_SQUARED_FLOW] = "flow of squares",
        [SKEL_SIGNAL_ACTIVE_PATHS] = "flow of squares along active paths",
        [SKEL_SIGNAL_WALK] = "place in the walks",
        [SKEL_SIGNAL_LOOKAHEAD] = "gradient through training steps",
        [SKEL_SIGNAL_DISTURBANCE] = "derivative of the change under noise",
        [SKEL_SIGNAL_CHANNELS] = "channel's score",
        [SKEL_SIGNAL_ENERGY] = "channel's energy",
        [SKEL_SIGNAL_CURVATURE] = "curvature",
        [SKEL_SIGNAL_FISHER] = "inverse Fisher matrix",
        [SKEL_SIGNAL_ELIMINATION] = "cost of removal",
    };
    size_t s = 0;
    size_t i = 0;
    size_t flat = 0;
    char number[48];
    char signal[80] = "";

    while (s < mask->segments &&
           (i == mask->segment[s].count || isfinite(scores[mask->segment[s].offset + i]))) {
        bool last = i == mask->segment[s].count;

        s += last ? 1 : 0;
        i = last ? 0 : i + 1;
    }
    if (s == mask->segments) {
        return SKEL_FAIL(SKEL_ERR_NUMBER, "%s: the sum of the scores of a unit is not finite",
                         request->method->name);
    }
    flat = mask->segment[s].offset + i;
    (void)snprintf(number, sizeof number, "prunable tensor %zu", s);
    if (request->signal != NULL) {
        (void)snprintf(signal, sizeof signal, ", its %s %g", names[request->method->signal],
                       (double)request->signal[flat]);
    }
    return SKEL_FAIL(SKEL_ERR_NUMBER,
                     "%s: the score of weight %zu of %s is %g (the weight is %g%s)",
                     request->method->name, i, mask->names != NULL ? mask->names[s] : number,
                     (double)scores[flat], (double)request->parameters[flat], signal);
}

/* Root: the next mask, or the old one and an error. */
static skel_status choose(const skel_prune_request *request, skel_mask *mask,
                          skel_prune_report *report)
{
    float *scores = NULL;
    uint8_t *next = NULL;
    skel_selection choice;
    skel_status status = SKEL_OK;

    SKEL_TRY(check(request, mask));
    SKEL_TRY(SKEL_ALLOC_RAW(mask->count, sizeof *scores, &scores));
    SKEL_TRY(SKEL_ALLOC_RAW(mask->count, 1, &next));
    memcpy(next, mask->keep, mask->count);
    score(request, mask, scores);
    choice = (skel_selection){.request = request, .mask = mask, .scores = scores, .next = next};
    status =
        request->units != NULL ? skel_select_units(&choice, report) : skel_select(&choice, report);
    if (status == SKEL_ERR_NUMBER) {
        status = reject(request, mask, scores);
    }
    SKEL_TRY(status);
    report->kept = request->kept;
    report->resurrected = skel_objective_gained(mask, next, mask->keep);
    report->pruned = skel_objective_gained(mask, mask->keep, next);
    report->objective = request->gradient != NULL
                            ? skel_objective(mask, request->parameters, request->gradient)
                            : (double)NAN;
    memcpy(mask->keep, next, mask->count);
done:
    SKEL_FREE(&scores);
    SKEL_FREE(&next);
    return status;
}

skel_status skel_prune_mask(const skel_comm *comm, const skel_prune_request *request,
                            skel_mask *mask, skel_prune_report *report)
{
    skel_status status = SKEL_OK;

    memset(report, 0, sizeof *report);
    report->best_pruned = (double)NAN;
    report->mean_score = (double)NAN;
    if (skel_comm_is_root(comm)) {
        status = choose(request, mask, report);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    SKEL_TRY(skel_mask_share(comm, mask));
    skel_comm_broadcast(comm, sizeof *report, report);
    report->kept = mask->kept;
    SKEL_ASSERT(request->units != NULL || mask->kept == request->kept);
done:
    return status;
}
