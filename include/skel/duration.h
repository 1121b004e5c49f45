/** Durations as users write them on a command line. */
#ifndef SKEL_DURATION_H
#define SKEL_DURATION_H

#include "skel/status.h"

/** Reads a duration: "90", "90s", "15m", "2h", "1d", or as Slurm writes it, "15:00", "2:00:00",
 *  "1-02:00:00".
 *
 *  Local. A number without a unit is in seconds. Slurm's forms are minutes:seconds,
 *  hours:minutes:seconds, days-hours, days-hours:minutes and days-hours:minutes:seconds.
 *  @param option   name for the message: "--max-time"
 *  @param seconds  out: above 0; untouched after an error
 *  Errors: SKEL_ERR_USAGE.
 */
SKEL_CHECKED skel_status skel_duration_read(const char *option, const char *text, double *seconds);

/** Reads a duration as Slurm does: "90" are minutes, all else as above, but for units.
 *
 *  Local.
 *  @param seconds  out: 0 or more
 *  @return  false for another text
 *  Source: the manual of sbatch, --time.
 */
bool skel_duration_slurm(const char *text, double *seconds);

#endif
