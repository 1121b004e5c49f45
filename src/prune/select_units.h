/** Choosing the units that stay: channels, blocks, or weights of groups. */
#ifndef SKEL_PRUNE_SELECT_UNITS_H
#define SKEL_PRUNE_SELECT_UNITS_H

#include "select.h"

/** Chooses the next mask by units: of channels and blocks the best of all, of a pattern the best
 *  weights of each group, of equal ones the lower index.
 *
 *  Local; runs on the root.
 *  @param report  out: threshold, positive, chosen, single
 *  Errors: as skel_select().
 */
SKEL_CHECKED skel_status skel_select_units(const skel_selection *choice, skel_prune_report *report);

#endif
