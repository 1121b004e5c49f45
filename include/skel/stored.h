/** Jobs and figures that the files of earlier invocations hold. */
#ifndef SKEL_STORED_H
#define SKEL_STORED_H

#include "skel/dataset.h"
#include "skel/job.h"
#include "skel/reader.h"

/** An attribute as a number; 0 if the object has no attribute of that name.
 *
 *  Local.
 */
double skel_stored_number(skel_reader *reader, const char *object, const char *name);

/** Reads the job of a file's run. A key that the file's release did not know has its default.
 *
 *  Local. Errors: SKEL_ERR_DATA if the file holds no job or a damaged one;
 *  SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_stored_job(skel_reader *reader, skel_job *out);

/** Whether a file's run had the settings of a job: all that its bits depend on, by
 *  skel_job_same_bits().
 *
 *  Local. Errors: as skel_stored_job().
 */
SKEL_CHECKED skel_status skel_stored_job_is(skel_reader *reader, const skel_job *job, bool *same);

/** Describes the data set of a file's run: of the catalogue, or as the run file describes the data
 *  file of its run, which need not be there any more.
 *
 *  Local.
 *  @param job         the run's
 *  @param statistics  out: *owned*, mean and deviation of a data file, to which `out` points; NULL
 *                     for a set of the catalogue
 *  Errors: SKEL_ERR_DATA if the run file lacks the description; SKEL_ERR_CONFIG for a set that this
 *          release does not know; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_stored_data(skel_reader *reader, const skel_job *job,
                                          skel_dataset_info *out, float **statistics);

/** Finds the first file of the data set in memory whose content is not that which a file's run was
 *  computed on. A file of an earlier release may not say.
 *
 *  Local.
 *  @param out  out: the XXH3-128 that the run had read; "" if there is no such file
 *  @return its place; `data->files` if there is none
 */
size_t skel_stored_other_data(skel_reader *reader, const skel_dataset *data,
                              char out[SKEL_CHECKSUM_TEXT]);

/** Refuses data in memory that are not those which the run of the file at `path` was computed on.
 *
 *  Collective; the root reads. Errors: SKEL_ERR_DATA naming the data file, not `path`; as
 *  skel_reader_open(); agreed on.
 */
SKEL_CHECKED skel_status skel_stored_check_data(const skel_comm *comm, const char *path,
                                                const skel_dataset *data);

#endif
