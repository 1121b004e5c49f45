/** The list of the images to be packed: path, label and half of each, and the classes' names. */
#ifndef SKEL_PACK_IMAGE_LIST_H
#define SKEL_PACK_IMAGE_LIST_H

#include "skel/comm.h"
#include "skel/data_layout.h"

enum {
    SKEL_IMAGE_LIST_PATH = 4096,    /**< bytes of a path */
    SKEL_IMAGE_LIST_SHOWN = 512,    /**< bytes of a path as messages show it */
    SKEL_IMAGE_LIST_BLOCK = 128,    /**< images of a block */
    SKEL_IMAGE_LIST_NO_RECORD = -1, /**< an image that is a file of its own */
};

/** One image. */
typedef struct skel_image_item {
    size_t path;    /**< where its path begins in `text` */
    int32_t record; /**< number within a file of CIFAR's; SKEL_IMAGE_LIST_NO_RECORD: a file */
    uint32_t label;
} skel_image_item;

/** All images: those of the first half, then those of the next. All zero bytes are an empty list.
 *  Owned: skel_image_list_clear() it. */
typedef struct skel_image_list {
    size_t count;
    size_t in_half[SKEL_DATA_LAYOUT_HALVES];
    size_t room;
    skel_image_item *item; /**< [count] */
    size_t classes;
    size_t name_room;
    size_t *name; /**< [classes] where the names begin in `text` */
    size_t text_bytes;
    size_t text_room;
    char *text;         /**< paths and names, each zero-terminated */
    size_t label_bytes; /**< of a record; the last one counts; 0 without records */
    size_t passed_over; /**< files in the folders of classes that are no images */
} skel_image_list;

/** Appends a text.
 *
 *  Local.
 *  @param at  out: where it begins in `list->text`
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_list_text(skel_image_list *list, const char *text, size_t *at);

/** Appends a class.
 *
 *  Local. Errors: SKEL_ERR_DATA if there are too many, or the name is not UTF-8; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_list_class(skel_image_list *list, const char *name);

/** Finds a class by its name; the classes are in the order of their names' bytes.
 *
 *  Local. Returns whether there is one.
 */
bool skel_image_list_find(const skel_image_list *list, const char *name, uint32_t *label);

/** Appends an image to a half, which is the last one that has images.
 *
 *  Local.
 *  @param path  where it begins in `list->text`
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_list_add(skel_image_list *list, skel_data_layout_half half,
                                             size_t path, int32_t record, uint32_t label);

/** Gives every rank the root's list.
 *
 *  Collective. Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_image_list_share(const skel_comm *comm, skel_image_list *list);

/** Frees the list; it is empty then.
 *
 *  Local.
 */
void skel_image_list_clear(skel_image_list *list);

/** A path as messages show it: line breaks and other control characters are \n or \x1b; cut.
 *
 *  Local.
 */
void skel_image_list_show(const char *path, char out[SKEL_IMAGE_LIST_SHOWN]);

#endif
