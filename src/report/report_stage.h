/** Files that are written to a folder beside, and then replace those of an earlier report. */
#ifndef SKEL_REPORT_STAGE_H
#define SKEL_REPORT_STAGE_H

#include "skel/texts.h"

/** A folder of files that are being written. Opaque. */
typedef struct skel_report_stage skel_report_stage;

/** Makes the folder, the one that it will be published in, and those above.
 *
 *  Local. `*out` is *owned*: skel_report_stage_close() it.
 *  Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE if a folder cannot be made; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_stage_open(const char *dir, skel_report_stage **out);

/** The folder to write to.
 *
 *  Local. Borrowed from the stage.
 */
const char *skel_report_stage_folder(const skel_report_stage *stage);

/** Moves all files to their place. Files that an earlier report wrote, and this one did not, are
 *  removed. No other file is touched.
 *
 *  Local.
 *  Errors: SKEL_ERR_USAGE if a file of another origin has the name of one of these: nothing is
 *  moved then; SKEL_ERR_IO while another report is published in the folder; SKEL_ERR_IO or
 *  SKEL_ERR_STORAGE; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_stage_publish(skel_report_stage *stage);

/** Removes what was not published; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_report_stage_close(skel_report_stage **stage);

#endif
