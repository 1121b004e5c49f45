/** Finds the images of a folder: which layout it has, which classes, which images. */
#ifndef SKEL_PACK_IMAGE_TREE_H
#define SKEL_PACK_IMAGE_TREE_H

#include "image_list.h"

/** Lists the images of a folder.
 *
 *  Local. See skel_pack_make() for the layouts. Warnings say what is passed over.
 *  @param dir         without a slash at its end
 *  @param validation  list of the labels of DIR/val; NULL: none
 *  @param share       of each class that is tested on, below 1; 0: folders or the list say which
 *  @param blocks      folder of the packing's own blocks, which is no class wherever it lies
 *  @param out         *owned*: skel_image_list_clear() it, also after an error
 *  Errors: SKEL_ERR_DATA if the folder has none of the layouts, a class has no image, or there is
 *          only one class; SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_tree_list(const char *dir, const char *validation, double share,
                                              const char *blocks, skel_image_list *out);

/** Lists the images of CIFAR's binary files, if the folder has them.
 *
 *  Local.
 *  @param found  out: whether it has
 *  Errors: SKEL_ERR_DATA for a file that is not made of whole records; SKEL_ERR_IO;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_records_list(const char *dir, skel_image_list *out,
                                                 bool *found);

#endif
