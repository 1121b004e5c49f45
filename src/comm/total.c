/* The last step of an exact sum. Integers are twice as long as floats: written to memory of their
 * own, read for the sum over the ranks and read again for the floats, they were three quarters of
 * all bytes of a sum of one microbatch a rank. */
#include "total.h"

#include "fixed.h"
#include "group.h"

#include "skel/sizes.h"

#include <string.h>

enum { AT_ONCE = 1 << 10 /* integers that stay in the first cache between two loops over them */ };

/* A sum on its way. */
typedef struct totaling {
    skel_reducer *reducer;
    const skel_summation *call;
    const skel_share *share;
    float *sum;
    size_t infinite; /* the first segment that has a sum that is not finite; `segments`: none */
} totaling;

static skel_fixed fixed_of(const totaling *it, size_t segment)
{
    return skel_fixed_choose(it->reducer->largest[segment], it->call->microbatches);
}

/* Integers of a part of one segment: the share's in `total`, or 0, and the last microbatch's. */
static void make_part(const totaling *it, size_t segment, size_t first, size_t count,
                      int64_t values[])
{
    skel_fixed fixed = fixed_of(it, segment);
    const int64_t *total = it->reducer->total + first;

    for (size_t done = 0; done < count; done += AT_ONCE) {
        size_t some = skel_lesser(count - done, AT_ONCE);

        if (!it->share->added) {
            memset(values + done, 0, some * sizeof *values);
        } else if (values != total) {
            memcpy(values + done, total + done, some * sizeof *values);
        }
        if (it->share->last != NULL) {
            (void)skel_fixed_add(fixed, some, it->share->last + first + done, values + done);
        }
    }
}

/* How many of a segment's values are in a piece, and the first of them. */
static size_t part_of(const skel_segment *segment, size_t first, size_t count, size_t *begin)
{
    size_t end = skel_lesser(first + count, segment->offset + segment->count);

    *begin = skel_greater(first, segment->offset);
    return *begin < end ? end - *begin : 0;
}

static void make_piece(void *context, size_t first, size_t count, int64_t values[])
{
    const totaling *it = context;
    const skel_reduce_shape *shape = &it->reducer->shape;

    for (size_t s = 0; s < shape->segments; s++) {
        size_t begin = 0;
        size_t part = part_of(&shape->segment[s], first, count, &begin);

        if (part > 0) {
            make_part(it, s, begin, part, values + (begin - first));
        }
    }
}

static void take_piece(void *context, size_t first, size_t count, const int64_t sums[])
{
    totaling *it = context;
    const skel_reduce_shape *shape = &it->reducer->shape;

    for (size_t s = 0; s < shape->segments; s++) {
        size_t begin = 0;
        size_t part = part_of(&shape->segment[s], first, count, &begin);

        if (part > 0 && skel_fixed_restore(fixed_of(it, s), part, sums + (begin - first),
                                           it->sum + begin) >= SKEL_FIXED_INFINITE) {
            it->infinite = skel_lesser(it->infinite, s);
        }
    }
}

/* The sum of a single microbatch: no other rank has to know it, and its integers need no memory. */
static void pass_single(totaling *it)
{
    const skel_reduce_shape *shape = &it->reducer->shape;

    for (size_t s = 0; s < shape->segments; s++) {
        size_t offset = shape->segment[s].offset;

        if (skel_fixed_pass(fixed_of(it, s), shape->segment[s].count, it->share->last + offset,
                            it->sum + offset) >= SKEL_FIXED_INFINITE) {
            it->infinite = skel_lesser(it->infinite, s);
        }
    }
}

skel_status skel_total_sum(skel_reducer *reducer, const skel_summation *call,
                           const skel_share *share, float sum[])
{
    size_t count = reducer->shape.count;
    totaling it = {.reducer = reducer,
                   .call = call,
                   .share = share,
                   .sum = sum,
                   .infinite = reducer->shape.segments};
    skel_pieces pieces = {.context = &it, .make = make_piece, .take = take_piece};

    if (skel_comm_size(reducer->comm) == 1 && !share->added && share->last != NULL) {
        pass_single(&it);
    } else if (!skel_comm_sum_pieces(reducer->comm, count, &pieces)) {
        make_piece(&it, 0, count, reducer->total);
        skel_comm_sum_i64(reducer->comm, count, reducer->total);
        take_piece(&it, 0, count, reducer->total);
    }
    return it.infinite < reducer->shape.segments
               ? skel_reducer_reject(reducer, it.infinite, SKEL_REDUCER_SUM, sum)
               : SKEL_OK;
}
