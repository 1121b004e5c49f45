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

/** Opens a data file; skel_dataset_open() for `source->file`.
 *
 *  Collective. `*out` is *owned*. Errors: as skel_dataset_open().
 */
SKEL_CHECKED skel_status skel_dataset_open_file(const skel_comm *comm,
                                                const skel_dataset_source *source,
                                                skel_dataset **out);

/** Makes a data set without contents and without an open file.
 *
 *  Collective. `*out` is *owned*: skel_dataset_close() it. Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_dataset_create(const skel_comm *comm, skel_dataset **out);

/** Makes the memory of a data set: one copy a node; where the ranks of a node cannot share memory,
 *  one copy a rank, with a warning.
 *
 *  Collective. Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_dataset_make_room(const skel_comm *comm, const char *name,
                                                size_t bytes, skel_dataset *dataset);

/** Gives every rank the root's checksums; the owners of other nodes compare theirs.
 *
 *  Collective. Errors: SKEL_ERR_DATA if the files differ between nodes, agreed on.
 */
SKEL_CHECKED skel_status skel_dataset_share_checksums(const skel_comm *comm, const char *dir,
                                                      skel_dataset *dataset);

#endif
