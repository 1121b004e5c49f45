/* How many weights leave each tensor and how many come to it, then which ones. */
#include "skel/reallocate.h"

#include "exchange.h"
#include "share.h"
#include "skel/kept.h"
#include "skel/memory.h"
#include "skel/sizes.h"

#include <math.h>

static const double dense = 0.8;   /* SNFS: above this density a tensor may lose less */
static const double filled = 0.99; /* SNFS: share of its pruned weights that a tensor can gain */

/* All tensors; every array has one entry for each. */
typedef struct table {
    size_t count;
    size_t *kept;  /* weights before the change */
    size_t *most;  /* weights that may go */
    size_t *goes;  /* weights that go */
    size_t *room;  /* weights that may come */
    size_t *comes; /* weights that come */
    size_t *none;  /* zeros */
    double *size;  /* shares are in proportion to it */
} table;

static skel_status table_make(size_t count, table *out)
{
    skel_status status = SKEL_OK;

    *out = (table){.count = count};
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->kept, &out->kept));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->most, &out->most));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->goes, &out->goes));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->room, &out->room));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->comes, &out->comes));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->none, &out->none));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->size, &out->size));
done:
    return status;
}

static void table_free(table *all)
{
    SKEL_FREE(&all->size);
    SKEL_FREE(&all->none);
    SKEL_FREE(&all->comes);
    SKEL_FREE(&all->room);
    SKEL_FREE(&all->goes);
    SKEL_FREE(&all->most);
    SKEL_FREE(&all->kept);
}

static size_t sum_of(const table *all, const size_t value[])
{
    size_t sum = 0;

    for (size_t s = 0; s < all->count; s++) {
        sum += value[s];
    }
    return sum;
}

static bool is_whole(const skel_reallocation *request, size_t s)
{
    return request->rules->whole != NULL && request->rules->whole[s];
}

static void describe(const skel_mask *mask, const skel_reallocation *request, table *all)
{
    for (size_t s = 0; s < all->count; s++) {
        const skel_segment *segment = &mask->segment[s];
        size_t least = skel_layer_rules_least(request->rules, true, s, segment->count);

        all->kept[s] = skel_kept_count(segment->count, mask->keep + segment->offset);
        all->most[s] = all->kept[s] > least ? all->kept[s] - least : 0;
    }
}

/* Kept weights below the threshold. */
static size_t count_below(const skel_mask *mask, const skel_reallocation *request, size_t s)
{
    const uint8_t *keep = mask->keep + mask->segment[s].offset;
    const float *values = request->parameters + mask->segment[s].offset;
    size_t below = 0;

    for (size_t i = 0; i < mask->segment[s].count; i++) {
        below += keep[i] != 0 && fabs((double)values[i]) < request->threshold;
    }
    return below;
}

/* Mean |velocity| of the kept weights. */
static double mean_momentum(const skel_mask *mask, const skel_reallocation *request,
                            const table *all, size_t s)
{
    const uint8_t *keep = mask->keep + mask->segment[s].offset;
    const float *velocity = request->velocity + mask->segment[s].offset;
    double sum = 0;

    for (size_t i = 0; i < mask->segment[s].count; i++) {
        sum += keep[i] != 0 ? fabs((double)velocity[i]) : 0;
    }
    return all->kept[s] > 0 ? sum / (double)all->kept[s] : 0;
}

static void measure_momentum(const skel_mask *mask, const skel_reallocation *request, table *all)
{
    for (size_t s = 0; s < all->count; s++) {
        all->size[s] = mean_momentum(mask, request, all, s);
    }
}

/* The share of a tensor's weights that goes. Source: the code of Dettmers and Zettlemoyer. */
static double fraction_of(const skel_mask *mask, const skel_reallocation *request, const table *all,
                          size_t s)
{
    double density = (double)all->kept[s] / (double)mask->segment[s].count;
    double sum = 0;

    for (size_t t = 0; t < all->count; t++) {
        sum += all->size[t];
    }
    if (density > dense && all->size[s] > sum / (double)all->count) {
        return fmin(request->fraction, 1 - density);
    }
    return request->fraction;
}

/* Weights that go of each tensor, if weights are to go at all. */
static void plan_losses(const skel_mask *mask, const skel_reallocation *request, table *all)
{
    for (size_t s = 0; s < all->count; s++) {
        size_t goes = 0;

        if (request->movement == SKEL_MOVEMENT_THRESHOLD) {
            goes = count_below(mask, request, s);
        } else if (request->movement == SKEL_MOVEMENT_MOMENTUM) {
            goes = (size_t)ceil(fraction_of(mask, request, all, s) * (double)all->kept[s] - 1e-6);
        }
        all->goes[s] = skel_lesser(goes, all->most[s]);
    }
}

/* Gives `count` weights to the tensors in proportion to `size`; 0 in all of them: equal shares. */
static void share(table *all, size_t count, const size_t most[], size_t out[])
{
    const skel_share_bounds bounds = {all->count, all->size, all->none, most};
    double largest = 0;

    for (size_t s = 0; s < all->count; s++) {
        largest = fmax(largest, all->size[s]);
    }
    for (size_t s = 0; s < all->count; s++) { /* a share in proportion to 0 would never be enough */
        all->size[s] = largest > 0 ? fmax(all->size[s], 1e-9 * largest) : 1;
    }
    skel_share_out(count, &bounds, out);
}

/* Weights that may come to each tensor. */
static void measure_room(const skel_mask *mask, const skel_reallocation *request, double part,
                         table *all)
{
    for (size_t s = 0; s < all->count; s++) {
        size_t pruned = mask->segment[s].count - all->kept[s];

        if (request->regrow) {
            pruned += all->goes[s];
        }
        all->room[s] = is_whole(request, s) ? 0 : (size_t)(part * (double)pruned);
    }
}

/* Fewer weights go if there is not enough room for as many to come. */
static void fit_losses(table *all)
{
    size_t room = sum_of(all, all->room);

    if (sum_of(all, all->goes) > room) {
        for (size_t s = 0; s < all->count; s++) {
            all->size[s] = (double)all->goes[s];
            all->most[s] = all->goes[s];
        }
        share(all, room, all->most, all->goes);
    }
}

static void plan_exchange(const skel_mask *mask, const skel_reallocation *request, table *all)
{
    bool by_momentum = request->movement == SKEL_MOVEMENT_MOMENTUM;

    if (by_momentum) {
        measure_momentum(mask, request, all);
    }
    plan_losses(mask, request, all);
    measure_room(mask, request, by_momentum ? filled : 1, all);
    if (sum_of(all, all->goes) > sum_of(all, all->room)) {
        measure_room(mask, request, 1, all);
    }
    fit_losses(all);
    if (by_momentum) {
        measure_momentum(mask, request, all);
    } else {
        for (size_t s = 0; s < all->count; s++) {
            all->size[s] = (double)(all->kept[s] - all->goes[s]);
        }
    }
    share(all, sum_of(all, all->goes), all->room, all->comes);
}

/* From the tensors' kept weights to another number of them. */
static void plan_swelling(const skel_mask *mask, const skel_reallocation *request, table *all)
{
    size_t kept = sum_of(all, all->kept);
    size_t count = 0;

    measure_room(mask, request, 1, all);
    if (request->kept >= kept) {
        count = skel_lesser(request->kept - kept, sum_of(all, all->room));
        for (size_t s = 0; s < all->count; s++) {
            all->size[s] = (double)all->room[s];
        }
        share(all, count, all->room, all->comes);
        return;
    }
    count = skel_lesser(kept - request->kept, sum_of(all, all->most));
    for (size_t s = 0; s < all->count; s++) {
        all->size[s] = (double)all->most[s];
    }
    share(all, count, all->most, all->goes);
}

static skel_status change_tensor(skel_mask *mask, const skel_reallocation *request,
                                 const table *all, size_t s, skel_exchange *choice, size_t *gone)
{
    size_t offset = mask->segment[s].offset;
    size_t count = mask->segment[s].count;
    uint8_t *keep = mask->keep + offset;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_exchange_largest(all->kept[s] - all->goes[s], count, 1, keep,
                                   request->parameters + offset, choice->score, choice->stays));
    if (request->momentum != NULL) {
        SKEL_TRY(skel_exchange_largest(all->comes[s], count, 0,
                                       request->regrow ? choice->stays : keep,
                                       request->momentum + offset, choice->score, choice->comes));
    } else {
        skel_exchange_any(
            skel_stream_open(request->seed, SKEL_PURPOSE_EVOLVE, request->update, (uint32_t)s),
            all->comes[s], count - all->kept[s], count, keep, choice->comes);
    }
    *gone += skel_exchange_apply(count, choice, keep, request->parameters + offset,
                                 request->velocity + offset);
done:
    return status;
}

skel_status skel_reallocate_mask(skel_mask *mask, const skel_reallocation *request, size_t *gone)
{
    skel_exchange choice = {0};
    table all = {0};
    skel_status status = SKEL_OK;

    *gone = 0;
    SKEL_ASSERT(request->movement != SKEL_MOVEMENT_EXCHANGE);
    SKEL_TRY(skel_exchange_make(mask, &choice));
    SKEL_TRY(table_make(mask->segments, &all));
    describe(mask, request, &all);
    if (request->movement == SKEL_MOVEMENT_SWELL) {
        plan_swelling(mask, request, &all);
    } else {
        plan_exchange(mask, request, &all);
    }
    for (size_t s = 0; s < mask->segments; s++) {
        if (change_tensor(mask, request, &all, s, &choice, gone) != SKEL_OK) {
            status = skel_exchange_blame(mask, s);
            goto done;
        }
    }
    skel_mask_recount(mask);
done:
    table_free(&all);
    skel_exchange_free(&choice);
    return status;
}

double skel_reallocate_threshold(double threshold, double wanted, size_t gone)
{
    if ((double)gone < 0.9 * wanted) {
        return 2 * threshold;
    }
    return (double)gone > 1.1 * wanted ? threshold / 2 : threshold;
}
