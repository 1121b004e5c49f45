/** The network of a job with `model.file`, on all ranks. */
#ifndef SKEL_RUN_IMPORTED_NETWORK_H
#define SKEL_RUN_IMPORTED_NETWORK_H

#include "skel/experiment.h"
#include "skel/settings.h"

/** Reads the network on the root, from the job's file or, if the run has ended, from the run file,
 *  and gives its description to all ranks.
 *
 *  Collective; no other rank needs the file.
 *  @param out  *owned*: skel_network_destroy() it
 *  Errors: the root's, as skel_settings_network() or skel_stored_network(); SKEL_ERR_MEMORY; agreed
 *          on.
 */
SKEL_CHECKED skel_status skel_imported_network_make(const skel_assignment *assignment,
                                                    const skel_settings *settings,
                                                    skel_network **out);

#endif
