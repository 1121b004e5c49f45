/* One pruning iteration: the root scores and selects, all ranks get the mask. */
#include "count.h"
#include "objective.h"
#include "share.h"
#include "skel/criterion.h"
#include "skel/memory.h"
#include "skel/topk.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the root works with. */
typedef struct step {
    const skel_criterion *criterion;
    skel_scope scope;
    size_t kept;
    const float *parameters;
    const float *gradient;
    float *scores;        /* [count] */
    uint8_t *next;        /* [count], the mask to come */
    size_t kept_positive; /* weights that are kept for their score, not for their index */
} step;

static skel_status check(const step *choice, const skel_mask *mask)
{
    if (choice->kept == 0 || choice->kept > mask->prunable) {
        return SKEL_FAIL(
            SKEL_ERR_CONFIG,
            "cannot keep %zu of %zu prunable weights: the number must be from 1 to %zu",
            choice->kept, mask->prunable, mask->prunable);
    }
    if (choice->criterion->permanent && choice->kept > mask->kept) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "cannot keep %zu weights: %zu are left, and with %s none comes back",
                         choice->kept, mask->kept, choice->criterion->name);
    }
    SKEL_ASSERT(choice->gradient != NULL || !choice->criterion->needs_gradient);
    return SKEL_OK;
}

static skel_status select_in(step *choice, size_t kept, size_t segments,
                             const skel_segment segment[], skel_prune_report *report)
{
    skel_topk_result result;
    skel_status status = skel_topk(kept, segments, segment, choice->scores, choice->next, &result);

    if (status == SKEL_OK) {
        report->threshold = fmin(report->threshold, (double)result.threshold);
        report->positive += result.positive;
        choice->kept_positive += result.positive < kept ? result.positive : kept;
    }
    return status;
}

/* Weights of a tensor that are, or may be, kept. */
static size_t candidates(const step *choice, const skel_mask *mask, size_t s)
{
    size_t count = mask->segment[s].count;

    return choice->criterion->permanent
               ? skel_count_ones(count, mask->keep + mask->segment[s].offset, NULL)
               : count;
}

static skel_status select_by_layer(step *choice, const skel_mask *mask, skel_prune_report *report)
{
    enum { SIZE, LIMIT, SHARE, COLUMNS };
    size_t tensors = mask->segments;
    size_t *table = NULL; /* [COLUMNS][tensors] */
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(tensors, COLUMNS * sizeof *table, &table));
    for (size_t s = 0; s < tensors; s++) {
        table[SIZE * tensors + s] = mask->segment[s].count;
        table[LIMIT * tensors + s] = candidates(choice, mask, s);
    }
    SKEL_TRY(skel_share_out(choice->kept, tensors, table, table + LIMIT * tensors,
                            table + SHARE * tensors));
    for (size_t s = 0; s < tensors; s++) {
        size_t share = table[SHARE * tensors + s];

        if (share > 0) { /* 0: all of it was pruned before, for good */
            SKEL_TRY(select_in(choice, share, 1, mask->segment + s, report));
        }
    }
done:
    SKEL_FREE(&table);
    return status;
}

/* Describes the first weight whose score is not finite. */
static skel_status reject(const step *choice, const skel_mask *mask)
{
    size_t s = 0;
    size_t i = 0;
    char number[48];
    char gradient[48] = "";

    while (i == mask->segment[s].count || isfinite(choice->scores[mask->segment[s].offset + i])) {
        bool last = i == mask->segment[s].count;

        s += last ? 1 : 0;
        i = last ? 0 : i + 1;
    }
    (void)snprintf(number, sizeof number, "prunable tensor %zu", s);
    if (choice->gradient != NULL) {
        (void)snprintf(gradient, sizeof gradient, ", its gradient %g",
                       (double)choice->gradient[mask->segment[s].offset + i]);
    }
    return SKEL_FAIL(SKEL_ERR_NUMBER,
                     "%s: the score of weight %zu of %s is %g (the weight is %g%s)",
                     choice->criterion->name, i, mask->names != NULL ? mask->names[s] : number,
                     (double)choice->scores[mask->segment[s].offset + i],
                     (double)choice->parameters[mask->segment[s].offset + i], gradient);
}

/* Root: the next mask, or the old one and an error. */
static skel_status choose(step *choice, uint64_t seed, skel_mask *mask, skel_prune_report *report)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(check(choice, mask));
    SKEL_TRY(SKEL_ALLOC_RAW(mask->count, sizeof *choice->scores, &choice->scores));
    SKEL_TRY(SKEL_ALLOC_RAW(mask->count, 1, &choice->next));
    memcpy(choice->next, mask->keep, mask->count);
    choice->criterion->score(mask, choice->parameters, choice->gradient, seed, choice->scores);
    report->threshold = DBL_MAX;
    status = choice->scope == SKEL_SCOPE_GLOBAL
                 ? select_in(choice, choice->kept, mask->segments, mask->segment, report)
                 : select_by_layer(choice, mask, report);
    if (status == SKEL_ERR_NUMBER) {
        status = reject(choice, mask);
    }
    SKEL_TRY(status);
    report->kept = choice->kept;
    report->chosen = choice->kept_positive;
    report->resurrected = skel_objective_gained(mask, choice->next, mask->keep);
    report->pruned = skel_objective_gained(mask, mask->keep, choice->next);
    if (choice->gradient != NULL) {
        report->objective = skel_objective(mask, choice->parameters, choice->gradient);
    }
    memcpy(mask->keep, choice->next, mask->count);
done:
    SKEL_FREE(&choice->scores);
    SKEL_FREE(&choice->next);
    return status;
}

skel_status skel_prune_step(const skel_comm *comm, const skel_criterion *criterion,
                            skel_scope scope, size_t kept, uint64_t seed, const float parameters[],
                            const float gradient[], skel_mask *mask, skel_prune_report *report)
{
    step choice = {.criterion = criterion,
                   .scope = scope,
                   .kept = kept,
                   .parameters = parameters,
                   .gradient = gradient};
    skel_status status = SKEL_OK;

    memset(report, 0, sizeof *report);
    if (skel_comm_is_root(comm)) {
        status = choose(&choice, seed, mask, report);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    SKEL_TRY(skel_mask_share(comm, mask));
    skel_comm_broadcast(comm, sizeof *report, report);
    SKEL_ASSERT(mask->kept == kept);
done:
    return status;
}
