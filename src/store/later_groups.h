/** Groups in HDF5's later formats: their lists of members have checksums, so HDF5 can read them.
 *
 *  Links and attributes that are too many or too large for a header were measured before, in their
 *  heap (dense_messages.h). Structures are not measured that have checksums and no content of
 *  theirs: B-trees and heaps as HDF5 itself walks them.
 */
#ifndef SKEL_STORE_LATER_GROUPS_H
#define SKEL_STORE_LATER_GROUPS_H

#include "addresses.h"

#include <hdf5.h>

/** Lists the objects that are members of a group, without opening them.
 *
 *  Local.
 *  @param group    address of its header
 *  @param path     of the file, in messages
 *  @param members  in, out: the addresses of their headers are added
 *  Errors: SKEL_ERR_DATA if HDF5 cannot list them; SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_later_group_members(hid_t file, uint64_t group, const char *path,
                                                  skel_addresses *members);

#endif
