/** What a folder holds, in the order of its names' bytes. */
#ifndef SKEL_PACK_IMAGE_FOLDER_H
#define SKEL_PACK_IMAGE_FOLDER_H

#include "skel/texts.h"

/** What a file is by the ending of its name. */
typedef enum skel_image_kind {
    SKEL_IMAGE_KIND_NONE,    /**< no image, or hidden: passed over */
    SKEL_IMAGE_KIND_READ,    /**< .jpg, .jpeg, .png, in small letters or capitals */
    SKEL_IMAGE_KIND_FOREIGN, /**< an image of another format, which must not be lost silently */
} skel_image_kind;

/** The kind of a file, by its name.
 *
 *  Local.
 */
skel_image_kind skel_image_folder_kind(const char *name);

/** Whether two paths lead to the same folder; false if one of them leads to none.
 *
 *  Local.
 */
bool skel_image_folder_is_same(const char *one, const char *other);

/** Whether a path is a file; symbolic links are followed.
 *
 *  Local.
 */
bool skel_image_folder_has_file(const char *path);

/** Lists a folder.
 *
 *  Local. Symbolic links are followed. Names that begin with a dot are left out.
 *  @param folders  out: names of the folders in it; NULL: they are not wanted
 *  @param files    out: names of all else; NULL: not wanted. Both are *owned*: skel_texts_clear()
 *  Errors: SKEL_ERR_IO with the system's reason; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_folder_list(const char *path, skel_texts *folders,
                                                skel_texts *files);

/** Puts texts in the order of their bytes.
 *
 *  Local. NULL: does nothing.
 */
void skel_image_folder_sort(skel_texts *texts);

/** Joins a folder and a name.
 *
 *  Local. Errors: SKEL_ERR_IO if the path is too long.
 */
SKEL_CHECKED skel_status skel_image_folder_join(const char *folder, const char *name, size_t size,
                                                char out[]);

#endif
