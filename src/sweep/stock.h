/** Stocks: the data sets that all groups of ranks use, with one copy on each node. */
#ifndef SKEL_SWEEP_STOCK_H
#define SKEL_SWEEP_STOCK_H

#include "skel/sweep.h"

/** Data sets in memory. Opaque. */
typedef struct skel_stock skel_stock;

/** Opens the data sets of all runs that are pending.
 *
 *  Collective. A data set that cannot be opened is left out: the runs that need it open it once
 *  more, and fail with the reason.
 *  @param out  *owned*: skel_stock_close() it
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_stock_open(const skel_comm *all, const skel_sweep *sweep,
                                         skel_stock **out);

/** The data set of a job; NULL if the stock does not have it.
 *
 *  Local. Borrowed while the stock lives. `stock` may be NULL.
 */
const skel_dataset *skel_stock_find(const skel_stock *stock, const skel_job *job);

/** Frees the stock and its data sets; accepts NULL and nulls the pointer.
 *
 *  Collective over the ranks of skel_stock_open().
 */
void skel_stock_close(skel_stock **stock);

#endif
