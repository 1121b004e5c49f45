/* The bytes of a dataset on their way into the file: from memory, or piece by piece from a source.
 */
#include "file_plan.h"

#include "disk.h"

#include "skel/memory.h"
#include "skel/watchdog.h"

enum { PIECE = 1 << 24 }; /* bytes that a source is asked for at once */

/* This rank's bytes [*from, *to) of a range of the file: whole blocks, spread evenly. The root has
 * what is left at both ends, too, so that no page of a file system has two writers. */
static void find_share(const skel_comm *comm, uint64_t begin, uint64_t end, uint64_t *from,
                       uint64_t *to)
{
    uint64_t rank = (uint64_t)skel_comm_rank(comm);
    uint64_t size = (uint64_t)skel_comm_size(comm);
    uint64_t first = (begin + SKEL_FILE_BLOCK - 1) / SKEL_FILE_BLOCK;
    uint64_t blocks = end / SKEL_FILE_BLOCK > first ? end / SKEL_FILE_BLOCK - first : 0;

    *from = rank == 0 ? begin : (first + blocks * rank / size) * SKEL_FILE_BLOCK;
    *to = (first + blocks * (rank + 1) / size) * SKEL_FILE_BLOCK;
    if (blocks == 0) {
        *to = rank == 0 ? end : *from;
    }
}

/* Writes bytes `from` to `to` - 1 of the file, which are of a dataset that begins at `offset`. */
static skel_status write_range(const skel_file *file, const skel_file_plan *plan, uint64_t offset,
                               uint64_t from, uint64_t to)
{
    const char *data = plan->spec->data;
    char *piece = NULL;
    skel_status status = SKEL_OK;

    if (plan->source == NULL) {
        return skel_disk_write(file->descriptor, file->path, from, (size_t)(to - from),
                               data + (from - offset));
    }
    SKEL_TRY(SKEL_ALLOC_RAW(PIECE, 1, &piece));
    for (uint64_t at = from; at < to; at += PIECE) {
        size_t bytes = to - at < PIECE ? (size_t)(to - at) : PIECE;

        SKEL_TRY(plan->source(plan->context, at - offset, bytes, piece));
        SKEL_TRY(skel_disk_write(file->descriptor, file->path, at, bytes, piece));
        skel_watchdog_beat();
    }
done:
    SKEL_FREE(&piece);
    return status;
}

skel_status skel_file_plan_sum(const skel_file_plan *plan, char out[SKEL_CHECKSUM_TEXT])
{
    uint64_t all = plan->count * plan->bytes;
    skel_checksum *checksum = NULL;
    char *piece = NULL;
    skel_status status = SKEL_OK;

    if (plan->source == NULL) {
        skel_checksum_xxh3(plan->count * plan->bytes, plan->spec->data, out);
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC_RAW(PIECE, 1, &piece));
    SKEL_TRY(skel_checksum_begin(&checksum));
    for (uint64_t at = 0; at < all; at += PIECE) {
        size_t bytes = all - at < PIECE ? (size_t)(all - at) : PIECE;

        SKEL_TRY(plan->source(plan->context, at, bytes, piece));
        skel_checksum_add(checksum, bytes, piece);
        skel_watchdog_beat();
    }
done:
    skel_checksum_end(&checksum, out);
    SKEL_FREE(&piece);
    return status;
}

skel_status skel_file_plan_write(const skel_file *file, const skel_file_plan *plan, uint64_t offset)
{
    uint64_t end = offset + plan->count * plan->bytes;
    uint64_t tail = end - end % SKEL_FILE_BLOCK;
    uint64_t from = 0;
    uint64_t to = 0;
    skel_status status = SKEL_OK;

    find_share(file->comm, offset, end, &from, &to);
    SKEL_TRY(write_range(file, plan, offset, from, to));
    if (skel_comm_is_root(file->comm) && to < end && tail >= to) {
        SKEL_TRY(write_range(file, plan, offset, tail, end));
    }
done:
    return status;
}
