/** The networks of a job's runs, each built once for all runs that have it. */
#ifndef SKEL_NETWORKS_H
#define SKEL_NETWORKS_H

#include "skel/settings.h"

/** The networks so far. Opaque. */
typedef struct skel_networks skel_networks;

/** Starts with none.
 *
 *  Local. `*out` is *owned*: skel_networks_destroy() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_networks_create(skel_networks **out);

/** Frees all networks; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_networks_destroy(skel_networks **networks);

/** The network of a run, checked for this run as skel_settings_network() does.
 *
 *  Local.
 *  @param out  borrowed while `networks` lives
 *  Errors: as skel_settings_network().
 */
SKEL_CHECKED skel_status skel_networks_of(skel_networks *networks, const skel_job *job,
                                          const skel_settings *settings, const skel_network **out);

#endif
