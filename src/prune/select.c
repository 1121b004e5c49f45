/* Choosing the weights that stay: the best of all tensors, with a least number for some tensors, or
 * a fixed share of each tensor. */
#include "select.h"

#include "share.h"
#include "skel/kept.h"
#include "skel/memory.h"
#include "skel/topk.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* All tensors; every array has one entry for each. */
typedef struct tensor_table {
    size_t count;
    bool *settled;         /* its share is final */
    size_t *size;          /* weights */
    size_t *least;         /* weights that the rules ask for */
    size_t *most;          /* weights that may be kept */
    size_t *share;         /* weights to keep */
    double *weight;        /* shares are in proportion to it */
    skel_segment *segment; /* the tensors of one joint choice */
} tensor_table;

bool skel_prune_shares_by_tensor(const skel_method *method, skel_scope scope)
{
    return method->sharing != SKEL_SHARING_BY_SCOPE || scope == SKEL_SCOPE_LAYER;
}

/* A mask that moves starts as a random graph; with scope layer as one of equal densities. */
static bool is_random_graph(const skel_prune_request *request)
{
    return request->method->sharing == SKEL_SHARING_ERK &&
           (request->method->timing != SKEL_TIMING_MOVING || request->scope == SKEL_SCOPE_GLOBAL);
}

static skel_status make_tensors(size_t count, tensor_table *out)
{
    skel_status status = SKEL_OK;

    *out = (tensor_table){.count = count};
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->settled, &out->settled));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->size, &out->size));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->least, &out->least));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->most, &out->most));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->share, &out->share));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->weight, &out->weight));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->segment, &out->segment));
done:
    return status;
}

static void free_tensors(tensor_table *all)
{
    SKEL_FREE(&all->segment);
    SKEL_FREE(&all->weight);
    SKEL_FREE(&all->share);
    SKEL_FREE(&all->most);
    SKEL_FREE(&all->least);
    SKEL_FREE(&all->size);
    SKEL_FREE(&all->settled);
}

/* Weights of a tensor that may be kept. */
static size_t most_of(const skel_selection *choice, size_t s)
{
    const skel_segment *segment = &choice->mask->segment[s];
    bool packed = choice->segment != choice->mask->segment;

    return !packed && choice->request->method->permanent
               ? skel_kept_count(segment->count, choice->mask->keep + segment->offset)
               : choice->segment[s].count;
}

static void describe(const skel_selection *choice, tensor_table *all)
{
    const skel_prune_request *request = choice->request;
    bool by_tensor = skel_prune_shares_by_tensor(request->method, request->scope);
    bool erk = is_random_graph(request);

    SKEL_ASSERT(!erk || request->rules.size != NULL);
    for (size_t s = 0; s < all->count; s++) {
        const skel_segment *segment = &choice->mask->segment[s];
        size_t least = skel_layer_rules_least(&request->rules, by_tensor, s, segment->count);

        all->size[s] = segment->count;
        all->most[s] = most_of(choice, s);
        all->least[s] = least < all->most[s] ? least : all->most[s];
        all->weight[s] = erk ? request->rules.size[s] : (double)segment->count;
    }
}

/* Weights that are kept because of their scores. A score of 0 says nothing: among many zeros those
 * with the lowest indices are kept. Where scores have signs, 0 is a score like any other: its
 * weights count too, unless only some of them are kept. */
static size_t count_chosen(const skel_selection *choice, size_t kept, const skel_topk_result *top)
{
    bool signs = choice->request->method->has_signs || choice->request->invert;
    bool all_fit = top->positive + top->ties <= kept;

    if (top->positive >= kept || (signs && (top->threshold < 0.0F || all_fit))) {
        return kept;
    }
    return top->positive;
}

/* The best `kept` weights of some tensors together. */
static skel_status choose(const skel_selection *choice, size_t kept, size_t segments,
                          const skel_segment segment[], skel_prune_report *report)
{
    skel_topk_result result = {0};
    skel_status status = SKEL_OK;

    if (kept == 0) {
        for (size_t s = 0; s < segments; s++) {
            memset(choice->next + segment[s].offset, 0, segment[s].count);
        }
        return SKEL_OK;
    }
    SKEL_TRY(skel_topk(kept, segments, segment, choice->scores, choice->next, &result));
    report->threshold = fmin(report->threshold, (double)result.threshold);
    report->positive += result.positive;
    report->chosen += count_chosen(choice, kept, &result);
done:
    return status;
}

static skel_status choose_settled(const skel_selection *choice, const tensor_table *all,
                                  skel_prune_report *report)
{
    skel_status status = SKEL_OK;

    for (size_t s = 0; s < all->count; s++) {
        if (all->settled[s]) {
            SKEL_TRY(choose(choice, all->share[s], 1, &choice->segment[s], report));
        }
    }
done:
    return status;
}

static skel_status choose_by_tensor(const skel_selection *choice, tensor_table *all,
                                    skel_prune_report *report)
{
    const skel_share_bounds bounds = {all->count, all->weight, all->least, all->most};

    skel_share_out(choice->request->kept, &bounds, all->share);
    for (size_t s = 0; s < all->count; s++) {
        all->settled[s] = true;
    }
    return choose_settled(choice, all, report);
}

/* Settles the tensors that keep less than the rules ask for after a choice; returns whether there
 * were any. A settled tensor gets more than the scores gave it, so the others get less in the next
 * choice: their numbers only fall, and a settled tensor would never have got more in the end. */
static bool settle(const skel_selection *choice, tensor_table *all)
{
    bool found = false;

    for (size_t s = 0; s < all->count; s++) {
        const skel_segment *segment = &choice->segment[s];

        if (!all->settled[s] && all->least[s] > 0 &&
            skel_kept_count(segment->count, choice->next + segment->offset) < all->least[s]) {
            all->settled[s] = true;
            all->share[s] = all->least[s];
            found = true;
        }
    }
    return found;
}

/* The best of all tensors, but at least `least` of each. */
static skel_status choose_globally(const skel_selection *choice, tensor_table *all,
                                   skel_prune_report *report)
{
    const skel_prune_report before = *report;
    skel_status status = SKEL_OK;

    do {
        size_t left = choice->request->kept;
        size_t segments = 0;

        *report = before;
        for (size_t s = 0; s < all->count; s++) {
            if (all->settled[s]) {
                left -= all->share[s];
            } else {
                all->segment[segments++] = choice->segment[s];
            }
        }
        if (segments > 0) {
            SKEL_TRY(choose(choice, left, segments, all->segment, report));
        }
    } while (settle(choice, all));
    status = choose_settled(choice, all, report);
done:
    return status;
}

skel_status skel_select(const skel_selection *choice, skel_prune_report *report)
{
    const skel_prune_request *request = choice->request;
    tensor_table all;
    skel_status status = make_tensors(choice->mask->segments, &all);

    SKEL_TRY(status);
    describe(choice, &all);
    SKEL_TRY(skel_layer_rules_check(&request->rules,
                                    skel_prune_shares_by_tensor(request->method, request->scope),
                                    request->kept, all.count, all.size));
    report->threshold = DBL_MAX;
    status = skel_prune_shares_by_tensor(request->method, request->scope)
                 ? choose_by_tensor(choice, &all, report)
                 : choose_globally(choice, &all, report);
done:
    free_tensors(&all);
    return status;
}
