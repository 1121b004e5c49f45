/* Global choices with least numbers for some tensors, and shares of each tensor. */
#include "select.h"

#include "count.h"
#include "share.h"
#include "skel/memory.h"
#include "skel/topk.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* What is known of the tensors; all arrays are [segments]. */
typedef struct tensor_table {
    size_t count;
    bool *settled;         /* its share is final */
    size_t *size;          /* weights */
    size_t *least;         /* weights that the rules ask for */
    size_t *most;          /* weights that may be kept */
    size_t *share;         /* weights to keep */
    double *weight;        /* what shares are in proportion to */
    skel_segment *segment; /* those that are chosen from together */
} tensor_table;

bool skel_shares_by_tensor(const skel_criterion *criterion, skel_scope scope)
{
    return criterion->sharing != SKEL_SHARING_BY_SCOPE || scope == SKEL_SCOPE_LAYER;
}

/* A mask that moves starts as a random graph; with scope layer as one of equal densities. */
static bool is_random_graph(const skel_prune_request *request)
{
    return request->criterion->sharing == SKEL_SHARING_ERK &&
           (request->criterion->timing != SKEL_TIMING_MOVING ||
            request->scope == SKEL_SCOPE_GLOBAL);
}

/* Weights of a tensor that the rules ask for; `most` is what it has. */
static size_t least_of(const skel_layer_rules *rules, bool by_tensor, size_t s, size_t size)
{
    size_t least = (size_t)ceil(rules->floor * (double)size - 1e-6);

    if (rules->whole != NULL && rules->whole[s]) {
        return size;
    }
    return least < 1 && by_tensor ? 1 : least;
}

skel_status skel_layer_rules_check(const skel_layer_rules *rules, bool by_tensor, size_t kept,
                                   size_t tensors, const size_t size[])
{
    size_t whole = 0;
    size_t least = 0;

    for (size_t s = 0; s < tensors; s++) {
        least += least_of(rules, by_tensor, s, size[s]);
        whole += rules->whole != NULL && rules->whole[s] ? size[s] : 0;
    }
    if (kept < least && whole == 0 && rules->floor == 0) {
        return SKEL_FAIL(
            SKEL_ERR_CONFIG,
            "cannot keep %zu weights with shares by layer: each of %zu layers needs one", kept,
            tensors);
    }
    if (kept < least) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "cannot keep %zu weights: prune.keep-layers holds %zu, and with "
                         "prune.per-layer-floor %g all layers together need %zu",
                         kept, whole, rules->floor, least);
    }
    return SKEL_OK;
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

static void describe(const skel_selection *choice, tensor_table *all)
{
    const skel_prune_request *request = choice->request;
    bool by_tensor = skel_shares_by_tensor(request->criterion, request->scope);
    bool erk = is_random_graph(request);

    SKEL_ASSERT(!erk || request->rules.size != NULL);
    for (size_t s = 0; s < all->count; s++) {
        const skel_segment *segment = &choice->mask->segment[s];
        size_t least = least_of(&request->rules, by_tensor, s, segment->count);

        all->size[s] = segment->count;
        all->most[s] =
            request->criterion->permanent
                ? skel_count_ones(segment->count, choice->mask->keep + segment->offset, NULL)
                : segment->count;
        all->least[s] = least < all->most[s] ? least : all->most[s];
        all->weight[s] = erk ? request->rules.size[s] : (double)segment->count;
    }
}

/* Weights that were kept for their score, not for coming first. A score of 0 is no reason; where
 * signs count it is one like any other, unless some of the weights at 0 had to be left out. */
static size_t count_chosen(const skel_selection *choice, size_t kept, const skel_topk_result *top)
{
    bool signs = choice->request->criterion->has_signs || choice->request->invert;
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
            SKEL_TRY(choose(choice, all->share[s], 1, &choice->mask->segment[s], report));
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

/* Settles the tensors that a choice has left with less than the rules ask for; returns whether
 * there were any. A settled one leaves less for all others, whose numbers can only fall: no tensor
 * that is settled once would have got more in the end. */
static bool settle(const skel_selection *choice, tensor_table *all)
{
    bool found = false;

    for (size_t s = 0; s < all->count; s++) {
        const skel_segment *segment = &choice->mask->segment[s];

        if (!all->settled[s] && all->least[s] > 0 &&
            skel_count_ones(segment->count, choice->next + segment->offset, NULL) < all->least[s]) {
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
                all->segment[segments++] = choice->mask->segment[s];
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
                                    skel_shares_by_tensor(request->criterion, request->scope),
                                    request->kept, all.count, all.size));
    report->threshold = DBL_MAX;
    status = skel_shares_by_tensor(request->criterion, request->scope)
                 ? choose_by_tensor(choice, &all, report)
                 : choose_globally(choice, &all, report);
done:
    free_tensors(&all);
    return status;
}
