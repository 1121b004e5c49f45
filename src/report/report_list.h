/** The runs below folders: of each either its file, or a journal or checkpoint alone. */
#ifndef SKEL_REPORT_LIST_H
#define SKEL_REPORT_LIST_H

#include "skel/texts.h"

/** Lists runs by the paths of their files, without ".h5", in alphabetical order.
 *
 *  Local. Folders of reports are passed over. A file that was named is listed whatever
 *  its name is.
 *  @param stems  in: empty; out: *owned*
 *  Errors: SKEL_ERR_IO if a path cannot be read; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_list(const skel_texts *paths, skel_texts *stems);

#endif
