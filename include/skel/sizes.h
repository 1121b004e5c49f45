/** The smaller and the larger of two sizes. */
#ifndef SKEL_SIZES_H
#define SKEL_SIZES_H

#include <stddef.h>

/** The smaller one.
 *
 *  Local.
 */
inline size_t skel_lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/** The larger one.
 *
 *  Local.
 */
inline size_t skel_greater(size_t a, size_t b)
{
    return a > b ? a : b;
}

#endif
