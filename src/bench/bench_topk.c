/* Exact selection of the largest scores. */
#include "parts.h"

#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/random.h"
#include "skel/topk.h"

#include <math.h>
#include <stdio.h>

typedef struct skel_selection {
    size_t kept;
    skel_segment all;
    float *scores; /* [all.count], NULL on other ranks than the root */
    uint8_t *keep;
} skel_selection;

static skel_status select_once(void *context, double *seconds)
{
    skel_selection *selection = context;
    double started = skel_seconds();
    skel_status status =
        skel_topk(selection->kept, 1, &selection->all, selection->scores, selection->keep, NULL);

    *seconds = skel_seconds() - started;
    return status;
}

/* The root's scores: exponentially distributed, as magnitudes of saliencies roughly are. */
static skel_status fill(const skel_bench *bench, skel_selection *selection)
{
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 0, 0);
    skel_status status = SKEL_OK;

    if (!skel_comm_is_root(bench->comm)) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC_RAW(bench->count, sizeof(float), &selection->scores));
    SKEL_TRY(SKEL_ALLOC(bench->count, 1, &selection->keep));
    for (size_t i = 0; i < bench->count; i++) {
        selection->scores[i] = (float)-log1p(-skel_stream_uniform(&stream));
    }
done:
    return status;
}

static skel_status contest(skel_bench *bench, skel_selection *selection, unsigned percent)
{
    skel_contestant entries[3] = {
        {.name = "skel", .run = select_once, .context = selection, .alone = true, .threads = 1}};
    char sorted[16];
    char unsorted[16];
    char request[64];
    skel_status status = SKEL_OK;

    selection->kept = bench->count / 100 * percent;
    (void)snprintf(sorted, sizeof sorted, "sorted%u", percent);
    (void)snprintf(request, sizeof request, "topk %zu %zu sorted", bench->count, selection->kept);
    skel_bench_peer_enter(bench, &entries[1], sorted, " topk", request);
    (void)snprintf(unsorted, sizeof unsorted, "unsorted%u", percent);
    (void)snprintf(request, sizeof request, "topk %zu %zu unsorted", bench->count, selection->kept);
    skel_bench_peer_enter(bench, &entries[2], unsorted, " topk, sorted=False", request);
    SKEL_TRY(skel_bench_warm_up(bench, 3, entries));
    SKEL_TRY(skel_bench_contest(bench, "topk", 3, entries));
    if (skel_comm_is_root(bench->comm)) {
        (void)printf("\ntopk: the %zu largest of %zu exponentially distributed scores\n",
                     selection->kept, bench->count);
    }
    skel_bench_print(bench, 3, entries, (double)bench->count, "scores/s");
done:
    return status;
}

skel_status skel_bench_topk(skel_bench *bench)
{
    skel_selection selection = {.all = {.offset = 0, .count = bench->count}};
    skel_status status = skel_comm_agree(bench->comm, fill(bench, &selection));

    if (status == SKEL_OK) {
        status = contest(bench, &selection, 1);
    }
    if (status == SKEL_OK) {
        status = contest(bench, &selection, 10);
    }
    SKEL_FREE(&selection.scores);
    SKEL_FREE(&selection.keep);
    return status;
}
