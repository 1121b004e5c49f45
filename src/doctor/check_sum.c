/* Exactness of sums over the ranks: the bits of one rank, and integers with a known sum. */
#include "checks.h"

#include "skel/memory.h"
#include "skel/random.h"
#include "skel/reduce.h"

#include <string.h>

enum {
    COUNT = 50021,     /* floats: more than one slice of the sums on a node */
    INTEGERS = 200003, /* likewise */
    MICROBATCHES_MAX = 129,
};

typedef struct sums {
    float *all;  /* [COUNT] of all ranks */
    float *self; /* [COUNT] of this rank alone */
    int64_t *integers;
} sums;

/* Values of very different sizes, which floats add to other bits in another order. */
static skel_status give(void *context, size_t first, size_t count, float *const values[],
                        double scalars[])
{
    (void)context;
    for (size_t i = 0; i < count; i++) {
        skel_stream stream = skel_stream_open(1, SKEL_PURPOSE_TEST, (uint32_t)(first + i), 0);

        for (size_t k = 0; k < COUNT; k++) {
            float size = (float)(1 << k % 12);

            values[i][k] = size * (float)(skel_stream_uniform(&stream) - 0.5);
        }
        scalars[i] = 1;
    }
    return SKEL_OK;
}

static skel_status reduce(const skel_comm *comm, size_t microbatches, float sum[])
{
    const skel_segment segment = {.offset = 0, .count = COUNT};
    const skel_reduce_shape shape = {.count = COUNT,
                                     .segments = 1,
                                     .segment = &segment,
                                     .scalars = 1,
                                     .microbatches_max = microbatches};
    skel_reducer *reducer = NULL;
    double scalar = 0;
    skel_status status = skel_reducer_create(comm, SKEL_REDUCTION_EXACT, &shape, false, &reducer);

    SKEL_TRY(skel_comm_agree(comm, status));
    status = skel_reduce(reducer, microbatches, give, NULL, sum, &scalar);
done:
    skel_reducer_destroy(&reducer);
    return status;
}

/* Index times rank + 1, summed by either way: the index times ranks (ranks + 1) / 2. */
static bool integers_are_exact(const skel_patient *patient, int64_t values[],
                               void (*sum)(const skel_comm *, size_t, int64_t *))
{
    int64_t rank = skel_comm_rank(patient->comm);
    int64_t ranks = skel_comm_size(patient->comm);
    bool exact = true;

    for (int64_t i = 0; i < INTEGERS; i++) {
        values[i] = i * (rank + 1);
    }
    sum(patient->comm, INTEGERS, values);
    for (int64_t i = 0; i < INTEGERS; i++) {
        exact = exact && values[i] == i * (ranks * (ranks + 1) / 2);
    }
    return exact;
}

static void judge(const skel_patient *patient, const sums *both, size_t microbatches,
                  skel_finding *finding)
{
    static const char advice[] =
        "results of this MPI cannot be trusted: use another version of it, or fewer nodes";

    if (!integers_are_exact(patient, both->integers, skel_comm_allreduce_i64)) {
        skel_finding_fail(finding, advice, "MPI_Allreduce sums integers wrongly");
    } else if (!integers_are_exact(patient, both->integers, skel_comm_sum_i64)) {
        skel_finding_fail(finding, advice, "the sum through shared memory is wrong");
    } else if (memcmp(both->all, both->self, COUNT * sizeof(float)) != 0) {
        skel_finding_fail(finding, advice,
                          "the sum of %zu microbatches has not the bits that it has on one rank",
                          microbatches);
    } else {
        skel_finding_ok(finding, "%zu microbatches on %d rank%s: the same bits as on one rank",
                        microbatches, skel_comm_size(patient->comm),
                        skel_comm_size(patient->comm) == 1 ? "" : "s");
    }
}

void skel_check_sum(skel_patient *patient, skel_finding *finding)
{
    size_t microbatches = 2 * (size_t)skel_comm_size(patient->comm) + 1;
    sums both = {.all = NULL};
    skel_status status = SKEL_OK;

    microbatches = microbatches < MICROBATCHES_MAX ? microbatches : MICROBATCHES_MAX;
    status = SKEL_ALLOC(COUNT, sizeof *both.all, &both.all);
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(COUNT, sizeof *both.self, &both.self);
    }
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(INTEGERS, sizeof *both.integers, &both.integers);
    }
    SKEL_TRY(skel_comm_agree(patient->comm, status));
    SKEL_TRY(reduce(patient->comm, microbatches, both.all));
    SKEL_TRY(skel_comm_agree(patient->comm, reduce(patient->self, microbatches, both.self)));
    judge(patient, &both, microbatches, finding);
done:
    if (status != SKEL_OK) {
        skel_finding_fail(finding, "skel run would fail likewise", "%s", skel_error_message());
    }
    SKEL_FREE(&both.all);
    SKEL_FREE(&both.self);
    SKEL_FREE(&both.integers);
}
