/** What the job in a run file tells a report. */
#ifndef SKEL_REPORT_JOB_H
#define SKEL_REPORT_JOB_H

#include "skel/reader.h"
#include "skel/report_run.h"

/** Fills in a run's settings, seed, identity and effort.
 *
 *  Local. The effort stays NaN where it needs a file of the user's own that is not there.
 *  @param networks  of the runs before it
 *  Errors: as skel_stored_job() and skel_job_print_settings(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_job_read(skel_reader *reader, skel_networks *networks,
                                              skel_report_run *run);

#endif
