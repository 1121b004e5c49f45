/** The packed form of the flat vectors of parameters: kept weights, and all that is not prunable.
 *
 *      skel_packing_create(network, keep, &packing);
 *      skel_packing_pack(packing, parameters, packed);      once, from a flat vector
 *      steps work on packed vectors, in time and memory in proportion to the kept weights;
 *      skel_packing_unpack(packing, packed, parameters);    for a file, or before the mask changes
 *      skel_packing_remake(packing, keep);                  after a change of the mask
 *      skel_packing_destroy(&packing);
 */
#ifndef SKEL_PACKING_H
#define SKEL_PACKING_H

#include "skel/checksum.h"
#include "skel/network.h"

#include <stdint.h>

/** Which element of the flat vector each packed element is. Plain data, changed by the functions
 *  here alone. Packed elements are in the order of the flat vector, so those of a tensor are
 *  together. */
typedef struct skel_packing {
    const skel_network *network; /**< borrowed */
    size_t count;                /**< packed elements */
    size_t room;                 /**< indices that there is memory for */
    uint32_t *index; /**< [count + 1] flat indices, ascending, and one without meaning; NULL: all
                        elements are kept, and a packed vector is the flat vector */
    size_t *offset;  /**< [network->parameters + 1] first packed element of each tensor; the last
                        is `count` */
    char checksum[SKEL_CHECKSUM_TEXT]; /**< of the indices; "" if all are kept */
} skel_packing;

/** Lists what a mask keeps.
 *
 *  Local.
 *  @param network  borrowed while the packing lives
 *  @param keep     [parameter_count] 0 or 1, 1 where not prunable; NULL: all are kept
 *  @param out      *owned*: skel_packing_destroy() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_packing_create(const skel_network *network, const uint8_t keep[],
                                             skel_packing **out);

/** Frees the packing; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_packing_destroy(skel_packing **packing);

/** Lists the kept weights anew after a change of the mask.
 *
 *  Local. Packed vectors of before are to be unpacked first. A packing that keeps all elements
 *  stays as it is.
 *  @param keep  [parameter_count]
 *  @return      false if the mask keeps more weights than the packing was made for: it is unchanged
 */
bool skel_packing_remake(skel_packing *packing, const uint8_t keep[]);

/** Copies the kept elements.
 *
 *  Local.
 *  @param flat    [parameter_count]
 *  @param packed  [count] out
 */
void skel_packing_pack(const skel_packing *packing, const float flat[], float packed[]);

/** Copies packed elements to their places; all others become exactly 0.
 *
 *  Local.
 *  @param packed  [count]
 *  @param flat    [parameter_count] out
 */
void skel_packing_unpack(const skel_packing *packing, const float packed[], float flat[]);

/** Elements that a packing keeps of a mask of this density.
 *
 *  Local. @param density  share of the prunable weights that the mask keeps; 0: all
 */
size_t skel_packing_count(const skel_network *network, double density);

/** Bytes of a packing that keeps `count` elements.
 *
 *  Local.
 */
size_t skel_packing_bytes(const skel_network *network, size_t count);

#endif
