/** Figures with more series than a reader tells apart in one panel. */
#ifndef SKEL_REPORT_FIGURE_DIVIDE_H
#define SKEL_REPORT_FIGURE_DIVIDE_H

#include "figure.h"

enum {
    SKEL_DIVIDE_MOST = 12, /**< series of a panel that stays whole */
    SKEL_DIVIDE_PART = 10, /**< series of each panel of a figure that is divided, at most */
};

/** Puts the series of each panel into several panels with the same axes, two of them side by side,
 *  where a panel has more than SKEL_DIVIDE_MOST series. A series stands in the same part of each
 *  panel. The caption says so.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, the figure then as it was.
 */
SKEL_CHECKED skel_status skel_figure_divide(skel_figure *figure);

#endif
