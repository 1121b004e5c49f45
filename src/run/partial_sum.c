/* Writes the part of a sum to a checkpoint and reads it back. */
#include "partial_sum.h"

#include "skel/memory.h"

#include <string.h>

enum { SCALARS = 16 /* more than any sum has */ };

static const char at_done[] = "/state/sum_done";
static const char at_total[] = "/state/sum_total";
static const char at_largest[] = "/state/sum_largest";
static const char at_rows[] = "/state/sum_scalars";

skel_status skel_partial_sum_write(const skel_partial *partial, skel_file *file)
{
    const skel_file_dataset sets[] = {
        {at_done, SKEL_UINT8, 1, {partial->microbatches}, partial->done, NULL, false},
        {at_total, SKEL_INT64, 1, {partial->count}, partial->total, NULL, false},
        {at_largest, SKEL_FLOAT32, 1, {partial->segments}, partial->largest, NULL, false},
        {at_rows,
         SKEL_FLOAT64,
         2,
         {partial->microbatches, partial->scalars},
         partial->rows,
         NULL,
         false},
    };
    skel_status status = SKEL_OK;

    for (size_t i = 0; partial->microbatches > 0 && i < sizeof sets / sizeof *sets; i++) {
        SKEL_TRY(skel_file_write(file, &sets[i]));
    }
done:
    return status;
}

/* Root: the sizes, 0 without a part. */
static skel_status read_sizes(const skel_inputs *in, skel_reader *reader, skel_partial *out)
{
    const skel_network *network = in->network;
    size_t dims = 0;
    size_t shape[4] = {0};
    skel_status status = SKEL_OK;

    if (!skel_reader_has(reader, at_done)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_shape(reader, at_total, &dims, shape));
    out->count = shape[0];
    SKEL_TRY(skel_reader_shape(reader, at_largest, &dims, shape));
    out->segments = shape[0];
    SKEL_TRY(skel_reader_shape(reader, at_rows, &dims, shape));
    out->microbatches = shape[0];
    out->scalars = shape[1];
    if (out->count > network->parameter_count + network->buffer_count ||
        out->segments > network->parameters + network->buffers || dims != 2 ||
        out->microbatches > in->settings.prune_batches * in->settings.prune_batch_size ||
        out->scalars > SCALARS) {
        status =
            SKEL_FAIL(SKEL_ERR_DATA,
                      "%s: the part of a sum below /state has %zu values of %zu tensors and %zu "
                      "microbatches, which is no part of a sum of this run",
                      skel_reader_path(reader), out->count, out->segments, out->microbatches);
    }
done:
    return status;
}

static skel_status allocate(skel_partial *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(out->microbatches, sizeof *out->done, &out->done));
    SKEL_TRY(SKEL_ALLOC(out->count, sizeof *out->total, &out->total));
    SKEL_TRY(SKEL_ALLOC(out->segments, sizeof *out->largest, &out->largest));
    SKEL_TRY(SKEL_ALLOC(out->microbatches, out->scalars * sizeof *out->rows, &out->rows));
done:
    return status;
}

static skel_status read_vectors(skel_reader *reader, skel_partial *out)
{
    uint8_t *done = NULL;
    double *rows = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_bytes(reader, at_done, &count, &done));
    if (count == out->microbatches) {
        memcpy(out->done, done, count);
    } else {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s has %zu values, expected %zu",
                           skel_reader_path(reader), at_done, count, out->microbatches));
    }
    for (size_t m = 0; m < count; m++) {
        if (done[m] > 1) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of %s is %u, expected 0 or 1",
                               skel_reader_path(reader), m, at_done, done[m]));
        }
    }
    SKEL_TRY(skel_reader_integers(reader, at_total, out->count, out->total));
    SKEL_TRY(skel_reader_floats(reader, at_largest, out->segments, out->largest));
    SKEL_TRY(skel_reader_doubles(reader, at_rows, &count, &rows));
    memcpy(out->rows, rows, count * sizeof *rows); /* of the shape that was checked */
done:
    SKEL_FREE(&rows);
    SKEL_FREE(&done);
    return status;
}

skel_status skel_partial_sum_read(const skel_inputs *in, skel_reader *reader, skel_partial *out)
{
    const skel_comm *comm = in->comm;
    bool root = skel_comm_is_root(comm);
    skel_status status = SKEL_OK;

    *out = (skel_partial){0};
    SKEL_TRY(skel_comm_agree(comm, root ? read_sizes(in, reader, out) : SKEL_OK));
    skel_comm_broadcast(comm, sizeof *out, out);
    if (out->microbatches == 0) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_comm_agree(comm, allocate(out)));
    SKEL_TRY(skel_comm_agree(comm, root ? read_vectors(reader, out) : SKEL_OK));
    skel_comm_broadcast(comm, out->microbatches, out->done);
    skel_comm_broadcast(comm, out->count * sizeof *out->total, out->total);
    skel_comm_broadcast(comm, out->segments * sizeof *out->largest, out->largest);
    skel_comm_broadcast(comm, out->microbatches * out->scalars * sizeof *out->rows, out->rows);
done:
    if (status != SKEL_OK) {
        skel_partial_sum_free(out);
    }
    return status;
}

void skel_partial_sum_free(skel_partial *partial)
{
    SKEL_FREE(&partial->done);
    SKEL_FREE(&partial->total);
    SKEL_FREE(&partial->largest);
    SKEL_FREE(&partial->rows);
    *partial = (skel_partial){0};
}

size_t skel_partial_sum_done(const skel_partial *partial)
{
    size_t done = 0;

    for (size_t m = 0; m < partial->microbatches; m++) {
        done += partial->done[m];
    }
    return done;
}
