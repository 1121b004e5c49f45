/* Choosing units: the best channels or blocks as if each were a weight, the best weights of each
 * group of a pattern. */
#include "select_units.h"

#include "skel/kept.h"
#include "skel/memory.h"

#include <float.h>
#include <math.h>

/* Scratch of one choice. */
typedef struct scratch {
    float *score;    /* [units] */
    uint8_t *kept;   /* [units] before the choice */
    uint8_t *next;   /* [units] after it */
    uint8_t *normed; /* [units] */
    size_t *best;    /* [units] of a pattern */
} scratch;

static skel_status take(const skel_units *units, scratch *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(units->count, sizeof *out->score, &out->score));
    SKEL_TRY(SKEL_ALLOC_RAW(units->count, 1, &out->kept));
    SKEL_TRY(SKEL_ALLOC_RAW(units->count, 1, &out->next));
    SKEL_TRY(SKEL_ALLOC_RAW(units->count, 1, &out->normed));
    SKEL_TRY(SKEL_ALLOC_RAW(units->count, sizeof *out->best, &out->best));
done:
    return status;
}

static void release(scratch *room)
{
    SKEL_FREE(&room->best);
    SKEL_FREE(&room->normed);
    SKEL_FREE(&room->next);
    SKEL_FREE(&room->kept);
    SKEL_FREE(&room->score);
}

/* Scores of units; inverted if asked for, and below all others where a permanent method has pruned.
 */
static void score(const skel_selection *choice, scratch *room)
{
    const skel_prune_request *request = choice->request;
    const skel_units *units = request->units;

    skel_units_score(units, request->method, request->parameters, request->signal, choice->scores,
                     room->normed, room->score);
    for (size_t u = 0; u < units->count; u++) {
        room->score[u] = request->invert ? -room->score[u] : room->score[u];
        if (request->method->permanent && !room->kept[u]) {
            room->score[u] = -FLT_MAX;
        }
    }
}

/* Layers of which a single unit stays. */
static void find_single(const skel_units *units, const uint8_t next[], skel_prune_report *report)
{
    for (size_t s = units->segments; s-- > 0;) {
        const skel_segment *segment = &units->segment[s];

        if (segment->count > 1 && skel_kept_count(segment->count, next + segment->offset) == 1) {
            report->single++;
            report->first_single = s;
        }
    }
}

/* Scores of the units that were kept before, and of those among them that are not now. */
static void look_at_pruned(const skel_selection *choice, const scratch *room,
                           skel_prune_report *report)
{
    double sign = choice->request->invert ? -1 : 1;
    double sum = 0;
    size_t kept = 0;

    for (size_t u = 0; u < choice->request->units->count; u++) {
        if (room->kept[u]) {
            sum += sign * (double)room->score[u];
            kept++;
        }
        if (room->kept[u] && !room->next[u]) { /* a number is larger than none */
            report->best_pruned = fmax(report->best_pruned, sign * (double)room->score[u]);
        }
    }
    report->mean_score = sum / (double)kept;
}

static skel_status choose_units(const skel_selection *choice, scratch *room,
                                skel_prune_report *report)
{
    const skel_units *units = choice->request->units;
    skel_mask mask = {.count = units->count,
                      .prunable = units->count,
                      .segments = units->segments,
                      .segment = units->segment,
                      .names = units->name,
                      .keep = room->kept};
    const skel_selection inner = {.request = choice->request,
                                  .mask = &mask,
                                  .segment = mask.segment,
                                  .scores = room->score,
                                  .next = room->next};
    skel_status status = SKEL_OK;

    score(choice, room);
    SKEL_TRY(skel_select(&inner, report));
    look_at_pruned(choice, room, report);
    if (units->unit.kind == SKEL_UNIT_CHANNEL) {
        find_single(units, room->next, report);
    }
    skel_units_expand(units, room->next, choice->mask, choice->next);
done:
    return status;
}

/* Adds to each group the best weight that is not chosen yet, of equal ones the lower index. */
static void choose_one_more(const skel_selection *choice, size_t best[])
{
    const skel_units *units = choice->request->units;
    bool permanent = choice->request->method->permanent;

    for (size_t u = 0; u < units->count; u++) {
        best[u] = units->elements;
    }
    for (size_t i = 0; i < units->elements; i++) {
        uint32_t u = units->of[i];

        if (u != SKEL_UNITS_NONE && !choice->next[i] && (!permanent || choice->mask->keep[i]) &&
            (best[u] == units->elements || choice->scores[i] > choice->scores[best[u]])) {
            best[u] = i;
        }
    }
    for (size_t u = 0; u < units->count; u++) {
        if (best[u] < units->elements) {
            choice->next[best[u]] = 1;
        }
    }
}

static skel_status choose_patterns(const skel_selection *choice, size_t best[],
                                   skel_prune_report *report)
{
    const skel_prune_request *request = choice->request;
    const skel_units *units = request->units;

    report->threshold = DBL_MAX;
    for (size_t i = 0; i < units->elements; i++) {
        if (units->of[i] == SKEL_UNITS_NONE) {
            continue;
        }
        if (!isfinite(choice->scores[i])) {
            return SKEL_FAIL(SKEL_ERR_NUMBER, "%s: a score is not finite", request->method->name);
        }
        choice->next[i] = 0;
        report->positive += choice->scores[i] > 0;
    }
    for (size_t n = 0; n < request->kept; n++) {
        choose_one_more(choice, best);
    }
    for (size_t i = 0; i < units->elements; i++) {
        if (units->of[i] != SKEL_UNITS_NONE && choice->next[i]) {
            report->threshold = fmin(report->threshold, (double)choice->scores[i]);
            report->chosen++;
        }
    }
    report->kept = report->chosen;
    return SKEL_OK;
}

skel_status skel_select_units(const skel_selection *choice, skel_prune_report *report)
{
    const skel_units *units = choice->request->units;
    scratch room = {0};
    skel_status status = take(units, &room);

    SKEL_TRY(status);
    if (units->unit.kind == SKEL_UNIT_PATTERN) {
        status = choose_patterns(choice, room.best, report);
    } else {
        skel_units_kept(units, choice->mask, room.kept);
        status = choose_units(choice, &room, report);
    }
done:
    release(&room);
    return status;
}
