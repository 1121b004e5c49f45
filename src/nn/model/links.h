/** The links of an operation: which input pixels each output pixel depends on. */
#ifndef SKEL_NN_LINKS_H
#define SKEL_NN_LINKS_H

#include "skel/network.h"

#include <stdint.h>

/** One tap of a window, the same for every pair of planes: a rectangle of output pixels, and the
 *  input pixel that each of them reads through the tap. Without rows or columns the tap reads only
 *  padding. */
typedef struct skel_link_tap {
    size_t rows;
    size_t columns;
    size_t out;      /**< index in its plane of the rectangle's first output pixel */
    size_t out_step; /**< to the next row */
    size_t in;       /**< index in its plane of the first input pixel */
    size_t in_step;  /**< to the next row */
    size_t stride;   /**< to the next input pixel of a row */
} skel_link_tap;

/** All links of an operation with one of its operands.
 *
 *  Planes are channels; a linear layer's are its units, of one pixel each. Output planes
 *  0, ..., together - 1 are linked with input planes 0, ..., seen - 1, the next ones with the next
 *  ones. Flags are bytes, 0 or 1.
 */
typedef struct skel_links {
    size_t inputs;     /**< planes */
    size_t in_pixels;  /**< of a plane */
    size_t outputs;    /**< planes that are linked with this operand */
    size_t first;      /**< planes of the operation's output before them: a concatenation's */
    size_t out_pixels; /**< of a plane */
    size_t seen;       /**< input planes that an output plane is linked with */
    size_t together;   /**< output planes that are linked with the same input planes */
    size_t taps;
    skel_link_tap *tap;  /**< [taps], borrowed: room for all taps of the widest window */
    const uint8_t *keep; /**< [outputs][seen][taps] 1: the link exists; NULL: all exist */
} skel_links;

/** Describes an operation's links with one of its operands.
 *
 *  Local. A product's links are those of either factor; whether the other one is 0 plays no part.
 *  @param operand  0: op->input, 1: op->other
 *  @param keep     mask of the operation's weight; not read if the operation has no prunable one
 *  @param tap      room for all taps of the window, and for at least one
 */
skel_links skel_links_of(const skel_network *network, const skel_op *op, size_t operand,
                         const uint8_t keep[], skel_link_tap tap[]);

/** The next link of an output plane, as the number: input plane among those seen * taps + tap.
 *
 *  Local. Skips runs of pruned links fast.
 *  @param o     output plane, 0 to outputs - 1
 *  @param from  the smallest number that may be returned
 *  @return seen * taps if no link is left
 */
size_t skel_links_next(const skel_links *links, size_t o, size_t from);

/** The input plane of an output plane's link.
 *
 *  Local.
 *  @param at  the link's number
 */
static inline size_t skel_links_input(const skel_links *links, size_t o, size_t at)
{
    return o / links->together * links->seen + at / links->taps;
}

/** Raises the flag of each output pixel that is linked with an input pixel whose flag is raised.
 *
 *  Local.
 *  @param in   [inputs][in_pixels]
 *  @param out  [first + outputs][out_pixels]
 */
void skel_links_forward(const skel_links *links, const uint8_t in[], uint8_t out[]);

/** Raises the flag of each input pixel that is linked with an output pixel whose flag is raised.
 *
 *  Local.
 *  @param in    [inputs][in_pixels]
 *  @param out   [first + outputs][out_pixels]
 *  @param full  [inputs] scratch memory
 */
void skel_links_backward(const skel_links *links, uint8_t in[], const uint8_t out[],
                         uint8_t full[]);

/** Whether a tap links an input pixel whose flag is raised with such an output pixel.
 *
 *  Local. `in` and `out` are one plane each.
 */
bool skel_links_meet(const skel_link_tap *tap, const uint8_t in[], const uint8_t out[]);

#endif
