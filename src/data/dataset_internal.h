/** Data sets of any entry: the ones of the catalogue, and small ones of the tests. */
#ifndef SKEL_DATA_DATASET_INTERNAL_H
#define SKEL_DATA_DATASET_INTERNAL_H

#include "catalog.h"

/** Opens the data set that an entry describes; skel_dataset_open() for entries of any size.
 *
 *  Collective. `*out` is *owned*; `entry` is borrowed while it lives.
 *  Errors: as skel_dataset_open().
 */
SKEL_CHECKED skel_status skel_dataset_open_entry(const skel_comm *comm,
                                                 const skel_catalog_entry *entry, const char *dir,
                                                 bool unverified, skel_dataset **out);

/** Looks whether the files of an entry are there; skel_dataset_check() for entries of any size.
 *
 *  Local. Errors: as skel_dataset_check().
 */
SKEL_CHECKED skel_status skel_dataset_check_entry(const skel_catalog_entry *entry, const char *dir);

#endif
