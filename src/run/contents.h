/** Whether the files that a run reads hold what its identity says. */
#ifndef SKEL_RUN_CONTENTS_H
#define SKEL_RUN_CONTENTS_H

#include "inputs.h"

/** Compares the data set in memory with the content that the run was named by.
 *
 *  Local, the same on every rank. Errors: SKEL_ERR_DATA if files have changed in the meantime.
 */
SKEL_CHECKED skel_status skel_contents_check_data(const skel_inputs *in);

/** Compares the network's file, after it was read, with the content that the run was named by.
 *
 *  Collective; the root reads. Errors: SKEL_ERR_DATA if the file has changed in the meantime; as
 *  skel_onnx_checksum(); agreed on.
 */
SKEL_CHECKED skel_status skel_contents_check_network(const skel_inputs *in);

/** Compares the weight file, after it was read, with the content that the run was named by.
 *
 *  Collective; the root reads. Errors: SKEL_ERR_DATA if the file has changed in the meantime; as
 *  skel_weight_file_checksum(); agreed on.
 */
SKEL_CHECKED skel_status skel_contents_check_weights(const skel_inputs *in);

#endif
