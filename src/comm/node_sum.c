/* Sums through shared memory. A rank touches its own segment, one slice of each other segment, and
 * the leader's segment: at most three segments, for any number of ranks. */
#include "node_sum.h"

#include "bypass.h"

#include <string.h>

enum {
    LINE = 64,      /* bytes: slices are whole cache lines, so that no line has two writers */
    PIECE = 1 << 15 /* integers that stay in a rank's second cache; a network wants more at once */
};

/* A type of numbers. */
typedef struct skel_node_type {
    MPI_Datatype mpi;
    size_t size;
    void (*add)(size_t bytes, const void *values, void *sums);
} skel_node_type;

static void add_i64(size_t bytes, const void *values, void *sums)
{
    const int64_t *restrict from = values;
    int64_t *restrict to = sums;

    for (size_t i = 0; i < bytes / sizeof *to; i++) {
        to[i] += from[i];
    }
}

static void add_f32(size_t bytes, const void *values, void *sums)
{
    const float *restrict from = values;
    float *restrict to = sums;

    for (size_t i = 0; i < bytes / sizeof *to; i++) {
        to[i] += from[i];
    }
}

/* The begin of a rank's slice; that of rank `size` is the end of the chunk. */
static size_t slice_begin(size_t bytes, int rank, int size)
{
    size_t lines = (bytes + LINE - 1) / LINE;
    size_t begin = lines * (size_t)rank / (size_t)size * LINE;

    return begin < bytes ? begin : bytes;
}

/* Sums one chunk, at `offset` of the segments. A rank's slice stays in `values`: it is added there,
 * and copied to the leader's segment once. The last chunk's readers may still read when the next
 * chunk is written, into the other half; two barriers later they have done. */
static void sum_chunk(const skel_node *node, const skel_node_type *type, size_t offset,
                      size_t bytes, char *values)
{
    size_t begin = slice_begin(bytes, node->rank, node->size);
    size_t end = slice_begin(bytes, node->rank + 1, node->size);
    char *mine = node->segment[node->rank] + offset;
    char *total = node->segment[0] + offset;

    skel_bypass_copy(begin, values, mine);
    skel_bypass_copy(bytes - end, values + end, mine + end);
    skel_node_meet(node);
    for (int i = 0; i < node->size; i++) {
        if (i != node->rank) {
            type->add(end - begin, node->segment[i] + offset + begin, values + begin);
        }
    }
    skel_bypass_copy(end - begin, values + begin, total + begin);
    skel_node_meet(node);
    if (node->nodes > 1) {
        if (node->rank == 0) {
            (void)MPI_Allreduce(MPI_IN_PLACE, total, (int)(bytes / type->size), type->mpi, MPI_SUM,
                                node->leaders);
        }
        skel_node_meet(node);
        memcpy(values + begin, total + begin, end - begin);
    }
    memcpy(values, total, begin);
    memcpy(values + end, total + end, bytes - end);
}

static void sum_all(const skel_node *node, const skel_node_type *type, size_t count, void *values)
{
    size_t bytes = count * type->size;
    size_t half = 0;

    for (size_t done = 0; done < bytes; done += node->half) {
        size_t chunk = bytes - done < node->half ? bytes - done : node->half;

        sum_chunk(node, type, half * node->half, chunk, (char *)values + done);
        half = 1 - half;
    }
    skel_node_meet(node); /* the next sum begins with the first half */
}

void skel_node_sum_i64(const skel_node *node, size_t count, int64_t values[])
{
    skel_node_type type = {.mpi = MPI_INT64_T, .size = sizeof *values, .add = add_i64};

    sum_all(node, &type, count, values);
}

void skel_node_sum_f32(const skel_node *node, size_t count, float values[])
{
    skel_node_type type = {.mpi = MPI_FLOAT, .size = sizeof *values, .add = add_f32};

    sum_all(node, &type, count, values);
}

/* As sum_chunk(), but each rank writes all of its segment, and the slices are added in the
 * leader's. */
static void sum_piece(const skel_node *node, size_t offset, size_t first, size_t count,
                      const skel_pieces *pieces)
{
    size_t bytes = count * sizeof(int64_t);
    size_t begin = slice_begin(bytes, node->rank, node->size);
    size_t end = slice_begin(bytes, node->rank + 1, node->size);
    void *mine = node->segment[node->rank] + offset;
    void *total = node->segment[0] + offset;

    pieces->make(pieces->context, first, count, mine);
    skel_node_meet(node);
    for (int i = 1; i < node->size; i++) {
        add_i64(end - begin, node->segment[i] + offset + begin, (char *)total + begin);
    }
    skel_node_meet(node);
    if (node->nodes > 1) {
        if (node->rank == 0) {
            (void)MPI_Allreduce(MPI_IN_PLACE, total, (int)count, MPI_INT64_T, MPI_SUM,
                                node->leaders);
        }
        skel_node_meet(node);
    }
    pieces->take(pieces->context, first, count, total);
}

void skel_node_sum_pieces(const skel_node *node, size_t count, const skel_pieces *pieces)
{
    size_t room = node->half / sizeof(int64_t);
    size_t most = node->nodes == 1 && room > PIECE ? PIECE : room;
    size_t half = 0;

    for (size_t done = 0; done < count; done += most) {
        sum_piece(node, half * node->half, done, count - done < most ? count - done : most, pieces);
        half = 1 - half;
    }
    skel_node_meet(node); /* the next sum begins with the first half */
}
