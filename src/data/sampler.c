/* Orders of samples, each a function of the seed and of the epoch or iteration. */
#include "skel/sampler.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <string.h>

/* Indices of the streams of SKEL_PURPOSE_PRUNE; their epoch is the number of the permutation. */
enum { STREAM_ALL = 0, STREAM_CLASS_ORDER = 1, STREAM_CLASS = 2 };

void skel_indices_free(skel_indices *indices)
{
    SKEL_FREE(&indices->index);
    indices->count = 0;
}

/* Writes the numbers 0, ..., count-1 that are (not) chosen, in ascending order. */
static void pick(const uint8_t chosen[], size_t count, uint8_t wanted, skel_indices *out)
{
    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (chosen[i] == wanted) {
            out->index[out->count++] = (uint32_t)i;
        }
    }
}

size_t skel_sampler_held_out(size_t use, double fraction)
{
    return (size_t)((double)use * fraction + 1e-6);
}

skel_status skel_sampler_split(size_t available, size_t use, double fraction, uint64_t seed,
                               skel_indices *train, skel_indices *validation)
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_SPLIT, 0, 0);
    uint32_t *order = NULL;
    uint8_t *chosen = NULL;
    size_t held_back = 0;
    skel_status status = SKEL_OK;

    memset(train, 0, sizeof *train);
    memset(validation, 0, sizeof *validation);
    if (use > available) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "%zu training samples asked for, the data set has %zu",
                         use, available);
    }
    use = use > 0 ? use : available;
    if (!(fraction >= 0 && fraction < 1) || use == 0) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "a validation part of %g leaves nothing of %zu samples to train on",
                         fraction, use);
    }
    held_back = skel_sampler_held_out(use, fraction);
    if (held_back >= use) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "a validation part of %g leaves nothing of %zu samples to train on",
                         fraction, use);
    }
    SKEL_TRY(SKEL_ALLOC_RAW(use, sizeof *order, &order));
    SKEL_TRY(SKEL_ALLOC(use, 1, &chosen));
    SKEL_TRY(SKEL_ALLOC_RAW(use - held_back, sizeof *order, &train->index));
    SKEL_TRY(SKEL_ALLOC_RAW(held_back, sizeof *order, &validation->index));
    for (size_t i = 0; i < use; i++) {
        order[i] = (uint32_t)i;
    }
    skel_stream_shuffle(&stream, use, order);
    for (size_t i = 0; i < held_back; i++) {
        chosen[order[i]] = 1;
    }
    pick(chosen, use, 0, train);
    pick(chosen, use, 1, validation);
done:
    SKEL_FREE(&order);
    SKEL_FREE(&chosen);
    if (status != SKEL_OK) {
        skel_indices_free(train);
        skel_indices_free(validation);
    }
    return status;
}

void skel_sampler_epoch(const skel_indices *train, uint64_t seed, uint32_t epoch, uint32_t order[])
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_SHUFFLE, epoch, 0);

    memcpy(order, train->index, train->count * sizeof *order);
    skel_stream_shuffle(&stream, train->count, order);
}

/* An endless list that goes through `count` items in one random order after the other. */
typedef struct shuffled_list {
    const uint32_t *items; /* [count] */
    size_t count;
    uint64_t seed;
    uint32_t stream;
    uint32_t *order;      /* [count]: the permutation numbered `permutation` */
    uint64_t permutation; /* UINT64_MAX: none yet */
} shuffled_list;

static uint32_t list_at(shuffled_list *list, uint64_t position)
{
    uint64_t permutation = position / list->count;

    if (permutation != list->permutation) {
        skel_stream stream =
            skel_stream_open(list->seed, SKEL_PURPOSE_PRUNE, (uint32_t)permutation, list->stream);

        memcpy(list->order, list->items, list->count * sizeof *list->order);
        skel_stream_shuffle(&stream, list->count, list->order);
        list->permutation = permutation;
    }
    return list->order[position % list->count];
}

static skel_status shuffled(const skel_indices *train, uint64_t seed, uint64_t first, size_t count,
                            uint32_t order[])
{
    shuffled_list list = {train->index, train->count, seed, STREAM_ALL, NULL, UINT64_MAX};
    skel_status status = SKEL_ALLOC_RAW(train->count, sizeof *list.order, &list.order);

    if (status == SKEL_OK) {
        for (size_t i = 0; i < count; i++) {
            order[i] = list_at(&list, first + i);
        }
    }
    SKEL_FREE(&list.order);
    return status;
}

/* Sorts the training samples by class; list[c] gets its own, which must not be none. */
static skel_status sort_by_class(const skel_indices *train, const uint16_t labels[], size_t classes,
                                 uint32_t sorted[], shuffled_list list[])
{
    size_t start = 0;

    for (size_t i = 0; i < train->count; i++) {
        SKEL_ASSERT(labels[train->index[i]] < classes);
        list[labels[train->index[i]]].count++;
    }
    for (size_t c = 0; c < classes; c++) {
        if (list[c].count == 0) {
            return SKEL_FAIL(SKEL_ERR_CONFIG,
                             "balanced batches are impossible: none of the %zu training samples is "
                             "of class %zu",
                             train->count, c);
        }
        list[c].items = sorted + start;
        start += list[c].count;
        list[c].count = 0;
    }
    for (size_t i = 0; i < train->count; i++) {
        shuffled_list *own = &list[labels[train->index[i]]];

        sorted[(size_t)(own->items - sorted) + own->count++] = train->index[i];
    }
    return SKEL_OK;
}

/* Sample number p is the next one of class number p modulo `classes` in a random order of the
 * classes: any run of samples, a batch or a microbatch, has as many of each class, +-1. */
static skel_status balanced(const skel_indices *train, const uint16_t labels[], size_t classes,
                            uint64_t seed, uint64_t first, size_t count, uint32_t order[])
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_PRUNE, 0, STREAM_CLASS_ORDER);
    shuffled_list *list = NULL;
    uint32_t *class_order = NULL;
    uint32_t *sorted = NULL;
    uint32_t *orders = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(classes, sizeof *list, &list));
    SKEL_TRY(SKEL_ALLOC_RAW(classes, sizeof *class_order, &class_order));
    SKEL_TRY(SKEL_ALLOC_RAW(train->count, sizeof *sorted, &sorted));
    SKEL_TRY(SKEL_ALLOC_RAW(train->count, sizeof *orders, &orders));
    SKEL_TRY(sort_by_class(train, labels, classes, sorted, list));
    for (size_t c = 0; c < classes; c++) {
        class_order[c] = (uint32_t)c;
        list[c].seed = seed;
        list[c].stream = STREAM_CLASS + (uint32_t)c;
        list[c].order = orders + (list[c].items - sorted);
        list[c].permutation = UINT64_MAX;
    }
    skel_stream_shuffle(&stream, classes, class_order);
    for (size_t i = 0; i < count; i++) {
        uint64_t position = first + i;

        order[i] = list_at(&list[class_order[position % classes]], position / classes);
    }
done:
    SKEL_FREE(&list);
    SKEL_FREE(&class_order);
    SKEL_FREE(&sorted);
    SKEL_FREE(&orders);
    return status;
}

skel_status skel_sampler_prune(const skel_indices *train, const uint16_t labels[], size_t classes,
                               skel_sampling sampling, uint64_t seed, uint32_t iteration,
                               size_t batches, size_t batch_size, uint32_t order[])
{
    size_t count = batches * batch_size;
    uint64_t first = (uint64_t)iteration * count;

    SKEL_ASSERT(train->count > 0 && classes > 0);
    switch (sampling) {
    case SKEL_SAMPLING_SHUFFLED:
        return shuffled(train, seed, first, count, order);
    case SKEL_SAMPLING_BALANCED:
        return balanced(train, labels, classes, seed, first, count, order);
    case SKEL_SAMPLING_SEQUENTIAL:
        break;
    }
    for (size_t i = 0; i < count; i++) {
        order[i] = train->index[i % train->count];
    }
    return SKEL_OK;
}
