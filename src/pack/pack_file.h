/** Writes the data set of all blocks into its file. */
#ifndef SKEL_PACK_PACK_FILE_H
#define SKEL_PACK_PACK_FILE_H

#include "image_block.h"

/** All ranks write the file from the blocks.
 *
 *  Collective. `report->damaged` and what follows the halves are filled in.
 *  @param folder  of the blocks, all of which are there
 *  Errors: SKEL_ERR_DATA for damaged images, unless they are to be left out; for several sizes
 *          without a rule; for a half without images; SKEL_ERR_IO; SKEL_ERR_STORAGE;
 *          SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_pack_file_write(const skel_comm *comm,
                                              const skel_pack_options *options,
                                              const skel_image_list *list, const char *folder,
                                              skel_pack_report *report);

#endif
