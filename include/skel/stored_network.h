/** Networks that run files describe, because they are not of the zoo. */
#ifndef SKEL_STORED_NETWORK_H
#define SKEL_STORED_NETWORK_H

#include "skel/reader.h"
#include "skel/settings.h"

/** Reads the network of a run whose job has model.file, without that file.
 *
 *  Local.
 *  @param reader    of the run file
 *  @param settings  of the job
 *  @param out       *owned*: skel_network_destroy() it
 *  Errors: SKEL_ERR_DATA for a damaged file; as skel_onnx_parse() and skel_settings_fit().
 */
SKEL_CHECKED skel_status skel_stored_network(skel_reader *reader, const skel_job *job,
                                             const skel_settings *settings, skel_network **out);

#endif
