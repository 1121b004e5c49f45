/* The mask as bytes in memory, and as bits for sending and hashing. */
#include "skel/mask.h"

#include "skel/kept.h"
#include "skel/memory.h"
#include "skel/random.h"

#include <string.h>

enum { BYTE = 8 };

skel_status skel_mask_create(size_t count, size_t segments, const skel_segment segment[],
                             const char *const names[], skel_mask **out)
{
    skel_mask *mask = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *mask, &mask));
    SKEL_TRY(SKEL_ALLOC_RAW(count, 1, &mask->keep));
    memset(mask->keep, 1, count);
    mask->count = count;
    mask->segments = segments;
    mask->segment = segment;
    mask->names = names;
    for (size_t s = 0; s < segments; s++) {
        SKEL_ASSERT(segment[s].offset + segment[s].count <= count);
        SKEL_ASSERT(s == 0 || segment[s].offset >= segment[s - 1].offset + segment[s - 1].count);
        mask->prunable += segment[s].count;
    }
    mask->kept = mask->prunable;
    *out = mask;
    mask = NULL;
done:
    skel_mask_destroy(&mask);
    return status;
}

void skel_mask_destroy(skel_mask **mask)
{
    if (*mask != NULL) {
        SKEL_FREE(&(*mask)->keep);
    }
    SKEL_FREE(mask);
}

/* Every segment starts a new byte: loops are simple, and each segment wastes at most 7 bits. */
static size_t packed_bytes(const skel_mask *mask)
{
    size_t bytes = 0;

    for (size_t s = 0; s < mask->segments; s++) {
        bytes += (mask->segment[s].count + BYTE - 1) / BYTE;
    }
    return bytes;
}

static uint8_t pack_byte(size_t count, const uint8_t keep[])
{
    unsigned bits = 0;

    for (size_t i = 0; i < count; i++) {
        bits |= (unsigned)keep[i] << i;
    }
    return (uint8_t)bits;
}

static void pack(const skel_mask *mask, uint8_t bits[])
{
    for (size_t s = 0; s < mask->segments; s++) {
        const uint8_t *keep = mask->keep + mask->segment[s].offset;
        size_t count = mask->segment[s].count;
        size_t whole = count / BYTE;

        for (size_t i = 0; i < whole; i++) {
            bits[i] = pack_byte(BYTE, keep + i * BYTE);
        }
        bits += whole;
        if (count % BYTE != 0) {
            *bits++ = pack_byte(count % BYTE, keep + whole * BYTE);
        }
    }
}

static void unpack(const uint8_t bits[], skel_mask *mask)
{
    for (size_t s = 0; s < mask->segments; s++) {
        uint8_t *keep = mask->keep + mask->segment[s].offset;
        size_t count = mask->segment[s].count;

        for (size_t i = 0; i < count; i++) {
            keep[i] = (uint8_t)(bits[i / BYTE] >> (i % BYTE) & 1);
        }
        bits += (count + BYTE - 1) / BYTE;
    }
}

/* Compares the hashes of all ranks with the root's. */
static skel_status compare(const skel_comm *comm, const char (*hashes)[SKEL_CHECKSUM_TEXT])
{
    for (int rank = 1; rank < skel_comm_size(comm); rank++) {
        if (strcmp(hashes[rank], hashes[0]) != 0) {
            return SKEL_FAIL(SKEL_ERR_INTERNAL,
                             "mask of rank %d is not the root's: its hash is %s, the root's %s",
                             rank, hashes[rank], hashes[0]);
        }
    }
    return SKEL_OK;
}

static skel_status compare_hashes(const skel_comm *comm, size_t bytes, const uint8_t bits[])
{
    char own[SKEL_CHECKSUM_TEXT];
    char(*hashes)[SKEL_CHECKSUM_TEXT] = NULL;
    skel_status status = SKEL_ALLOC((size_t)skel_comm_size(comm), sizeof *hashes, &hashes);

    SKEL_TRY(skel_comm_agree(comm, status));
    skel_checksum_xxh3(bytes, bits, own);
    skel_comm_gather_text(comm, own, sizeof own, hashes[0]);
    status = compare(comm, (const char(*)[SKEL_CHECKSUM_TEXT])hashes); /* equal on all ranks */
done:
    SKEL_FREE(&hashes);
    return status;
}

skel_status skel_mask_share(const skel_comm *comm, skel_mask *mask)
{
    size_t bytes = packed_bytes(mask);
    uint8_t *bits = NULL;
    skel_status status = SKEL_OK;

    if (skel_comm_size(comm) == 1) { /* nobody to send it to, or to compare with */
        skel_mask_recount(mask);
        return SKEL_OK;
    }
    status = SKEL_ALLOC_RAW(bytes, 1, &bits);
    SKEL_TRY(skel_comm_agree(comm, status));
    if (skel_comm_is_root(comm)) {
        pack(mask, bits);
    }
    skel_comm_broadcast(comm, bytes, bits);
    if (!skel_comm_is_root(comm)) {
        unpack(bits, mask);
        pack(mask, bits); /* hash what was stored, not what was received */
    }
    skel_mask_recount(mask);
    status = compare_hashes(comm, bytes, bits);
done:
    SKEL_FREE(&bits);
    return status;
}

skel_status skel_mask_check(const skel_comm *comm, const skel_mask *mask)
{
    size_t bytes = packed_bytes(mask);
    uint8_t *bits = NULL;
    skel_status status = SKEL_ALLOC_RAW(bytes, 1, &bits);

    SKEL_TRY(skel_comm_agree(comm, status));
    pack(mask, bits);
    status = compare_hashes(comm, bytes, bits);
done:
    SKEL_FREE(&bits);
    return status;
}

skel_status skel_mask_hash(const skel_mask *mask, char out[SKEL_CHECKSUM_TEXT])
{
    size_t bytes = packed_bytes(mask);
    uint8_t *bits = NULL;
    skel_status status = SKEL_ALLOC_RAW(bytes, 1, &bits);

    out[0] = '\0';
    if (status == SKEL_OK) {
        pack(mask, bits);
        skel_checksum_xxh3(bytes, bits, out);
    }
    SKEL_FREE(&bits);
    return status;
}

static void apply(size_t count, const uint8_t keep[restrict], float values[restrict])
{
    for (size_t i = 0; i < count; i++) {
        values[i] = keep[i] != 0 ? values[i] : 0.0F;
    }
}

void skel_mask_apply(const skel_mask *mask, float values[])
{
    apply(mask->count, mask->keep, values);
}

static void shuffle(skel_stream *stream, size_t count, uint8_t keep[])
{
    for (size_t left = count; left > 1; left--) {
        size_t other = skel_stream_below(stream, (uint32_t)left);
        uint8_t element = keep[left - 1];

        keep[left - 1] = keep[other];
        keep[other] = element;
    }
}

void skel_mask_shuffle(skel_mask *mask, uint64_t seed)
{
    for (size_t s = 0; s < mask->segments; s++) {
        skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_CHECK, 0, (uint32_t)s);

        SKEL_ASSERT(mask->segment[s].count <= UINT32_MAX);
        shuffle(&stream, mask->segment[s].count, mask->keep + mask->segment[s].offset);
    }
}

void skel_mask_scatter(skel_mask *mask, size_t kept, uint64_t seed)
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_CONTROL, 0, 0);
    size_t left = mask->prunable;
    size_t wanted = kept;

    SKEL_ASSERT(kept <= mask->prunable && mask->prunable <= UINT32_MAX);
    for (size_t s = 0; s < mask->segments; s++) {
        uint8_t *keep = mask->keep + mask->segment[s].offset;

        for (size_t i = 0; i < mask->segment[s].count; i++) {
            keep[i] = skel_stream_below(&stream, (uint32_t)left--) < wanted ? 1 : 0;
            wanted -= keep[i];
        }
    }
    mask->kept = kept;
}

void skel_mask_recount(skel_mask *mask)
{
    mask->kept = 0;
    for (size_t s = 0; s < mask->segments; s++) {
        mask->kept += skel_kept_count(mask->segment[s].count, mask->keep + mask->segment[s].offset);
    }
}
