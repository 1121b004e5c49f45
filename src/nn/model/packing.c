/* The packed form of flat vectors: the indices of the kept elements, tensor by tensor. */
#include "skel/packing.h"

#include "skel/kept.h"
#include "skel/memory.h"

#include <string.h>

/* Fills indices, offsets and checksum; there is room for `count` + 1 indices. */
static void list(skel_packing *packing, const uint8_t keep[])
{
    const skel_network *network = packing->network;
    size_t n = 0;

    for (size_t p = 0; p < network->parameters; p++) {
        size_t first = network->parameter[p].offset;
        size_t count = network->parameter[p].count;

        SKEL_ASSERT(network->parameter[p].prunable || memchr(keep + first, 0, count) == NULL);
        packing->offset[p] = n;
        n += skel_kept_list(count, keep + first, first, packing->index + n);
    }
    packing->offset[network->parameters] = n;
    skel_checksum_xxh3(n * sizeof *packing->index, packing->index, packing->checksum);
}

/* Offsets of the flat vector itself. */
static void list_all(skel_packing *packing)
{
    const skel_network *network = packing->network;

    for (size_t p = 0; p < network->parameters; p++) {
        packing->offset[p] = network->parameter[p].offset;
    }
    packing->offset[network->parameters] = network->parameter_count;
}

skel_status skel_packing_create(const skel_network *network, const uint8_t keep[],
                                skel_packing **out)
{
    skel_packing *packing = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *packing, &packing));
    packing->network = network;
    packing->count = skel_kept_count(network->parameter_count, keep);
    packing->room = packing->count;
    SKEL_TRY(SKEL_ALLOC(network->parameters + 1, sizeof *packing->offset, &packing->offset));
    if (packing->count < network->parameter_count) {
        SKEL_TRY(SKEL_ALLOC(packing->count + 1, sizeof *packing->index, &packing->index));
        list(packing, keep);
    } else {
        list_all(packing);
    }
    *out = packing;
    packing = NULL;
done:
    skel_packing_destroy(&packing);
    return status;
}

void skel_packing_destroy(skel_packing **packing)
{
    if (*packing != NULL) {
        SKEL_FREE(&(*packing)->index);
        SKEL_FREE(&(*packing)->offset);
    }
    SKEL_FREE(packing);
}

bool skel_packing_remake(skel_packing *packing, const uint8_t keep[])
{
    size_t count = packing->index == NULL
                       ? packing->count
                       : skel_kept_count(packing->network->parameter_count, keep);

    if (count > packing->room) {
        return false;
    }
    packing->count = count;
    if (packing->index != NULL) {
        list(packing, keep);
    }
    return true;
}

void skel_packing_pack(const skel_packing *packing, const float flat[], float packed[])
{
    if (packing->index == NULL) {
        memcpy(packed, flat, packing->count * sizeof *packed);
        return;
    }
    for (size_t i = 0; i < packing->count; i++) {
        packed[i] = flat[packing->index[i]];
    }
}

void skel_packing_unpack(const skel_packing *packing, const float packed[], float flat[])
{
    if (packing->index == NULL) {
        memcpy(flat, packed, packing->count * sizeof *flat);
        return;
    }
    memset(flat, 0, packing->network->parameter_count * sizeof *flat);
    for (size_t i = 0; i < packing->count; i++) {
        flat[packing->index[i]] = packed[i];
    }
}

size_t skel_packing_count(const skel_network *network, double density)
{
    double pruned = density > 0 ? (1 - density) * (double)network->prunable_count : 0;

    return network->parameter_count - (size_t)pruned;
}

size_t skel_packing_bytes(const skel_network *network, size_t count)
{
    return sizeof(skel_packing) + (network->parameters + 1) * sizeof(size_t) +
           (count + 1) * sizeof(uint32_t);
}
