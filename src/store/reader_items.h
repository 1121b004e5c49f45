/** Values of a dataset or attribute of any type, read to be shown as texts. */
#ifndef SKEL_STORE_READER_ITEMS_H
#define SKEL_STORE_READER_ITEMS_H

#include "h5.h"

/** Items of a dataset or attribute in memory: texts of a fixed width, pointers to texts, doubles or
 *  integers. */
typedef struct skel_items {
    size_t count;
    size_t width; /* bytes of an item */
    hid_t type;   /* in memory, owned */
    hid_t space;  /* owned */
    H5T_class_t kind;
    bool variable;       /* texts of variable length: HDF5 owns what the pointers point to */
    unsigned char *data; /* [count][width] */
} skel_items;

/** Chooses the type in memory for what the file holds, and makes room.
 *
 *  Local. `type` and `space` are taken.
 *  @param label  what to call the values in messages
 *  @param items  out: to be freed by skel_items_free(), also after an error
 *  Errors: SKEL_ERR_DATA if the values are neither texts nor numbers; SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_items_prepare(hid_t type, hid_t space, const char *label,
                                            skel_items *items);

/** Item `index` as text, cut to `size` bytes.
 *
 *  Local.
 */
void skel_items_text(const skel_items *items, size_t index, size_t size, char out[]);

/** Frees what the items hold.
 *
 *  Local.
 */
void skel_items_free(skel_items *items);

#endif
