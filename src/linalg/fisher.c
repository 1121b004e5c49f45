/* The inverse of an empirical Fisher matrix: what is computed of the factor of K. */
#include "fisher_block.h"
#include "fisher_sums.h"

#include "lapack.h"

#include "skel/memory.h"
#include "skel/sizes.h"

#include <limits.h>
#include <math.h>
#include <mpi.h>
#include <string.h>

enum { BLOCK = SKEL_FISHER_BLOCK };

/* First block of a rank. */
static size_t block_of(size_t blocks, int rank, int ranks)
{
    return blocks * (size_t)rank / (size_t)ranks;
}

static skel_status check(size_t samples, size_t weights, double damping)
{
#ifndef SKEL_SCALAPACK
    return SKEL_FAIL(SKEL_ERR_MISSING,
                     "Fisher matrix: this skel was built without ScaLAPACK and LAPACK; build it "
                     "with cmake -DSKEL_SCALAPACK=ON");
#endif
    if (samples < 1 || weights < 1 || samples > INT_MAX || weights > INT_MAX) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "Fisher matrix of %zu samples and %zu weights: both must be from 1 to %d, "
                         "which is what LAPACK's 32-bit indices count",
                         samples, weights, INT_MAX);
    }
    if (!(damping > 0)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "Fisher matrix of %zu samples: with a damping of %g it is singular; the "
                         "damping must be above 0",
                         samples, damping);
    }
    return SKEL_OK;
}

static skel_status allocate(skel_fisher *fisher)
{
    size_t square = fisher->samples * fisher->samples;
    size_t ranks = (size_t)skel_comm_size(fisher->comm);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC((fisher->last - fisher->first) * BLOCK, fisher->samples * sizeof(float),
                        &fisher->data));
    SKEL_TRY(SKEL_ALLOC(fisher->samples * BLOCK, sizeof(double), &fisher->block));
    SKEL_TRY(SKEL_ALLOC(square, sizeof(double), &fisher->factor));
    SKEL_TRY(SKEL_ALLOC(square, sizeof(int64_t), &fisher->sum));
    SKEL_TRY(SKEL_ALLOC(fisher->samples, sizeof(double), &fisher->vector));
    SKEL_TRY(SKEL_ALLOC((fisher->last - fisher->first) * BLOCK * ranks, sizeof(float),
                        &fisher->arrived));
    SKEL_TRY(SKEL_ALLOC(4 * ranks, sizeof(int), &fisher->counts));
done:
    return status;
}

skel_status skel_fisher_create(const skel_comm *comm, size_t samples, size_t batch, size_t weights,
                               double damping, skel_fisher **out)
{
    int rank = skel_comm_rank(comm);
    int ranks = skel_comm_size(comm);
    skel_fisher *fisher = NULL;
    skel_status status = check(samples, weights, damping);

    *out = NULL;
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(1, sizeof *fisher, &fisher);
    }
    if (status == SKEL_OK) {
        fisher->comm = comm;
        fisher->samples = samples;
        fisher->batch = skel_lesser(batch, samples);
        fisher->weights = weights;
        fisher->damping = damping;
        fisher->blocks = (weights + BLOCK - 1) / BLOCK;
        fisher->first = block_of(fisher->blocks, rank, ranks);
        fisher->last = block_of(fisher->blocks, rank + 1, ranks);
        skel_lapack_one_thread();
        status = allocate(fisher);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    *out = fisher;
    fisher = NULL;
done:
    skel_fisher_destroy(&fisher);
    return status;
}

void skel_fisher_destroy(skel_fisher **fisher)
{
    if (*fisher == NULL) {
        return;
    }
    SKEL_FREE(&(*fisher)->data);
    SKEL_FREE(&(*fisher)->block);
    SKEL_FREE(&(*fisher)->factor);
    SKEL_FREE(&(*fisher)->sum);
    SKEL_FREE(&(*fisher)->vector);
    SKEL_FREE(&(*fisher)->arrived);
    SKEL_FREE(&(*fisher)->counts);
    SKEL_FREE(fisher);
}

size_t skel_fisher_bytes(size_t samples, size_t weights, int ranks)
{
    size_t blocks = (weights + BLOCK - 1) / BLOCK;
    size_t most = (blocks + (size_t)ranks - 1) / (size_t)ranks * BLOCK;

    /* the third matrix is the memory of sums over the ranks */
    return samples * most * sizeof(float) + 3 * samples * samples * sizeof(double) +
           samples * BLOCK * sizeof(double) + (size_t)ranks * most * sizeof(float);
}

size_t skel_fisher_rounds(const skel_fisher *fisher)
{
    size_t together = fisher->batch * (size_t)skel_comm_size(fisher->comm);

    return (fisher->samples + together - 1) / together * fisher->batch;
}

/* Batches are dealt to the ranks in turn. */
static size_t sample_of(const skel_fisher *fisher, size_t round, int rank)
{
    size_t ranks = (size_t)skel_comm_size(fisher->comm);
    size_t batch = round / fisher->batch * ranks + (size_t)rank;

    return skel_lesser(batch * fisher->batch + round % fisher->batch, fisher->samples);
}

size_t skel_fisher_sample(const skel_fisher *fisher, size_t round)
{
    return sample_of(fisher, round, skel_comm_rank(fisher->comm));
}

/* Weights of a rank's blocks, and the first of them. */
static size_t weights_of(const skel_fisher *fisher, int rank, size_t *first)
{
    int ranks = skel_comm_size(fisher->comm);
    size_t end = skel_lesser(block_of(fisher->blocks, rank + 1, ranks) * BLOCK, fisher->weights);

    *first = skel_lesser(block_of(fisher->blocks, rank, ranks) * BLOCK, fisher->weights);
    return end - *first;
}

/* Puts one sample's gradients by this rank's weights into its blocks. */
static void store(skel_fisher *fisher, size_t sample, const float row[])
{
    size_t first = 0;
    size_t mine = weights_of(fisher, skel_comm_rank(fisher->comm), &first);

    for (size_t from = 0; from < mine; from += BLOCK) {
        memcpy(fisher->data + (from / BLOCK * fisher->samples + sample) * BLOCK, row + from,
               skel_lesser(mine - from, BLOCK) * sizeof *row);
    }
}

void skel_fisher_add(skel_fisher *fisher, size_t round, const float row[])
{
    const MPI_Comm *mpi = skel_comm_mpi(fisher->comm);
    int ranks = skel_comm_size(fisher->comm);
    bool sends = skel_fisher_sample(fisher, round) < fisher->samples;
    size_t first = 0;
    int mine = (int)weights_of(fisher, skel_comm_rank(fisher->comm), &first);
    int *sent = fisher->counts;
    int *sent_from = sent + ranks;
    int *arriving = sent_from + ranks;
    int *arriving_at = arriving + ranks;

    if (mpi == NULL) {
        if (sends) {
            store(fisher, skel_fisher_sample(fisher, round), row);
        }
        return;
    }
    for (int r = 0; r < ranks; r++) {
        int share = (int)weights_of(fisher, r, &first);

        sent[r] = sends ? share : 0;
        sent_from[r] = (int)first;
        arriving[r] = sample_of(fisher, round, r) < fisher->samples ? mine : 0;
        arriving_at[r] = r == 0 ? 0 : arriving_at[r - 1] + arriving[r - 1];
    }
    MPI_Alltoallv(row, sent, sent_from, MPI_FLOAT, fisher->arrived, arriving, arriving_at,
                  MPI_FLOAT, *mpi);
    for (int r = 0; r < ranks; r++) {
        if (arriving[r] > 0) {
            store(fisher, sample_of(fisher, round, r), fisher->arrived + arriving_at[r]);
        }
    }
}

/* Elements of the diagonal of F^-1 of one block. None is below 1 / F_ii, in exact arithmetic. */
static void invert_block(skel_fisher *fisher, size_t block, double diagonal[])
{
    const double one = 1;
    const int rows = BLOCK;
    int order = (int)fisher->samples;
    int width = skel_fisher_load(fisher, block, NULL);
    double *squares = diagonal + block * BLOCK;
    double lowest[BLOCK] = {0};

    for (size_t s = 0; s < fisher->samples; s++) {
        for (int i = 0; i < width; i++) {
            lowest[i] +=
                fisher->block[s * BLOCK + (size_t)i] * fisher->block[s * BLOCK + (size_t)i];
        }
    }
    dtrsm_("R", "L", "T", "N", &width, &order, &one, fisher->factor, &order, fisher->block, &rows);
    for (size_t s = 0; s < fisher->samples; s++) {
        for (int i = 0; i < width; i++) {
            squares[i] +=
                fisher->block[s * BLOCK + (size_t)i] * fisher->block[s * BLOCK + (size_t)i];
        }
    }
    for (int i = 0; i < width; i++) {
        double least_inverse = 1 / (fisher->damping + lowest[i] / (double)fisher->samples);

        squares[i] = fmax((1 - squares[i]) / fisher->damping, least_inverse);
    }
}

skel_status skel_fisher_diagonal(skel_fisher *fisher, double diagonal[])
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_fisher_factor(fisher, NULL));
    memset(diagonal, 0, fisher->weights * sizeof *diagonal);
    for (size_t block = fisher->first; block < fisher->last; block++) {
        invert_block(fisher, block, diagonal);
    }
    skel_comm_sum_f64(fisher->comm, fisher->weights, diagonal); /* all others have 0: exact */
done:
    return status;
}

/* G_R' y of one block. */
static void apply_block(skel_fisher *fisher, size_t block, const uint8_t removed[], double change[])
{
    size_t begin = block * BLOCK;
    size_t end = skel_lesser(begin + BLOCK, fisher->weights);
    const float *from = fisher->data + (block - fisher->first) * fisher->samples * BLOCK;

    for (size_t s = 0; s < fisher->samples; s++) {
        for (size_t i = 0; i < end - begin; i++) {
            change[begin + i] += (double)from[s * BLOCK + i] * fisher->vector[s];
        }
    }
    for (size_t i = begin; i < end; i++) {
        change[i] = removed[i] != 0 ? 0 : change[i];
    }
}

skel_status skel_fisher_update(skel_fisher *fisher, const uint8_t removed[], const float weight[],
                               double change[])
{
    const double one = 1;
    const int column = 1;
    int order = (int)fisher->samples;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_fisher_factor(fisher, removed));
    skel_fisher_outputs(fisher, removed, weight);
    dtrsm_("L", "L", "N", "N", &order, &column, &one, fisher->factor, &order, fisher->vector,
           &order);
    dtrsm_("L", "L", "T", "N", &order, &column, &one, fisher->factor, &order, fisher->vector,
           &order);
    memset(change, 0, fisher->weights * sizeof *change);
    for (size_t block = fisher->first; block < fisher->last; block++) {
        apply_block(fisher, block, removed, change);
    }
    skel_comm_sum_f64(fisher->comm, fisher->weights, change); /* all others have 0: exact */
    for (size_t i = 0; i < fisher->weights; i++) {
        change[i] = removed[i] != 0 ? -(double)weight[i] : change[i];
    }
done:
    return status;
}
