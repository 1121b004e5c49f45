/* One pruning iteration: the root scores and chooses, all ranks get the mask. */
#include "skel/prune.h"

#include "kept_scores.h"
#include "objective.h"
#include "scores.h"
#include "select_units.h"

#include "skel/kept.h"
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

/* Place of the first score that is not finite, and its tensor; none: *s is the number of tensors.
 */
static size_t find_bad(const skel_selection *choice, size_t *s)
{
    for (*s = 0; *s < choice->mask->segments; ++*s) {
        const skel_segment *segment = &choice->segment[*s];

        for (size_t at = segment->offset; at < segment->offset + segment->count; at++) {
            if (!isfinite(choice->scores[at])) {
                return at;
            }
        }
    }
    return 0;
}

/* Describes the first weight whose score is not finite. */
static skel_status reject(const skel_selection *choice)
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
    const skel_prune_request *request = choice->request;
    const skel_mask *mask = choice->mask;
    size_t s = 0;
    size_t at = find_bad(choice, &s);
    size_t flat = at;
    char number[48];
    char signal[80] = "";

    if (s == mask->segments) {
        return SKEL_FAIL(SKEL_ERR_NUMBER, "%s: the sum of the scores of a unit is not finite",
                         request->method->name);
    }
    if (choice->segment != mask->segment) {
        flat = skel_kept_scores_place(mask, s, at - choice->segment[s].offset);
    }
    (void)snprintf(number, sizeof number, "prunable tensor %zu", s);
    if (request->signal != NULL) {
        (void)snprintf(signal, sizeof signal, ", its %s %g", names[request->method->signal],
                       (double)request->signal[flat]);
    }
    return SKEL_FAIL(SKEL_ERR_NUMBER,
                     "%s: the score of weight %zu of %s is %g (the weight is %g%s)",
                     request->method->name, flat - mask->segment[s].offset,
                     mask->names != NULL ? mask->names[s] : number, (double)choice->scores[at],
                     (double)request->parameters[flat], signal);
}

/* The choice itself; an error of a score names its weight. */
static skel_status select_from(const skel_selection *choice, skel_prune_report *report)
{
    skel_status status = choice->request->units != NULL ? skel_select_units(choice, report)
                                                        : skel_select(choice, report);

    return status == SKEL_ERR_NUMBER ? reject(choice) : status;
}

/* Takes the next mask over, and counts what changes, a part at a time that the caches hold. */
static void take_over(const uint8_t next[], skel_mask *mask, skel_prune_report *report)
{
    enum { PART = 8192 };

    for (size_t s = 0; s < mask->segments; s++) {
        size_t end = mask->segment[s].offset + mask->segment[s].count;

        for (size_t at = mask->segment[s].offset; at < end; at += PART) {
            size_t some = end - at < PART ? end - at : PART;

            report->resurrected += skel_kept_gained(some, next + at, mask->keep + at);
            report->pruned += skel_kept_gained(some, mask->keep + at, next + at);
            memcpy(mask->keep + at, next + at, some);
        }
    }
}

void skel_prune_buffers_free(skel_prune_buffers *buffers)
{
    SKEL_FREE(&buffers->scores);
    SKEL_FREE(&buffers->next);
    SKEL_FREE(&buffers->segment);
    *buffers = (skel_prune_buffers){0};
}

/* Makes room for so many weights, and all segments of a mask. */
static skel_status make_room(size_t weights, size_t segments, skel_prune_buffers *buffers)
{
    skel_status status = SKEL_OK;

    if (buffers->next != NULL && weights <= buffers->weights && segments <= buffers->segments) {
        return SKEL_OK;
    }
    skel_prune_buffers_free(buffers);
    /* one more of each, which is written and never read */
    SKEL_TRY(SKEL_ALLOC_RAW(weights + 1, sizeof *buffers->scores, &buffers->scores));
    SKEL_TRY(SKEL_ALLOC_RAW(weights + 1, 1, &buffers->next));
    SKEL_TRY(SKEL_ALLOC_RAW(segments, sizeof *buffers->segment, &buffers->segment));
    buffers->weights = weights;
    buffers->segments = segments;
done:
    return status;
}

/* The next mask from scores of all weights. */
static skel_status choose_from_all(const skel_prune_request *request, skel_prune_buffers *buffers,
                                   skel_mask *mask, skel_prune_report *report)
{
    skel_selection choice = {.request = request, .mask = mask, .segment = mask->segment};
    skel_status status = SKEL_OK;

    SKEL_TRY(make_room(mask->count, mask->segments, buffers));
    if (request->units != NULL) { /* some weights belong to no unit */
        memcpy(buffers->next, mask->keep, mask->count);
    }
    score(request, mask, buffers->scores);
    choice.scores = buffers->scores;
    choice.next = buffers->next;
    SKEL_TRY(select_from(&choice, report));
    report->objective = request->gradient != NULL
                            ? skel_objective(mask, request->parameters, request->gradient)
                            : (double)NAN;
    take_over(buffers->next, mask, report);
done:
    return status;
}

/* The next mask from scores of the kept weights: none comes back. */
static skel_status choose_from_kept(const skel_prune_request *request, skel_prune_buffers *buffers,
                                    skel_mask *mask, skel_prune_report *report)
{
    skel_selection choice = {.request = request, .mask = mask};
    skel_status status = SKEL_OK;

    SKEL_TRY(make_room(mask->kept, mask->segments, buffers));
    skel_kept_scores_compute(request, mask, buffers->segment, buffers->scores, &report->objective);
    if (request->invert) {
        invert(mask->kept, buffers->scores);
    }
    choice.segment = buffers->segment;
    choice.scores = buffers->scores;
    choice.next = buffers->next;
    SKEL_TRY(select_from(&choice, report));
    report->pruned = mask->kept - request->kept;
    buffers->next[mask->kept] = 0;
    skel_kept_scores_apply(mask, buffers->next);
done:
    return status;
}

/* Root: the next mask, or the old one and an error. */
static skel_status choose(const skel_prune_request *request, skel_mask *mask,
                          skel_prune_report *report)
{
    skel_prune_buffers own = {0};
    skel_prune_buffers *buffers = request->buffers != NULL ? request->buffers : &own;
    bool packs = request->method->permanent && request->units == NULL;
    skel_status status = check(request, mask);

    if (status == SKEL_OK) {
        status = packs ? choose_from_kept(request, buffers, mask, report)
                       : choose_from_all(request, buffers, mask, report);
    }
    report->kept = request->kept;
    skel_prune_buffers_free(&own);
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
