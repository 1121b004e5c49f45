/** Datasets of texts of variable length. */
#ifndef SKEL_STORE_READER_POINTERS_H
#define SKEL_STORE_READER_POINTERS_H

#include "reader_internal.h"

/** Looks whether each text of a dataset is where its element says, before HDF5 reads it.
 *
 *  Local.
 *  @param dataset  open, of texts of variable length
 *  @param layout   its layout; `has_filters` of its chunks
 *  @param bytes    of its values in the file
 *  Errors: SKEL_ERR_DATA, also for compact and filtered datasets; SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_check_pointers(skel_reader *reader, const char *path,
                                                    hid_t dataset, H5D_layout_t layout,
                                                    bool has_filters, size_t bytes);

#endif
