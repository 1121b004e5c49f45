/** What a run file keeps of a data file, so that its network can be used without that file. */
#ifndef SKEL_RUN_RECORD_DATA_H
#define SKEL_RUN_RECORD_DATA_H

#include "skel/dataset.h"
#include "skel/file.h"

/** Writes the shape, the numbers of images, mean and deviation of a data file; of a set nothing.
 *
 *  Collective. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_record_data_file(const skel_dataset *dataset, skel_file *file);

#endif
