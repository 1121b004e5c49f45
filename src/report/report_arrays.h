/** A report as labelled arrays, in an HDF5 file. */
#ifndef SKEL_REPORT_ARRAYS_H
#define SKEL_REPORT_ARRAYS_H

#include "skel/report.h"

/** Writes DIR/summary.h5, as FORMAT.md describes it.
 *
 *  Local. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_report_arrays_write(const skel_report *report, const char *dir);

#endif
