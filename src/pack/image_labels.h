/** Lists of labels: text files with the name of an image and its class in each line. */
#ifndef SKEL_PACK_IMAGE_LABELS_H
#define SKEL_PACK_IMAGE_LABELS_H

#include "image_list.h"

/** Appends the images that a list names to a half.
 *
 *  Local. A line is `IMAGE CLASS`, with a tab (Tiny-ImageNet; what follows a second tab is passed
 *  over), a comma (ImageNet's LOC_val_solution.csv, whose first line is a heading) or the last
 *  blank between them. CLASS is the name of a class, or else its number from 0 in the order of the
 *  names. IMAGE may lack ".JPEG".
 *  @param path   of the list
 *  @param dir    folder of the images
 *  @param list   holds the classes
 *  @param extra  out: images of the folder that the list does not name
 *  Errors: SKEL_ERR_DATA naming the list's line; SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_labels_read(const char *path, const char *dir,
                                                skel_data_layout_half half, skel_image_list *list,
                                                size_t *extra);

#endif
