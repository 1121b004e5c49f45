/* Batch norm's statistics, summed over the microbatches of all ranks. */
#include "worker_impl.h"

#include <string.h>

/* In each rank's matrix the rows of the others are 0, so that the sum over ranks is exact. */
skel_status skel_worker_sum_statistics(void *context, size_t rows, size_t columns,
                                       const double values[], double sum[])
{
    skel_worker *worker = context;
    size_t total = worker->microbatches;
    size_t first = 0;
    size_t count = 0;

    skel_microbatches_of(total, skel_comm_rank(worker->comm), skel_comm_size(worker->comm), &first,
                         &count);
    SKEL_ASSERT(count == rows);
    memset(worker->rows, 0, total * columns * sizeof *worker->rows);
    if (rows > 0) {
        memcpy(worker->rows + first * columns, values, rows * columns * sizeof *values);
    }
    skel_comm_sum_f64(worker->comm, total * columns, worker->rows);
    memset(sum, 0, columns * sizeof *sum);
    for (size_t row = 0; row < total; row++) {
        for (size_t column = 0; column < columns; column++) {
            sum[column] += worker->rows[row * columns + column];
        }
    }
    return SKEL_OK;
}
